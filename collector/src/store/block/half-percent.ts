import type { RunColumns, ValueColumn } from '../run-columns.ts';
import { bucketOf, bucketStart, type Scale } from './buckets.ts';

/**
 * Bins of whole numbers that one number stands for with an error of at most half a percent of any number of the bin.
 * Made of whole numbers alone, so that every decoder gets the same.
 */
const MAX_BINNED = 2 ** 40;

interface Bins {
  /** The least number of each bin, and of the one behind the last. */
  readonly starts: Float64Array;
  /** The number that stands for each. */
  readonly middles: Float64Array;
}

/** Narrower than any bin: a bucket's numbers lie in the bin of its least one, or in the next. */
const FINER: Scale = { width: 0, fine: 8 };

const bins = makeBins();
const firstBins = makeFirstBins();

function makeBins(): Bins {
  const starts: number[] = [];
  const middles: number[] = [];
  let start = 0;
  while (start <= MAX_BINNED) {
    // middle - start <= start / 200, and for the last number of the bin: last - middle <= last / 200.
    const middle = start + Math.floor(start / 200);
    starts.push(start);
    middles.push(middle);
    start = Math.floor((middle * 200) / 199) + 1;
  }
  return { starts: Float64Array.from([...starts, start]), middles: Float64Array.from(middles) };
}

/** Up to here every number has a bin of its own: bins would save nothing. */
const FIRST_WIDE = 200;

/**
 * The same runs with each number of the values that are named in place of all that are at most half a percent away. What
 * was rounded once stays as it is. A column with a number that is negative or beyond 2^40 is left exact.
 */
export function roundRuns(runs: RunColumns, names: ReadonlySet<string>): RunColumns {
  if (names.size === 0) return runs;
  return { ...runs, values: runs.values.map((column) => (names.has(column.name) ? rounded(column) : column)) };
}

function rounded(column: ValueColumn): ValueColumn {
  const { numbers } = column;
  if (!numbers.every(isBinned)) return column;
  return { ...column, numbers: numbers.map((number) => bins.middles[binOf(number)] ?? number) };
}

/** Between which numbers those lie that may have been rounded to what is here. */
export function boundsOf(runs: RunColumns): { readonly least: RunColumns; readonly greatest: RunColumns } {
  const bounds = (boundOf: (bin: number) => number | undefined): RunColumns => ({
    ...runs,
    values: runs.values.map((column) => ({
      ...column,
      numbers: column.numbers.map((number) => (isBinned(number) ? (boundOf(binOf(number)) ?? number) : number)),
    })),
  });
  return { least: bounds((bin) => bins.starts[bin]), greatest: bounds((bin) => (bins.starts[bin + 1] ?? 0) - 1) };
}

/** The bins of numbers each of which stands for one; `null` when there is one that does not, or nothing is to gain. */
export function binsOf(numbers: Float64Array): Float64Array | null {
  let greatest = 0;
  for (let i = 0; i < numbers.length; i++) {
    const number = numbers[i] ?? 0;
    if (!isBinned(number) || bins.middles[binOf(number)] !== number) return null;
    if (number > greatest) greatest = number;
  }
  return greatest < FIRST_WIDE ? null : numbers.map(binOf);
}

function isBinned(number: number): boolean {
  return number >= 0 && number <= MAX_BINNED;
}

function binOf(number: number): number {
  const bin = firstBins[bucketOf(number, FINER)] ?? 0;
  return number < (bins.starts[bin + 1] ?? 0) ? bin : bin + 1;
}

/** For each bucket the bin of its least number. */
function makeFirstBins(): Uint16Array {
  const found = new Uint16Array(bucketOf(MAX_BINNED, FINER) + 1);
  let bin = 0;
  for (let bucket = 0; bucket < found.length; bucket++) {
    while ((bins.starts[bin + 1] ?? 0) <= bucketStart(bucket, FINER)) bin++;
    found[bucket] = bin;
  }
  return found;
}

/** Puts the numbers that stand for bins into their place; `false` when there is no such bin. */
export function unbin(numbers: Float64Array): boolean {
  for (let i = 0; i < numbers.length; i++) {
    const middle = bins.middles[numbers[i] ?? 0];
    if (middle === undefined) return false;
    numbers[i] = middle;
  }
  return true;
}
