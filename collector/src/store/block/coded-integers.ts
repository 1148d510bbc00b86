import { bucketOf, bucketStart, MAX_BUCKETS, MAX_WIDTH, openBitsOf, type Scale } from './buckets.ts';
import { BlockError, type ByteReader, type ByteWriter } from './byte-stream.ts';
import { codeLengths, codesOf, decodingTable } from './prefix-code.ts';

/** Open bits are written in pieces of at most so many. */
const PIECE = 16;
/** A code and open bits that are read together: an unaligned word of 32 bits holds as many behind any bit. */
const AT_ONCE = 25;

/** So many are written at once. */
export const MAX_INTEGERS = 4096;

/** Room for one column at a time; filled and emptied within one call. */
const buckets = new Uint16Array(MAX_INTEGERS);
const counts = new Uint32Array(MAX_BUCKETS);
const output = new Uint8Array(MAX_INTEGERS * 9 + 16);

/**
 * Non-negative integers below 2^54, to within some hundredths of a bit of their entropy when they are spread smoothly:
 * a bucket by a Huffman code, then the bits that it leaves open as they are. Written up to the end of the writer.
 */
export function writeIntegers(writer: ByteWriter, values: Float64Array, scale: Scale): void {
  const { first, end } = countBuckets(values, scale);
  writer.byte(scale.width * 4 + scale.fine);
  writer.number(first);
  writer.number(end - first);
  const lengths = codeLengths(counts.subarray(first, end), end - first);
  counts.fill(0, first, end);
  if (end - first > 1) writeLengths(writer, lengths);
  writer.raw(output.subarray(0, writeBits(values, { first, lengths, scale })));
}

function countBuckets(values: Float64Array, scale: Scale): { readonly first: number; readonly end: number } {
  let first = MAX_BUCKETS;
  let last = 0;
  for (let i = 0; i < values.length; i++) {
    const bucket = bucketOf(values[i] ?? 0, scale);
    buckets[i] = bucket;
    counts[bucket] = (counts[bucket] ?? 0) + 1;
    if (bucket < first) first = bucket;
    if (bucket > last) last = bucket;
  }
  return { first, end: last + 1 };
}

interface Code {
  /** The bucket that the first length is of. */
  readonly first: number;
  readonly lengths: Uint8Array;
  readonly scale: Scale;
}

/** Writes `output`, the lowest bit of each byte first; returns how many bytes. */
function writeBits(values: Float64Array, { first, lengths, scale }: Code): number {
  const codes = codesOf(lengths);
  const { starts, open } = bucketsFrom(first, lengths.length, scale);
  let pending = 0;
  let held = 0;
  let at = 0;
  for (let i = 0; i < values.length; i++) {
    const symbol = (buckets[i] ?? 0) - first;
    pending |= (codes[symbol] ?? 0) << held;
    held += lengths[symbol] ?? 0;
    if (held >= PIECE) {
      output[at++] = pending;
      output[at++] = pending >>> 8;
      pending >>>= PIECE;
      held -= PIECE;
    }
    let left = open[symbol] ?? 0;
    let rest = (values[i] ?? 0) - (starts[symbol] ?? 0);
    for (; left > PIECE; left -= PIECE) {
      pending |= (rest % 65_536) << held;
      rest = Math.floor(rest / 65_536);
      output[at++] = pending;
      output[at++] = pending >>> 8;
      pending >>>= PIECE;
    }
    pending |= rest << held;
    held += left;
    if (held >= PIECE) {
      output[at++] = pending;
      output[at++] = pending >>> 8;
      pending >>>= PIECE;
      held -= PIECE;
    }
  }
  output[at] = pending;
  output[at + 1] = pending >>> 8;
  return at + ((held + 7) >>> 3);
}

/** Everything up to the end of the reader, with `start` added to each. Throws `BlockError`. */
export function readIntegers(reader: ByteReader, length: number, start: number): Float64Array {
  const packed = reader.byte();
  const scale = { width: packed >>> 2, fine: packed & 3 };
  const first = reader.number();
  const count = reader.number();
  if (scale.width > MAX_WIDTH || count === 0 || first + count > MAX_BUCKETS) {
    throw new BlockError('a code table does not fit');
  }
  const table = count === 1 ? new Uint16Array(1) : decodingTable(readLengths(reader, count));
  const { starts, open } = bucketsFrom(first, count, scale);
  for (let symbol = 0; symbol < count; symbol++) starts[symbol] = (starts[symbol] ?? 0) + start;
  return readBits(reader.rest(), { table, starts, open }, length);
}

interface Table {
  readonly table: Uint16Array;
  readonly starts: Float64Array;
  readonly open: Uint8Array;
}

function readBits(bytes: Uint8Array, { table, starts, open }: Table, length: number): Float64Array {
  // Words are read beyond the end: `output` has room for as many integers as there can be, what stands there is not used.
  if (length > MAX_INTEGERS || bytes.length > output.length - 8) throw new BlockError('there are too many integers');
  output.set(bytes);
  const values = new Float64Array(length);
  const mask = table.length - 1;
  let at = 0;
  for (let i = 0; i < length; i++) {
    const word = words.getUint32(at >>> 3, true) >>> (at & 7);
    const entry = table[word & mask] ?? 0;
    const symbol = entry >>> 4;
    const codeBits = entry & 15;
    const left = open[symbol] ?? 0;
    at += codeBits;
    const rest = codeBits + left <= AT_ONCE ? (word >>> codeBits) & ((1 << left) - 1) : readLong(at, left);
    values[i] = (starts[symbol] ?? 0) + rest;
    at += left;
  }
  if (at > 8 * bytes.length) throw new BlockError('coded integers end too early');
  return values;
}

const words = new DataView(output.buffer);

function readLong(start: number, bits: number): number {
  let value = 0;
  let factor = 1;
  let at = start;
  for (let left = bits; left > 0; left -= PIECE) {
    const piece = Math.min(PIECE, left);
    value += ((words.getUint32(at >>> 3, true) >>> (at & 7)) & ((1 << piece) - 1)) * factor;
    factor *= 2 ** piece;
    at += piece;
  }
  return value;
}

function bucketsFrom(first: number, count: number, scale: Scale) {
  const starts = new Float64Array(count);
  const open = new Uint8Array(count);
  for (let symbol = 0; symbol < count; symbol++) {
    starts[symbol] = bucketStart(first + symbol, scale);
    open[symbol] = openBitsOf(first + symbol, scale);
  }
  return { starts, open };
}

/** Two lengths a byte, the lower four bits first. */
function writeLengths(writer: ByteWriter, lengths: Uint8Array): void {
  for (let i = 0; i < lengths.length; i += 2) writer.byte((lengths[i] ?? 0) | ((lengths[i + 1] ?? 0) << 4));
}

function readLengths(reader: ByteReader, count: number): Uint8Array {
  const lengths = new Uint8Array(count);
  for (let i = 0; i < count; i += 2) {
    const both = reader.byte();
    lengths[i] = both & 15;
    if (i + 1 < count) lengths[i + 1] = both >>> 4;
  }
  return lengths;
}
