import type { WallRange } from './open-hours.ts';

/** On which days a window comes: these weekdays (1 Monday to 7 Sunday), or the nth of one in each month (-1: the last). */
export type RecurringDays =
  | { readonly kind: 'weekdays'; readonly weekdays: readonly number[] }
  | { readonly kind: 'nth_weekday'; readonly nth: number; readonly weekday: number };

/** A window that comes again and again at the same local wall time. */
export interface RecurringWindow {
  readonly days: RecurringDays;
  readonly at: WallRange;
  readonly timeZone: string;
}
