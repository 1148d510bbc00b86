import { BlockError, type ByteReader, type ByteWriter } from './byte-stream.ts';
import { readIntegers, writeIntegers } from './coded-integers.ts';
import { addMean, addSteps, MAX_LEVEL, offMeanOf, stepsOf, unzigzag, zigzag } from './predictions.ts';
import { sampleOf, scaleFor, spreadOf } from './spread.ts';

/** How numbers are written; released ways never change. */
export const WAYS = {
  /** All the same. */
  constant: 0,
  /** Runs of equal numbers. */
  runs: 1,
  /** How far above the least. */
  above: 2,
  /** How far from the middle, either way. */
  around: 3,
  /** How far from the one before. */
  steps: 4,
  /** How far from a running mean; the shift is added. */
  mean: 4,
  /** Doubles as they are: beyond 2^51 differences are not exact. */
  doubles: 15,
} as const;

const SHIFTS = [1, 2, 3];
const MAX_CODED = 2 ** 51;
/** A run takes about so many bits. */
const RUN_BITS = 26;

/** Steps between unrelated numbers take half a bit more than the numbers: then no mean of those before tells anything. */
const UNRELATED_BITS = 0.35;

/** Room for one column at a time. */
const room = new Float64Array(4096);

/** Anything further below the middle, in spreads, makes what is above the least a waste of code. */
const FAR = 8;

/** Of numbers that are not all the same. */
interface Shape {
  readonly least: number;
  readonly middle: number;
  readonly changes: number;
  readonly isLevel: boolean;
}

/** Writes safe integers up to the end of the writer, and returns the way, which the reader has to be told. */
export function writeNumbers(writer: ByteWriter, numbers: Float64Array): number {
  const shape = shapeOf(numbers);
  if (shape === null) return writeDoubles(writer, numbers);
  if (shape.changes === 0) {
    writer.signed(numbers[0] ?? 0);
    return WAYS.constant;
  }
  const best = bestOf(numbers, shape);
  if (best.way === WAYS.runs) return writeRuns(writer, numbers);
  writer.signed(best.start);
  const off = room.subarray(0, numbers.length);
  fillOff(numbers, best, off);
  if (best.way !== WAYS.above) for (let i = 0; i < off.length; i++) off[i] = zigzag(off[i] ?? 0);
  writeIntegers(writer, off, scaleFor(best.spread, numbers.length, best.way === WAYS.above));
  return best.way;
}

interface Candidate {
  readonly way: number;
  readonly start: number;
}

/** The way whose numbers are estimated to take the fewest bits. */
function bestOf(numbers: Float64Array, { least, middle, changes, isLevel }: Shape) {
  const tried = sampleOf(numbers);
  const off = room.subarray(0, tried.length);
  const tryOut = (way: number, start: number) => {
    fillOff(tried, { way, start }, off);
    return { way, start, ...spreadOf(off) };
  };
  const around = tryOut(WAYS.around, middle);
  const steps = tryOut(WAYS.steps, numbers[0] ?? 0);
  const isFollowing = isLevel && steps.bits < around.bits + UNRELATED_BITS;
  const means = isFollowing ? SHIFTS.map((shift) => tryOut(WAYS.mean + shift, numbers[0] ?? 0)) : [];
  let best = { way: WAYS.runs as number, start: 0, spread: 0, bits: (changes * RUN_BITS) / numbers.length };
  for (const one of [around, steps, ...means]) if (one.bits < best.bits) best = one;
  const isNear = middle - least < FAR * best.spread;
  return best.way === WAYS.around && isNear ? { ...best, way: WAYS.above, start: least } : best;
}

function fillOff(numbers: Float64Array, { way, start }: Candidate, off: Float64Array): void {
  if (way <= WAYS.around) for (let i = 0; i < off.length; i++) off[i] = (numbers[i] ?? 0) - start;
  else if (way === WAYS.steps) stepsOf(numbers, start, off);
  else offMeanOf(numbers, { start, shift: way - WAYS.mean }, off);
}

/** `null` when the numbers are too great to be subtracted from each other. */
function shapeOf(numbers: Float64Array): Shape | null {
  let least = Number.POSITIVE_INFINITY;
  let greatest = Number.NEGATIVE_INFINITY;
  let sum = 0;
  let changes = 0;
  let last = numbers[0] ?? 0;
  for (let i = 0; i < numbers.length; i++) {
    const number = numbers[i] ?? 0;
    if (number < least) least = number;
    if (number > greatest) greatest = number;
    if (number !== last) changes++;
    last = number;
    sum += number;
  }
  if (numbers.length > 0 && changes > 0 && (least < -MAX_CODED || greatest > MAX_CODED)) return null;
  const isLevel = least >= -MAX_LEVEL && greatest <= MAX_LEVEL;
  return { least, middle: Math.round(sum / numbers.length), changes, isLevel };
}

/** What `writeNumbers` wrote, up to the end of the reader. Throws `BlockError`. */
export function readNumbers(reader: ByteReader, way: number, length: number): Float64Array {
  if (way === WAYS.constant) return new Float64Array(length).fill(reader.signed());
  if (way === WAYS.runs) return readRuns(reader, length);
  if (way === WAYS.doubles) return readDoubles(reader, length);
  if (way > WAYS.mean + Math.max(...SHIFTS)) throw new BlockError(`numbers are written in the unknown way ${way}`);
  const start = reader.signed();
  if (way === WAYS.above) return readIntegers(reader, length, start);
  const numbers = readIntegers(reader, length, 0);
  if (way === WAYS.around) for (let i = 0; i < length; i++) numbers[i] = unzigzag(numbers[i] ?? 0) + start;
  else if (way === WAYS.steps) addSteps(numbers, start);
  else addMean(numbers, { start, shift: way - WAYS.mean });
  return numbers;
}

function writeRuns(writer: ByteWriter, numbers: Float64Array): number {
  for (let first = 0; first < numbers.length; ) {
    let end = first + 1;
    while (end < numbers.length && numbers[end] === numbers[first]) end++;
    writer.number(end - first);
    writer.signed(numbers[first] ?? 0);
    first = end;
  }
  return WAYS.runs;
}

function readRuns(reader: ByteReader, length: number): Float64Array {
  const numbers = new Float64Array(length);
  for (let first = 0; first < length; ) {
    const end = first + reader.number();
    if (end === first || end > length) throw new BlockError('runs of equal numbers do not fit');
    numbers.fill(reader.signed(), first, end);
    first = end;
  }
  return numbers;
}

/** Eight bytes each, little-endian; a double holds every safe integer. */
function writeDoubles(writer: ByteWriter, numbers: Float64Array): number {
  const bytes = Buffer.alloc(8 * numbers.length);
  for (let i = 0; i < numbers.length; i++) bytes.writeDoubleLE(numbers[i] ?? 0, 8 * i);
  writer.raw(bytes);
  return WAYS.doubles;
}

function readDoubles(reader: ByteReader, length: number): Float64Array {
  const bytes = reader.rest();
  if (bytes.length !== 8 * length) throw new BlockError('plain numbers do not fit');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const numbers = new Float64Array(length);
  for (let i = 0; i < length; i++) numbers[i] = view.getFloat64(8 * i, true);
  return numbers;
}
