/** Bits behind one another, the lowest of each number first. */
export class BitWriter {
  #bytes: Uint8Array = new Uint8Array(8192);
  #length = 0;
  #pending = 0;
  #bits = 0;

  /** The lowest `count` (at most 24) bits of a number below 2^24. */
  write(value: number, count: number): void {
    this.#pending |= value << this.#bits;
    this.#bits += count;
    while (this.#bits >= 8) {
      if (this.#length === this.#bytes.length) this.#grow();
      this.#bytes[this.#length++] = this.#pending & 255;
      this.#pending >>>= 8;
      this.#bits -= 8;
    }
  }

  /** Everything written, filled up to a whole byte. */
  finish(): Uint8Array {
    if (this.#bits > 0) this.write(0, 8 - this.#bits);
    return this.#bytes.subarray(0, this.#length);
  }

  #grow(): void {
    const wider = new Uint8Array(2 * this.#length);
    wider.set(this.#bytes);
    this.#bytes = wider;
  }
}

/** Reads what `BitWriter` wrote; behind the end there are zeros. */
export class BitReader {
  readonly #bytes: Uint8Array;
  #at = 0;
  #pending = 0;
  #bits = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** The next `count` (at most 16) bits, which stay. */
  peek(count: number): number {
    while (this.#bits < count) {
      this.#pending |= (this.#bytes[this.#at++] ?? 0) << this.#bits;
      this.#bits += 8;
    }
    return this.#pending & ((1 << count) - 1);
  }

  skip(count: number): void {
    this.#pending >>>= count;
    this.#bits -= count;
  }

  read(count: number): number {
    const value = this.peek(count);
    this.skip(count);
    return value;
  }
}
