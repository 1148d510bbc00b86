import type { Verdict } from './attainment.ts';
import type { PercentileRank } from './indicator.ts';
import type { Tally } from './judge.ts';
import { isInterpolatedWithin, isPercentileWithin, positionOf } from './percentile.ts';

/** The greatest value that is at most the limit, and the least one above it; `null` when there is none. */
export interface AroundLimit {
  readonly below: number | null;
  readonly above: number | null;
}

export interface PercentilePromise {
  readonly ppb: number;
  readonly rank: PercentileRank;
  readonly limit: number;
}

/**
 * Whether the percentile of all values is at most the limit. Unknown values may have been anything: the verdict stands when
 * it is the same with all of them beyond every bound, on either side. `null`: the two values around the limit decide, and
 * `around` was not given.
 */
export function percentileVerdict(
  { good, bad, unknown, pending }: Tally,
  promise: PercentilePromise,
  around: AroundLimit | null,
): Verdict | null {
  if (good + bad === 0) return 'inconclusive';
  const open = unknown + pending;
  const worst = isWithin({ within: good, beyond: bad, count: good + bad + open, isWorst: true }, promise, around);
  if (worst === true) return 'met';
  const best = isWithin(
    { within: good + open, beyond: bad, count: good + bad + open, isWorst: false },
    promise,
    around,
  );
  if (best === false) return 'breached';
  return worst === null || best === null ? null : 'inconclusive';
}

interface Reading {
  readonly within: number;
  /** Measured values above the limit. */
  readonly beyond: number;
  readonly count: number;
  /** Unknown values are above all others; below them otherwise. */
  readonly isWorst: boolean;
}

function isWithin(
  { within, beyond, count, isWorst }: Reading,
  { ppb, rank, limit }: PercentilePromise,
  around: AroundLimit | null,
): boolean | null {
  const position = positionOf(ppb, count, rank);
  const certain = isPercentileWithin(position, within);
  if (certain !== null) return certain;
  // The next value is measured, or (in the worst reading, with none measured above) an unknown one beyond all bounds.
  if (beyond === 0) return !isWorst;
  if (around === null) return null;
  if (around.above === null) return true;
  // With no measured value below, the value below is an unknown one, which is beyond all bounds on that side.
  if (around.below === null) return true;
  return isInterpolatedWithin({ below: around.below, above: around.above }, position.weight, limit);
}
