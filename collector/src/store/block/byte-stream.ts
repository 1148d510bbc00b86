/** Stored bytes that no encoder wrote, or that were damaged since. */
export class BlockError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'BlockError';
  }
}

/** How `offsets` are written: in so many bytes each, above the least of them. */
export interface Offsets {
  readonly width: number;
  readonly least: number;
}

/** Grows as it is written: integers of seven bits a byte (signed ones zigzag), texts, and bit streams. */
export class ByteWriter {
  #bytes: Uint8Array = new Uint8Array(4096);
  #length = 0;
  #part: ByteWriter | null = null;

  get length(): number {
    return this.#length;
  }

  /** A non-negative integer below 2^53. */
  number(value: number): void {
    let rest = value;
    while (rest >= 128) {
      this.byte((rest % 128) | 128);
      rest = Math.floor(rest / 128);
    }
    this.byte(rest);
  }

  /** Any safe integer: the sign is the lowest bit of the first byte, above it the lowest six bits. */
  signed(value: number): void {
    const magnitude = Math.abs(value);
    const rest = Math.floor(magnitude / 64);
    this.byte((value < 0 ? 1 : 0) | ((magnitude % 64) << 1) | (rest > 0 ? 128 : 0));
    if (rest > 0) this.number(rest);
  }

  text(value: string): void {
    const start = this.#length;
    if (value.length < 128) {
      // Nearly all are short ASCII: then a byte a character is all there is to it.
      this.byte(value.length);
      let at = 0;
      for (; at < value.length; at++) {
        const code = value.charCodeAt(at);
        if (code >= 128) break;
        this.byte(code);
      }
      if (at === value.length) return;
      this.#length = start;
    }
    this.bytes(Buffer.from(value));
  }

  bytes(value: Uint8Array): void {
    this.number(value.byteLength);
    this.raw(value);
  }

  /** Bytes without their length. */
  raw(value: Uint8Array): void {
    this.#makeRoom(value.byteLength);
    this.#bytes.set(value, this.#length);
    this.#length += value.byteLength;
  }

  byte(value: number): void {
    if (this.#length === this.#bytes.length) this.#makeRoom(1);
    this.#bytes[this.#length++] = value;
  }

  /** How far each of the first `count` numbers is above the least, in `width` bytes (at most 4), the lowest first. */
  offsets(numbers: ArrayLike<number | null>, count: number, { width, least }: Offsets): void {
    this.#makeRoom(count * width);
    const bytes = this.#bytes;
    let at = this.#length;
    this.#length += count * width;
    if (width === 0) return;
    for (let i = 0; i < count; i++, at += width) {
      const above = (numbers[i] ?? 0) - least;
      bytes[at] = above;
      if (width === 1) continue;
      bytes[at + 1] = above >>> 8;
      if (width === 2) continue;
      bytes[at + 2] = above >>> 16;
      if (width === 4) bytes[at + 3] = above >>> 24;
    }
  }

  /** An empty writer for a part whose length has to be known before it is written here; the same one every time. */
  part(): ByteWriter {
    this.#part ??= new ByteWriter();
    this.#part.clear();
    return this.#part;
  }

  clear(): void {
    this.#length = 0;
  }

  /** What was written; a view that the next write may overwrite. */
  written(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  #makeRoom(bytes: number): void {
    if (this.#length + bytes <= this.#bytes.length) return;
    const wider = new Uint8Array(2 * (this.#length + bytes));
    wider.set(this.written());
    this.#bytes = wider;
  }
}

/** The rows `[first, end)` of a column. */
export interface Rows {
  readonly first: number;
  readonly end: number;
}

/** Reads what `ByteWriter` wrote. Throws `BlockError` at the end of the bytes. */
export class ByteReader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** How many bytes have been read. */
  get at(): number {
    return this.#at;
  }

  number(): number {
    let value = 0;
    for (let factor = 1; ; factor *= 128) {
      const byte = this.byte();
      if (byte < 128) return value + byte * factor;
      value += (byte - 128) * factor;
    }
  }

  signed(): number {
    const first = this.byte();
    const magnitude = ((first & 127) >>> 1) + (first < 128 ? 0 : 64 * this.number());
    return (first & 1) === 1 ? 0 - magnitude : magnitude;
  }

  text(): string {
    const { buffer, byteOffset, byteLength } = this.bytes();
    return Buffer.from(buffer, byteOffset, byteLength).toString();
  }

  /** A view of bytes that were written with their length. */
  bytes(): Uint8Array {
    return this.raw(this.number());
  }

  /** A view of so many bytes. */
  raw(length: number): Uint8Array {
    const start = this.#at;
    if (start + length > this.#bytes.length) throw new BlockError('a block ends too early');
    this.#at = start + length;
    return this.#bytes.subarray(start, this.#at);
  }

  /** Fills in what `ByteWriter.offsets` wrote, from `first` to before `end`. */
  offsets(into: { [row: number]: number }, { width, least }: Offsets, { first, end }: Rows): void {
    const bytes = this.#bytes;
    let at = this.#at;
    this.#at = at + (end - first) * width;
    if (this.#at > bytes.length) throw new BlockError('a column ends too early');
    if (width === 0) for (let row = first; row < end; row++) into[row] = least;
    else if (width === 1) for (let row = first; row < end; row++) into[row] = least + (bytes[at++] ?? 0);
    else if (width === 2) {
      for (let row = first; row < end; row++, at += 2) {
        into[row] = least + ((bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8));
      }
    } else {
      const top = 256 ** 3 * (width - 3);
      for (let row = first; row < end; row++, at += width) {
        const low = (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8) | ((bytes[at + 2] ?? 0) << 16);
        into[row] = least + low + (top === 0 ? 0 : (bytes[at + 3] ?? 0) * top);
      }
    }
  }

  /** A reader of bytes that were written with their length. */
  part(): ByteReader {
    return new ByteReader(this.bytes());
  }

  /** A view of all that has not been read. */
  rest(): Uint8Array {
    return this.#bytes.subarray(this.#at);
  }

  byte(): number {
    const byte = this.#bytes[this.#at++];
    if (byte === undefined) throw new BlockError('a block ends too early');
    return byte;
  }
}
