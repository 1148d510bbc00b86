import type { Share } from './attainment.ts';
import { countedTime, type Scope } from './counted-time.ts';
import { type Interval, mergeIntervals } from './interval.ts';
import type { ExactShares } from './judge.ts';
import type { Measured } from './measured.ts';
import type { Slice } from './profile.ts';
import { addedByTotal, addShares, shareOf } from './share.ts';
import type { Samples } from './slice-rule.ts';
import { countSlices, type SliceGrid, slicedTime } from './slicing.ts';

/** Amounts are in billionths of a slice. */
const SCALE = 1_000_000_000;

/** All samples of one slice, and the counted time in it. */
export interface SampledSlice extends Samples {
  readonly parts: readonly Interval[];
}

/**
 * The method `ratio_of_slices`: the unweighted mean of the slices' shares of good samples. `slices` are those that are over
 * and not simply good. Its shares are exact; its amounts are cut to billionths, the good down and the bad up.
 */
export function measureRatios(
  slices: readonly SampledSlice[],
  scope: Scope,
  { grid, slice }: { readonly grid: SliceGrid; readonly slice: Slice },
): Measured {
  const time = countedTime(scope);
  const sliced = slicedTime(time, grid, scope.period.toMs);
  const kept = scope.denominator === 'kept' ? sliced.excluded : 0;
  const judged = slices.filter((one) => sizeOf(one) >= Math.max(1, slice.minSamples));
  const empty = slice.empty === 'skipped' ? slices.filter((one) => sizeOf(one) === 0).length : 0;
  const over = countSlices(sliced.over, grid) - empty + kept;
  const exact = sharesOf(judged, over, sliced.pending);
  const [low, high] = [scaled(exact.low, over), scaled(exact.high, over)];
  const withBad = judged.filter(({ bad }) => bad > 0);
  return {
    unit: 'slices',
    scale: SCALE,
    tally: {
      good: low,
      bad: over * SCALE - high,
      unknown: high - low,
      pending: sliced.pending * SCALE,
    },
    exact,
    excluded: (sliced.excluded - kept) * SCALE,
    serviceMs: time.serviceMs,
    badTime: { best: timeOf(withBad), worst: timeOf(judged.filter(({ bad, open }) => bad + open > 0)) },
    incidents: [],
    uncounted: [],
    statistic: null,
    verdict: null,
  };
}

function sizeOf({ good, bad, open }: Samples): number {
  return good + bad + open;
}

/** `over` slices of which all but the judged ones are good throughout. */
function sharesOf(judged: readonly SampledSlice[], over: number, pending: number): ExactShares {
  const clean = over - judged.length;
  const all = (read: (one: SampledSlice) => Share | null) => judged.flatMap((one) => read(one) ?? []);
  const low = all((one) => shareOf(one.good, sizeOf(one)));
  const high = all((one) => shareOf(one.good + one.open, sizeOf(one)));
  const attained = all(({ good, bad }) => shareOf(good, good + bad));
  return {
    attained: meanOf(attained, { whole: clean, count: clean + attained.length }),
    low: meanOf(low, { whole: clean, count: over }),
    high: meanOf(high, { whole: clean, count: over }),
    wholeLow: meanOf(low, { whole: clean, count: over + pending }),
    wholeHigh: meanOf(high, { whole: clean + pending, count: over + pending }),
  };
}

/** (sum + whole ones) / count. */
function meanOf(
  shares: readonly Share[],
  { whole, count }: { readonly whole: number; readonly count: number },
): Share | null {
  const sum = addShares(shares);
  const mean = shareOf(sum.good + BigInt(whole) * sum.total, sum.total * BigInt(count));
  return mean && { ...mean, sum: { kind: 'slices', shares: addedByTotal(shares), whole, count } };
}

function scaled(share: Share | null, count: number): number {
  return share === null ? 0 : Number((share.good * BigInt(count) * BigInt(SCALE)) / share.total);
}

function timeOf(slices: readonly SampledSlice[]): Interval[] {
  return mergeIntervals(slices.flatMap(({ parts }) => parts));
}
