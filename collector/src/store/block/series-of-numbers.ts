import { BlockError, type ByteReader, type ByteWriter } from './byte-stream.ts';
import { costOf, readIntegers, writeIntegers } from './integers.ts';

/** Signed integers up to this stay exact when they are made unsigned. */
const MAX_SIGNED = 2 ** 51;

/** How numbers become non-negative integers; released numbers of ways never change. */
const WAYS = { plain: 0, same: 1, signed: 2, differences: 3, rest: 4, restUpwards: 5 } as const;

function isSmall(values: Float64Array): boolean {
  for (const value of values) if (value > MAX_SIGNED || value < -MAX_SIGNED) return false;
  return true;
}

function toUnsigned(values: Float64Array): Float64Array {
  return values.map((value) => (value < 0 ? -2 * value - 1 : 2 * value));
}

function toSigned(values: Float64Array): Float64Array {
  return values.map((value) => (value % 2 === 1 ? -(value + 1) / 2 : value / 2));
}

function differences(values: Float64Array): Float64Array {
  return values.map((value, index) => value - (index === 0 ? 0 : (values[index - 1] ?? 0)));
}

function sums(values: Float64Array): Float64Array {
  let sum = 0;
  return values.map((value) => (sum += value));
}

/**
 * Writes safe integers in the way that is estimated to take least: as they are, as differences, or as what is left when
 * `expected` (such as the sum of the phases, for a whole duration) is taken off.
 */
export function writeNumbers(writer: ByteWriter, values: Float64Array, expected: Float64Array | null): void {
  if (!isSmall(values) || (expected !== null && !isSmall(expected))) {
    writePlain(writer, values);
    return;
  }
  const ways = [
    values.some(isNegative) ? { way: WAYS.signed, coded: toUnsigned(values) } : { way: WAYS.same, coded: values },
    { way: WAYS.differences, coded: toUnsigned(differences(values)) },
    ...(expected === null ? [] : [restOf(values, expected)]),
  ];
  const costs = ways.map(({ coded }) => costOf(coded));
  const best = ways[costs.indexOf(Math.min(...costs))];
  if (best === undefined) throw new Error('there is always a way');
  writer.byte(best.way);
  writeIntegers(writer, best.coded);
}

function isNegative(value: number): boolean {
  return value < 0;
}

/** A sign costs a bit, and a whole duration is never less than its parts. */
function restOf(values: Float64Array, expected: Float64Array): { readonly way: number; readonly coded: Float64Array } {
  const rest = values.map((value, index) => value - (expected[index] ?? 0));
  return rest.some(isNegative) ? { way: WAYS.rest, coded: toUnsigned(rest) } : { way: WAYS.restUpwards, coded: rest };
}

/** What `writeNumbers` wrote; `expected` is asked for only when it was used. Throws `BlockError`. */
export function readNumbers(reader: ByteReader, length: number, expected: () => Float64Array): Float64Array {
  const way = reader.byte();
  switch (way) {
    case WAYS.plain:
      return readPlain(reader, length);
    case WAYS.same:
      return readIntegers(reader, length);
    case WAYS.signed:
      return toSigned(readIntegers(reader, length));
    case WAYS.differences:
      return sums(toSigned(readIntegers(reader, length)));
    case WAYS.rest:
      return added(toSigned(readIntegers(reader, length)), expected());
    case WAYS.restUpwards:
      return added(readIntegers(reader, length), expected());
    default:
      throw new BlockError(`numbers are written in the unknown way ${way}`);
  }
}

function added(values: Float64Array, expected: Float64Array): Float64Array {
  return values.map((value, index) => value + (expected[index] ?? 0));
}

/** Numbers beyond 2^51: eight bytes each, little-endian doubles, which hold every safe integer. */
function writePlain(writer: ByteWriter, values: Float64Array): void {
  writer.byte(WAYS.plain);
  const bytes = Buffer.alloc(8 * values.length);
  for (const [index, value] of values.entries()) bytes.writeDoubleLE(value, 8 * index);
  writer.bytes(bytes);
}

function readPlain(reader: ByteReader, length: number): Float64Array {
  const bytes = reader.bytes();
  if (bytes.length !== 8 * length) throw new BlockError('plain numbers do not fit');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Float64Array.from({ length }, (_, index) => view.getFloat64(8 * index, true));
}
