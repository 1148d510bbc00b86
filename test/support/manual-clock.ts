import type { Clock } from '@nines/shared/time/clock.ts';

interface Timer {
  readonly atMs: number;
  readonly order: number;
  readonly callback: () => void;
}

/** A clock that stands still until it is moved; timers fire in order, each at its own instant. */
export class ManualClock implements Clock {
  #elapsedMs = 0;
  #wallOffsetMs: number;
  #order = 0;
  readonly #timers = new Set<Timer>();

  constructor(nowMs = 1_790_000_000_000) {
    this.#wallOffsetMs = nowMs;
  }

  nowMs(): number {
    return this.#wallOffsetMs + Math.floor(this.#elapsedMs);
  }

  elapsedMs(): number {
    return this.#elapsedMs;
  }

  after(delayMs: number, callback: () => void): () => void {
    const timer = { atMs: this.#elapsedMs + Math.max(0, delayMs), order: this.#order++, callback };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  sleep(delayMs: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      if (signal?.aborted) return resolve();
      const cancel = this.after(delayMs, resolve);
      signal?.addEventListener('abort', () => {
        cancel();
        resolve();
      });
    });
  }

  /** Sets the wall clock to another time without time passing, as a person or NTP does. */
  jumpWall(byMs: number): void {
    this.#wallOffsetMs += byMs;
  }

  get pendingTimers(): number {
    return this.#timers.size;
  }

  /** Lets time pass; between two timers every promise that can settle does. */
  async advance(byMs: number): Promise<void> {
    const targetMs = this.#elapsedMs + byMs;
    await settle();
    for (let next = this.#next(targetMs); next !== null; next = this.#next(targetMs)) {
      this.#timers.delete(next);
      this.#elapsedMs = Math.max(this.#elapsedMs, next.atMs);
      next.callback();
      await settle();
    }
    this.#elapsedMs = targetMs;
  }

  #next(untilMs: number): Timer | null {
    let best: Timer | null = null;
    for (const timer of this.#timers) {
      if (timer.atMs > untilMs) continue;
      if (best === null || timer.atMs < best.atMs || (timer.atMs === best.atMs && timer.order < best.order))
        best = timer;
    }
    return best;
  }
}

async function settle(): Promise<void> {
  for (let turn = 0; turn < 4; turn++) await new Promise((resolve) => setImmediate(resolve));
}
