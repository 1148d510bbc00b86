/** Readers that need journal and chunks to stay as they are, and the upkeep that moves things: one or the other. */
export class Stillness {
  #holders = 0;
  #moving: Promise<unknown> | null = null;
  #waiting: (() => void)[] = [];

  /** Resolves when nothing moves; from then on nothing does until the returned function is called (once). */
  async hold(): Promise<() => void> {
    this.#holders++;
    while (this.#moving !== null) await this.#moving;
    let isHeld = true;
    return () => {
      if (!isHeld) return;
      isHeld = false;
      if (--this.#holders === 0) for (const go of this.#waiting.splice(0)) go();
    };
  }

  /** Runs `work` once nobody holds; who wants to hold meanwhile waits for its end. Rejects as `work` does. */
  async move<Result>(work: () => Promise<Result>): Promise<Result> {
    while (this.#holders > 0) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    const running = work();
    const settled = running.then(
      () => {},
      () => {},
    );
    this.#moving = settled;
    try {
      return await running;
    } finally {
      if (this.#moving === settled) this.#moving = null;
    }
  }
}
