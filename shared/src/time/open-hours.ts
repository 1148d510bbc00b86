/**
 * What people agree in local wall time. Which instants these are is decided in one place, `wallInstantMs` of
 * `calendar.ts`: a beginning that does not exist (clocks went forward) is the next instant that does, one that comes twice
 * is the first; an end that does not exist is the next instant that does, one that comes twice is the second.
 */

/** A stretch of local wall time: minutes after midnight, `toMinute` beyond 1,440 when it goes over midnight. */
export interface WallRange {
  /** 0 to 1,439. */
  readonly fromMinute: number;
  /** More than `fromMinute`, at most a day more. */
  readonly toMinute: number;
}

/** Days on which nothing is open, both ends included: dates `YYYY-MM-DD`, or `MM-DD` when they come every year. */
export type Holiday =
  | { readonly kind: 'dates'; readonly from: string; readonly to: string }
  | { readonly kind: 'yearly'; readonly from: string; readonly to: string };

/** Business hours: what is open on each day of the week, in a zone, and the days that are closed from midnight to midnight. */
export interface OpenHours {
  readonly timeZone: string;
  /** Seven lists, Monday first; each in order, without overlap. */
  readonly week: readonly (readonly WallRange[])[];
  readonly holidays: readonly Holiday[];
}
