import { crc32 } from 'node:zlib';

/** Packed counts that no encoder of ours wrote, or that were damaged since. */
export class RollupError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'RollupError';
  }
}

const CHECKSUM_BYTES = 4;

/** Non-negative integers below 2^53, seven bits a byte, the lowest first; texts; a CRC-32 of everything at the end. */
export class PackedWriter {
  #bytes = new Uint8Array(64);
  #length = 0;

  /** Throws `RangeError`: what cannot be written would be read as another number, under a checksum that is right. */
  number(value: number): void {
    if (!Number.isSafeInteger(value) || value < 0) throw new RangeError(`${value} cannot be packed`);
    let rest = value;
    while (rest >= 128) {
      this.#push((rest % 128) + 128);
      rest = Math.floor(rest / 128);
    }
    this.#push(rest);
  }

  text(value: string): void {
    this.bytes(Buffer.from(value));
  }

  bytes(value: Uint8Array): void {
    this.number(value.byteLength);
    for (const byte of value) this.#push(byte);
  }

  /** The bytes; nothing may be written afterwards. */
  finish(): Uint8Array {
    const body = this.#bytes.subarray(0, this.#length);
    const whole = Buffer.alloc(this.#length + CHECKSUM_BYTES);
    whole.set(body);
    whole.writeUInt32LE(crc32(body), this.#length);
    return whole;
  }

  #push(byte: number): void {
    if (this.#length === this.#bytes.length) {
      const wider = new Uint8Array(2 * this.#length);
      wider.set(this.#bytes);
      this.#bytes = wider;
    }
    this.#bytes[this.#length++] = byte;
  }
}

/** Reads what `PackedWriter` wrote. Throws `RollupError` when the bytes are damaged. */
export class PackedReader {
  readonly #bytes: Uint8Array;
  readonly #end: number;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#end = bytes.byteLength - CHECKSUM_BYTES;
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const isWhole = this.#end > 0 && crc32(bytes.subarray(0, this.#end)) === view.getUint32(this.#end, true);
    if (!isWhole) throw new RollupError('the checksum of packed counts does not match');
  }

  number(): number {
    const lowest = this.#next();
    return lowest < 128 ? lowest : this.#above(lowest - 128);
  }

  /** The rest of a number of more than one byte: apart, because nearly all have one. */
  #above(lowest: number): number {
    let value = lowest;
    for (let factor = 128; ; factor *= 128) {
      const byte = this.#next();
      if (byte < 128) return value + byte * factor;
      value += (byte - 128) * factor;
    }
  }

  text(): string {
    return Buffer.from(this.bytes()).toString();
  }

  /** A view of the packed bytes. */
  bytes(): Uint8Array {
    const length = this.number();
    const start = this.#at;
    this.#at += length;
    if (this.#at > this.#end) throw new RollupError('packed counts end too early');
    return this.#bytes.subarray(start, this.#at);
  }

  #next(): number {
    if (this.#at >= this.#end) throw new RollupError('packed counts end too early');
    return this.#bytes[this.#at++] ?? 0;
  }
}
