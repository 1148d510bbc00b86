import type { Tally } from './judge.ts';

/** Runs of a period, counted. Runs that were down are no part of it: they are availability's. */
export interface RunCounts {
  /** Runs that were up. */
  readonly up: number;
  /** Runs that were up and reported the value. */
  readonly measured: number;
  /** Runs that were up with a value of at most the threshold. */
  readonly within: number;
  /** Runs that should have been, in time that is unknown: `missingRuns`. */
  readonly missing: number;
  /** Runs that the rest of a running period will bring at the present interval. */
  readonly pending: number;
}

/**
 * "At least X % of successful runs within T", in runs. Missing runs and runs that reported no value are unknown. The
 * budget's whole is every counted, missing and still expected run: an estimate until the period is over.
 */
export function latencyTally(counts: RunCounts): Tally {
  return {
    good: counts.within,
    bad: counts.measured - counts.within,
    unknown: counts.up - counts.measured + counts.missing,
    pending: counts.pending,
  };
}

/** How many runs should have been in time that nobody saw: begun intervals count whole, so nothing is hidden. */
export function missingRuns(unknownMs: number, everyMs: number): number {
  return Math.ceil(unknownMs / everyMs);
}

/** Adds the counts of several series. */
export function addRunCounts(a: RunCounts, b: RunCounts): RunCounts {
  return {
    up: a.up + b.up,
    measured: a.measured + b.measured,
    within: a.within + b.within,
    missing: a.missing + b.missing,
    pending: a.pending + b.pending,
  };
}

export const NO_RUNS: RunCounts = { up: 0, measured: 0, within: 0, missing: 0, pending: 0 };
