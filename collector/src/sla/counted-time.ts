import type { JudgedPeriod } from './attainment.ts';
import type { AppliedExclusion, NotApplied } from './exclusions.ts';
import { clipIntervals, type Interval, mergeIntervals, subtractAll, totalMs } from './interval.ts';
import type { Denominator } from './profile.ts';

/** What a contract says about which time of a period counts. */
export interface Scope {
  readonly period: JudgedPeriod;
  /** When the figure is made. */
  readonly nowMs: number;
  /** The hours that are promised, ordered and apart, over at least the whole period; `null`: all. */
  readonly open: readonly Interval[] | null;
  readonly exclusions: readonly AppliedExclusion[];
  readonly notApplied: readonly NotApplied[];
  readonly denominator: Denominator;
}

/** The time of a period by how it counts; each list is ordered and apart. */
export interface CountedTime {
  /** Promised and not excluded, of the whole period and of what has passed. */
  readonly whole: readonly Interval[];
  readonly elapsed: readonly Interval[];
  /** Promised and excluded, of what has passed. */
  readonly excluded: readonly Interval[];
  /** Milliseconds that are promised and to come. Excluded ones are in it when the denominator keeps them. */
  readonly pendingMs: number;
  /** Milliseconds of the whole period that shares are of. */
  readonly serviceMs: number;
}

/** Cuts a period by service hours and exclusions. Exclusions may overlap: they merge. */
export function countedTime({ period, open, exclusions, denominator }: Scope): CountedTime {
  const whole = { fromMs: period.fromMs, toMs: period.periodToMs };
  const promised = open === null ? (whole.fromMs < whole.toMs ? [whole] : []) : clipIntervals(open, whole);
  const excluded = mergeIntervals(exclusions);
  const counted = subtractAll(promised, excluded);
  const rest = { fromMs: period.toMs, toMs: period.periodToMs };
  const ofShares = denominator === 'kept' ? promised : counted;
  return {
    whole: counted,
    elapsed: clipIntervals(counted, period),
    excluded: subtractAll(clipIntervals(promised, period), clipIntervals(counted, period)),
    pendingMs: totalMs(clipIntervals(ofShares, rest)),
    serviceMs: totalMs(ofShares),
  };
}
