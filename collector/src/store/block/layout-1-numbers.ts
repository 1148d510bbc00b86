import { bucketStart, openBitsOf, type Scale } from './buckets.ts';
import { BlockError, type ByteReader } from './byte-stream.ts';
import { addSteps, unzigzag } from './predictions.ts';
import { codesOf } from './prefix-code.ts';

const CODE_BITS = 12;
const BUCKETS = 416;
const SCALE: Scale = { width: 0, fine: 3 };

/** Numbers as layout 1 has them; `expected` is asked for only when it was used. Throws `BlockError`. */
export function readLayout1Numbers(reader: ByteReader, length: number, expected: () => Float64Array): Float64Array {
  const way = reader.byte();
  if (way === 0) return readDoubles(reader.bytes(), length);
  if (way > 5) throw new BlockError(`numbers are written in the unknown way ${way}`);
  const numbers = readIntegers(reader, length);
  const isSigned = way === 2 || way === 4;
  if (isSigned) for (let i = 0; i < length; i++) numbers[i] = unzigzag(numbers[i] ?? 0);
  if (way === 3) addSteps(numbers, 0);
  if (way < 4) return numbers;
  const sums = expected();
  for (let i = 0; i < length; i++) numbers[i] = (numbers[i] ?? 0) + (sums[i] ?? 0);
  return numbers;
}

function readDoubles(bytes: Uint8Array, length: number): Float64Array {
  if (bytes.length !== 8 * length) throw new BlockError('plain numbers do not fit');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Float64Array.from({ length }, (_, index) => view.getFloat64(8 * index, true));
}

function readIntegers(reader: ByteReader, length: number): Float64Array {
  const numbers = new Float64Array(length);
  if (reader.byte() === 0) return numbers.fill(reader.number());
  const table = decodingTable(readLengths(reader));
  const bits = bitReader(reader.bytes());
  for (let i = 0; i < length; i++) {
    const found = table[bits.peek(CODE_BITS)] ?? 0;
    bits.skip(found & 15);
    const bucket = found >>> 4;
    let [value, factor] = [bucketStart(bucket, SCALE), 1];
    for (let left = openBitsOf(bucket, SCALE); left > 0; left -= 16) {
      const piece = Math.min(16, left);
      value += bits.peek(piece) * factor;
      bits.skip(piece);
      factor *= 2 ** piece;
    }
    numbers[i] = value;
  }
  return numbers;
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

/** For each value of the next 12 bits: symbol × 16 + length. A code of one symbol has a bit: half of the table is empty. */
function decodingTable(lengths: Uint8Array): Uint16Array {
  const table = new Uint16Array(1 << CODE_BITS);
  const codes = codesOf(lengths);
  for (const [symbol, length] of lengths.entries()) {
    if (length === 0) continue;
    for (let at = codes[symbol] ?? 0; at < table.length; at += 1 << length) table[at] = symbol * 16 + length;
  }
  return table;
}

/** Behind the end there are zeros. */
function bitReader(bytes: Uint8Array) {
  let [at, pending, held] = [0, 0, 0];
  return {
    peek(count: number): number {
      for (; held < count; held += 8) pending |= (bytes[at++] ?? 0) << held;
      return pending & ((1 << count) - 1);
    },
    skip(count: number): void {
      pending >>>= count;
      held -= count;
    },
  };
}
