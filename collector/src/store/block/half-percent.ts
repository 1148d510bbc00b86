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

/** The bins of some numbers; `null` when there is one that has none: negative, or beyond 2^40. */
export function binsOf(numbers: Float64Array): Float64Array | null {
  const found = new Float64Array(numbers.length);
  for (let i = 0; i < numbers.length; i++) {
    const number = numbers[i] ?? 0;
    if (number < 0 || number > MAX_BINNED) return null;
    found[i] = binOf(number);
  }
  return found;
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
