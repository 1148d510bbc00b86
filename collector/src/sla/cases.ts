import type { Incident } from './attainment.ts';
import { countedTime, type Scope } from './counted-time.ts';
import { clipIntervals, type Interval, mergeIntervals } from './interval.ts';
import { type ExactShares, sharesOf, type Tally } from './judge.ts';
import type { Measured } from './measured.ts';

/** One unit of work that a promise is about. */
export interface Case extends Interval {
  /** When it counts: cases in excluded time or outside service hours do not. */
  readonly atMs: number;
  readonly state: 'good' | 'bad' | 'unknown';
  /** What it is called in the list of incidents, and why it failed. */
  readonly name: string;
  readonly reason: string | null;
  /** How long the clock ran for it, where one runs: by its hours, less what stood still. Its whole length when absent. */
  readonly ranMs?: number;
}

/** How many cases are still to come: a number, or nobody knows. */
export type ToCome = number | 'any-number';

/** The method `occurrences` of units of work: good ones of all. */
export function measureCases(
  cases: readonly Case[],
  scope: Scope,
  { unit, toCome }: { readonly unit: 'events' | 'windows'; readonly toCome: ToCome },
): Measured {
  const time = countedTime(scope);
  const counted = cases.filter(({ atMs }) => isIn(time.elapsed, atMs));
  const excluded = cases.filter(({ atMs }) => isIn(time.excluded, atMs)).length;
  const count = (state: Case['state']) => counted.filter((one) => one.state === state).length;
  const kept = scope.denominator === 'kept' ? excluded : 0;
  const bad = counted.filter(({ state }) => state === 'bad');
  const worst = counted.filter(({ state }) => state !== 'good');
  const inside = (one: Case) => cutAtEnd(one, scope);
  const tally = {
    good: count('good') + kept,
    bad: bad.length,
    unknown: count('unknown'),
    pending: toCome === 'any-number' ? 0 : toCome,
  };
  return {
    unit,
    scale: 1,
    tally,
    exact: toCome === 'any-number' ? openEnded(tally) : null,
    excluded: excluded - kept,
    serviceMs: time.serviceMs,
    badTime: { best: mergeIntervals(bad.map(inside)), worst: mergeIntervals(worst.map(inside)) },
    incidents: bad.map((one) => incidentOf(one, scope)),
    uncounted: [],
    statistic: null,
    verdict: null,
  };
}

/**
 * Shares of a period in which any number of cases may follow: in the end the share may be anything above 0, and anything
 * up to 1, which only a failure rules out (then it is less than 1 by less than a target can say).
 */
export function openEnded(tally: Tally): ExactShares {
  const nearlyOne = { good: 2_000_000_000n - 1n, total: 2_000_000_000n };
  return {
    ...sharesOf(tally),
    wholeLow: { good: 0n, total: 1n },
    wholeHigh: tally.bad === 0 ? { good: 1n, total: 1n } : nearlyOne,
  };
}

/**
 * What was measured, when there were cases enough to judge: fewer than `least` are no figure and no verdict, and nothing
 * is owed for them. They are among the excluded.
 */
export function unlessTooFew(measured: Measured, least: number): Measured {
  const { good, bad, unknown, pending } = measured.tally;
  const cases = good + bad + unknown;
  if (cases >= least) return measured;
  const tally = { good: 0, bad: 0, unknown: 0, pending };
  return {
    ...measured,
    tally,
    exact: measured.exact === null ? null : openEnded(tally),
    excluded: measured.excluded + cases,
    badTime: { best: [], worst: [] },
    incidents: [],
  };
}

/** Whether an instant lies in one of some ordered intervals. */
export function isIn(intervals: readonly Interval[], atMs: number): boolean {
  return clipIntervals(intervals, { fromMs: atMs, toMs: atMs + 1 }).length > 0;
}

/** What goes on behind the period's end is the next one's: else a period that is over would never be the same again. */
function cutAtEnd({ fromMs, toMs }: Case, { period }: Scope): Interval {
  return { fromMs, toMs: Math.max(fromMs, Math.min(toMs, period.toMs)) };
}

function incidentOf(one: Case, scope: Scope): Incident {
  const { name, reason } = one;
  const { fromMs, toMs } = cutAtEnd(one, scope);
  return {
    fromMs,
    toMs: toMs >= scope.nowMs ? null : toMs,
    countedMs: one.ranMs ?? toMs - fromMs,
    checks: [name],
    locations: [],
    reasons: reason === null ? [] : [reason],
  };
}
