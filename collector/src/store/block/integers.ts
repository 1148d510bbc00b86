import { BitReader, BitWriter } from './bit-stream.ts';
import { BlockError, type ByteReader, type ByteWriter } from './byte-stream.ts';
import { codeLengths, codesOf, decodingTable, MAX_CODE_BITS } from './huffman.ts';

/**
 * Non-negative integers below 2^54, coded to within some hundredths of a bit of their entropy when they are spread
 * smoothly: a bucket (an eighth of a power of two) by a Huffman code, then the bits below it as they are.
 */
const FINE_BITS = 3;
const FINE = 1 << FINE_BITS;
/** Smaller integers have a bucket of their own. */
const SMALL = 2 * FINE;
const BUCKETS = SMALL + (54 - FINE_BITS - 1) * FINE;
const RAW_PIECE = 16;

const CONSTANT = 0;
const CODED = 1;

/** The position of the highest bit. */
function highestBit(value: number): number {
  if (value < 2 ** 31) return 31 - Math.clz32(value);
  return 31 + (31 - Math.clz32(Math.floor(value / 2 ** 31)));
}

function bucketOf(value: number): number {
  if (value < SMALL) return value;
  const power = highestBit(value);
  const fine =
    power <= 30 ? (value >>> (power - FINE_BITS)) & (FINE - 1) : Math.floor(value / 2 ** (power - FINE_BITS)) % FINE;
  return SMALL + (power - FINE_BITS - 1) * FINE + fine;
}

/** How many bits of a value its bucket leaves open. */
function openBits(bucket: number): number {
  return bucket < SMALL ? 0 : ((bucket - SMALL) >>> FINE_BITS) + 1;
}

function bucketStart(bucket: number): number {
  if (bucket < SMALL) return bucket;
  const bits = openBits(bucket);
  return (FINE + ((bucket - SMALL) & (FINE - 1))) * 2 ** bits;
}

/** Enough to tell ways apart that differ by more than a few hundredths of a bit. */
const SAMPLE = 512;

/** About how many bits `writeIntegers` takes for each of a sample of the values, the table left out. */
export function costOf(values: Float64Array): number {
  const counts = new Uint32Array(BUCKETS);
  const step = Math.ceil(values.length / SAMPLE);
  let bits = 0;
  let seen = 0;
  for (let i = 0; i < values.length; i += step) {
    seen++;
    const bucket = bucketOf(values[i] ?? 0);
    counts[bucket] = (counts[bucket] ?? 0) + 1;
    bits += OPEN_BITS[bucket] ?? 0;
  }
  for (const count of counts) if (count > 0) bits += count * Math.log2(seen / count) + 4;
  return bits;
}

/** Both are asked for every integer. */
const OPEN_BITS = Uint8Array.from({ length: BUCKETS }, (_, bucket) => openBits(bucket));
const STARTS = Float64Array.from({ length: BUCKETS }, (_, bucket) => bucketStart(bucket));

export function writeIntegers(writer: ByteWriter, values: Float64Array): void {
  const first = values[0] ?? 0;
  if (values.every((value) => value === first)) {
    writer.byte(CONSTANT);
    writer.number(first);
    return;
  }
  writer.byte(CODED);
  const buckets = Uint16Array.from(values, bucketOf);
  const counts = new Uint32Array(BUCKETS);
  for (const bucket of buckets) counts[bucket] = (counts[bucket] ?? 0) + 1;
  const lengths = codeLengths(counts);
  writeLengths(writer, lengths);
  const codes = codesOf(lengths);
  const bits = new BitWriter();
  for (let i = 0; i < values.length; i++) {
    const bucket = buckets[i] ?? 0;
    bits.write(codes[bucket] ?? 0, lengths[bucket] ?? 0);
    if (bucket >= SMALL) {
      writeRaw(bits, (values[i] ?? 0) - (STARTS[bucket] ?? 0), OPEN_BITS[bucket] ?? 0);
    }
  }
  writer.bytes(bits.finish());
}

/** Throws `BlockError`. */
export function readIntegers(reader: ByteReader, length: number): Float64Array {
  const values = new Float64Array(length);
  const mode = reader.byte();
  if (mode === CONSTANT) return values.fill(reader.number());
  if (mode !== CODED) throw new BlockError(`integers are written in the unknown way ${mode}`);
  const table = decodingTable(readLengths(reader));
  const bits = new BitReader(reader.bytes());
  for (let i = 0; i < length; i++) {
    const found = table[bits.peek(MAX_CODE_BITS)] ?? 0;
    bits.skip(found & 15);
    const bucket = found >>> 4;
    values[i] = bucket < SMALL ? bucket : (STARTS[bucket] ?? 0) + readRaw(bits, OPEN_BITS[bucket] ?? 0);
  }
  return values;
}

function writeRaw(bits: BitWriter, value: number, count: number): void {
  let rest = value;
  for (let left = count; left > 0; left -= RAW_PIECE) {
    const piece = Math.min(RAW_PIECE, left);
    bits.write(rest % 2 ** piece, piece);
    rest = Math.floor(rest / 2 ** piece);
  }
}

function readRaw(bits: BitReader, count: number): number {
  if (count <= RAW_PIECE) return bits.read(count);
  let value = 0;
  let factor = 1;
  for (let left = count; left > 0; left -= RAW_PIECE) {
    const piece = Math.min(RAW_PIECE, left);
    value += bits.read(piece) * factor;
    factor *= 2 ** piece;
  }
  return value;
}

/** From the first used bucket to the last, two lengths a byte. */
function writeLengths(writer: ByteWriter, lengths: Uint8Array): void {
  const first = lengths.findIndex((length) => length > 0);
  const end = lengths.findLastIndex((length) => length > 0) + 1;
  writer.number(first);
  writer.number(end - first);
  for (let i = first; i < end; i += 2)
    writer.byte((lengths[i] ?? 0) | ((i + 1 < end ? (lengths[i + 1] ?? 0) : 0) << 4));
}

function readLengths(reader: ByteReader): Uint8Array {
  const lengths = new Uint8Array(BUCKETS);
  const first = reader.number();
  const end = first + reader.number();
  if (end > BUCKETS) throw new BlockError('a code table is too long');
  for (let i = first; i < end; i += 2) {
    const both = reader.byte();
    lengths[i] = both & 15;
    if (i + 1 < end) lengths[i + 1] = both >>> 4;
  }
  return lengths;
}
