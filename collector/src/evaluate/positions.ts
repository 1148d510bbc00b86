/** A set of journal positions, kept as ranges: they come nearly in order, so it stays a few numbers for ever. */
export class Positions {
  readonly #ranges: { from: number; to: number }[] = [];

  /** False when it was in already. */
  add(position: number): boolean {
    const last = this.#ranges.at(-1);
    if (last !== undefined && position === last.to + 1) {
      last.to = position;
      return true;
    }
    const index = this.#firstEndingFrom(position);
    const range = this.#ranges[index];
    if (range !== undefined && range.from <= position) return false;
    this.#ranges.splice(index, 0, { from: position, to: position });
    this.#join(index);
    this.#join(index - 1);
    return true;
  }

  has(position: number): boolean {
    const range = this.#ranges[this.#firstEndingFrom(position)];
    return range !== undefined && range.from <= position;
  }

  /** The greatest; 0 when there is none. */
  get last(): number {
    return this.#ranges.at(-1)?.to ?? 0;
  }

  copy(): Positions {
    const copy = new Positions();
    for (const range of this.#ranges) copy.#ranges.push({ ...range });
    return copy;
  }

  #join(index: number): void {
    const left = this.#ranges[index];
    const right = this.#ranges[index + 1];
    if (left === undefined || right === undefined || left.to + 1 !== right.from) return;
    left.to = right.to;
    this.#ranges.splice(index + 1, 1);
  }

  #firstEndingFrom(position: number): number {
    let low = 0;
    let high = this.#ranges.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#ranges[middle]?.to ?? 0) < position) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
