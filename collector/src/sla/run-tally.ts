import type { Tally } from './judge.ts';
import type { ScoreBand } from './profile.ts';
import type { ScoredRuns, Workings } from './workings.ts';

/** Runs of a period, counted. */
export interface RunCounts {
  readonly up: number;
  readonly down: number;
  /** Runs that were up and reported the value. */
  readonly measured: number;
  /** Of these, the ones that were at most each of the thresholds asked for, in their order. */
  readonly within: readonly number[];
  /** Runs that should have been, in time that is unknown: `missingRuns`. */
  readonly missing: number;
  /** Runs that the rest of a running period will bring at the present interval. */
  readonly pending: number;
}

/** How many runs should have been in time that nobody saw: begun intervals count whole, so nothing is hidden. */
export function missingRuns(unknownMs: number, everyMs: number): number {
  return unknownMs === 0 ? 0 : Math.ceil(unknownMs / everyMs);
}

/** Adds the counts of several series. */
export function addRunCounts(a: RunCounts, b: RunCounts): RunCounts {
  const length = Math.max(a.within.length, b.within.length);
  return {
    up: a.up + b.up,
    down: a.down + b.down,
    measured: a.measured + b.measured,
    within: Array.from({ length }, (_, index) => (a.within[index] ?? 0) + (b.within[index] ?? 0)),
    missing: a.missing + b.missing,
    pending: a.pending + b.pending,
  };
}

export const NO_RUNS: RunCounts = { up: 0, down: 0, measured: 0, within: [], missing: 0, pending: 0 };

/** Runs that were up of all; with a limit of slowness (`within[0]`), those within it. */
export function availabilityTally({ up, down, measured, within, missing, pending }: RunCounts): Tally {
  const [quick] = within;
  if (quick === undefined) return { good: up, bad: down, unknown: missing, pending };
  return { good: quick, bad: down + measured - quick, unknown: up - measured + missing, pending };
}

/**
 * "At least X % of successful runs within T": runs that were down are no part of it, they are availability's. Missing runs
 * and runs that reported no value are unknown. The budget's whole is every counted, missing and still expected run: an
 * estimate until the period is over.
 */
export function latencyTally({ up, measured, within, missing, pending }: RunCounts): Tally {
  const quick = within[0] ?? 0;
  return { good: quick, bad: measured - quick, unknown: up - measured + missing, pending };
}

/** Scores of runs, in 1/`scale` of a run. `within` counts by the bands' limits, in the order of the bands that have one. */
export function scoreTally(
  { down, up, measured, within, missing, pending }: RunCounts,
  bands: readonly ScoreBand[],
): { readonly tally: Tally; readonly scale: number; readonly workings: Workings } {
  const unit = bands.reduce((divisor, { scorePpb }) => gcd(divisor, scorePpb), PPB);
  const scale = PPB / unit;
  let good = 0;
  let scored = 0;
  const scores: ScoredRuns[] = [{ runs: down, scorePpb: 0 }];
  for (const [index, { withinMicros, scorePpb }] of bands.entries()) {
    const upTo = withinMicros === null ? measured : (within[index] ?? 0);
    good += (upTo - scored) * (scorePpb / unit);
    scores.push({ runs: upTo - scored, scorePpb });
    scored = upTo;
  }
  const unknown = (up - measured + missing) * scale;
  // Runs that were up and fit no band scored nothing.
  scores.push({ runs: measured - scored, scorePpb: 0 });
  return {
    tally: { good, bad: (down + measured) * scale - good, unknown, pending: pending * scale },
    scale,
    workings: { kind: 'scores', scores: scores.filter(({ runs }) => runs > 0) },
  };
}

const PPB = 1_000_000_000;

function gcd(a: number, b: number): number {
  return b === 0 ? a : gcd(b, a % b);
}
