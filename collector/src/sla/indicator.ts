import type { OpenHours } from '@nines/shared/time/open-hours.ts';
import type { RecurringWindow } from '@nines/shared/time/recurring.ts';

/** What is measured. How it is counted is the profile's business. */
export type Indicator =
  | Availability
  | Latency
  | EventRatio
  | EventStatistic
  | EventCount
  | DurationTarget
  | Freshness
  | ScheduledWindows
  | Anomaly
  | GaugeBounds;

/** The checks that an indicator reads, or that bring the events that it reads. */
export function checksOf(indicator: Indicator): readonly string[] {
  return 'source' in indicator ? indicator.source.checks : indicator.checks;
}

/** Whether checks are up. */
export interface Availability {
  readonly kind: 'availability';
  readonly checks: readonly string[];
}

/**
 * Runs that were up within a limit. `rank` says which definition of a percentile "the target's percentile is at most the
 * limit" uses; `share` and `nearest_rank` are the same exact count.
 */
export interface Latency {
  readonly kind: 'latency';
  readonly checks: readonly string[];
  /** A measured duration of the checks' probes. */
  readonly value: string;
  readonly withinMicros: number;
  readonly rank: PercentileRank;
}

/** See `percentile.ts`. */
export type PercentileRank = 'share' | 'nearest_rank' | 'ddsketch' | 'linear' | 'exclusive';

/** The events of a stream that an indicator is about, and when each of them happened. */
export interface EventSource {
  readonly stream: string;
  /** The checks that bring the stream: while they are silent, events may be missing. May be empty. */
  readonly checks: readonly string[];
  /** An event happens when it begins, or when it ends. */
  readonly at: 'begin' | 'end';
}

/** Good events of the valid ones. */
export interface EventRatio {
  readonly kind: 'event_ratio';
  readonly source: EventSource;
  readonly valid: Predicate;
  readonly good: Predicate;
  /** With fewer valid events than this a period is not judged; 1 when absent. */
  readonly minEvents?: number;
  /** What the ratio is in the words of telephone support, when it is one of calls; it changes no figure. */
  readonly calls?: CallPromise;
}

/** A promise about calls. Lengths in whole seconds; `shortS` `null` when no call is short. */
export interface CallPromise {
  readonly kind: 'service_level' | 'abandonment';
  /** The formula of a service level, as `phone.ts` names it, and within how long calls are to be answered; else `null`. */
  readonly formula: string | null;
  readonly withinS: number | null;
  readonly shortS: number | null;
  /** `null` for every queue. */
  readonly queues: readonly string[] | null;
  /** Outcomes that count as abandoned, and those that are offered besides answered and abandoned. */
  readonly abandoned: readonly string[];
  readonly alsoOffered: readonly string[];
}

/** At least so many events in a period; in part of a period in proportion to its time, rounded down. */
export interface EventCount {
  readonly kind: 'event_count';
  readonly source: EventSource;
  readonly where: Predicate;
  readonly atLeast: number;
}

/** A statistic of one value over the valid events, at most a limit. The target of such an objective is 100 %. */
export interface EventStatistic {
  readonly kind: 'event_statistic';
  readonly source: EventSource;
  readonly valid: Predicate;
  /** A value's name; `length` is the time from beginning to end in ms. */
  readonly value: string;
  readonly statistic: Statistic;
  readonly atMost: number;
  /** See `Predicate`. */
  readonly isDuration?: boolean;
  /** With fewer values than this a period is not judged; 1 when absent. */
  readonly minEvents?: number;
}

export type Statistic =
  | { readonly kind: 'mean' | 'max' }
  | { readonly kind: 'percentile'; readonly ppb: number; readonly rank: PercentileRank };

/** Each unit of work done within its limit: response, resolution, patches. Open ones beyond their limit have failed. */
export interface DurationTarget {
  readonly kind: 'duration_target';
  readonly source: EventSource;
  readonly valid: Predicate;
  /** The clock stops at the event's end (`length`), or so long after its beginning as this value says. */
  readonly until: string;
  /** A value that says for how long the clock stood still while it could run; `null` when nothing pauses it. */
  readonly paused: string | null;
  /** The first limit whose `where` fits an event is its limit; without one it is not valid. */
  readonly limits: readonly DurationLimit[];
}

export interface DurationLimit {
  readonly where: Predicate;
  readonly withinMs: number;
  /** The clock runs only in these hours; `null`: always. */
  readonly hours: OpenHours | null;
}

/** The age of the last good event is at most the limit, over time. An event is as old as its end. */
export interface Freshness {
  readonly kind: 'freshness';
  readonly source: EventSource;
  readonly good: Predicate;
  readonly atMostMs: number;
}

/** Each window of a schedule has a good event, or none. One without any is missed, which is bad. */
export interface ScheduledWindows {
  readonly kind: 'scheduled_windows';
  readonly source: EventSource;
  readonly good: Predicate;
  readonly windows: RecurringWindow;
}

/** How far from the median of others a value may be: the larger of the two. */
export interface UsualRange {
  /** So many thousandths of their median absolute deviation. */
  readonly deviationsMilli: number;
  /** This share of the median. */
  readonly tolerancePpb: number;
}

/** A value of each valid event is not far from what it was before: sizes of backups. An event happens when it ends. */
export interface Anomaly extends UsualRange {
  readonly kind: 'anomaly';
  readonly source: EventSource;
  readonly valid: Predicate;
  readonly value: string;
  /** Only events with the same of these labels are compared with each other. */
  readonly by: readonly string[];
  /** Compared with so many events before it, at most, of this long before it; with fewer than `atLeast` not at all. */
  readonly last: number;
  readonly atLeast: number;
  readonly lookBackMs: number;
  readonly bad: 'smaller' | 'larger' | 'both';
}

/** A measured value of checks is within bounds, over time. Bounds are inclusive, in the value's unit; `null`: none. */
export interface GaugeBounds {
  readonly kind: 'gauge';
  readonly checks: readonly string[];
  readonly value: string;
  readonly atLeast: number | null;
  readonly atMost: number | null;
}

/**
 * A condition on one event. `length` is its time from beginning to end in ms. `isDuration`: a length of time that every
 * event which is asked for it has; of one that ended without it, or with a negative one, nobody knows it.
 */
export type Predicate =
  | { readonly kind: 'always' | 'never' }
  | { readonly kind: 'outcome'; readonly in: readonly string[] }
  | { readonly kind: 'label'; readonly name: string; readonly in: readonly string[] }
  | {
      readonly kind: 'value';
      readonly name: string;
      readonly atLeast: number | null;
      readonly atMost: number | null;
      readonly isDuration?: boolean;
    }
  | { readonly kind: 'not'; readonly of: Predicate }
  | { readonly kind: 'all' | 'any'; readonly of: readonly Predicate[] };
