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
  /** Promised, of the whole period. */
  readonly promised: readonly Interval[];
  /** Promised and not excluded, of the whole period and of what has passed. */
  readonly whole: readonly Interval[];
  readonly elapsed: readonly Interval[];
  /** Promised and excluded, of what has passed. */
  readonly excluded: readonly Interval[];
  /** What shares are of: promised time, without the excluded unless the denominator keeps it. */
  readonly denominator: readonly Interval[];
  /** Milliseconds of the denominator that are to come, and all of them. */
  readonly pendingMs: number;
  readonly serviceMs: number;
}

/** Cuts a period by service hours and exclusions. Exclusions may overlap: they merge. */
export function countedTime({ period, open, exclusions, denominator: kind }: Scope): CountedTime {
  const all = { fromMs: period.fromMs, toMs: period.periodToMs };
  const promised = clipIntervals(open ?? [all], all);
  const whole = subtractAll(promised, mergeIntervals(exclusions));
  const elapsed = clipIntervals(whole, period);
  const denominator = kind === 'kept' ? promised : whole;
  return {
    promised,
    whole,
    elapsed,
    excluded: subtractAll(clipIntervals(promised, period), elapsed),
    denominator,
    pendingMs: totalMs(clipIntervals(denominator, { fromMs: period.toMs, toMs: period.periodToMs })),
    serviceMs: totalMs(denominator),
  };
}
