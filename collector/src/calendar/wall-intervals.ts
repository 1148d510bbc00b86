import { addDays, dateAt, wallInstantMs } from '@nines/shared/time/calendar.ts';
import type { WallRange } from '@nines/shared/time/open-hours.ts';
import { type Interval, intersect, mergeIntervals } from '../sla/interval.ts';

/** The stretches of wall time that each date brings, as instants inside `within`, in order, without overlap; what touches is one. */
export function wallIntervals(
  within: Interval,
  timeZone: string,
  rangesOf: (date: string) => readonly WallRange[],
): Interval[] {
  return mergeIntervals(wallStretches(within, timeZone, rangesOf));
}

/**
 * Each of these stretches by itself, by their dates. Resolved day by day, so that 02:00 is 02:00 on both sides of a change
 * of the clocks.
 */
export function wallStretches(
  within: Interval,
  timeZone: string,
  rangesOf: (date: string) => readonly WallRange[],
): Interval[] {
  const found: Interval[] = [];
  const last = dateAt(within.toMs, timeZone);
  // What begins on the day before may go over midnight.
  for (let date = addDays(dateAt(within.fromMs, timeZone), -1); date <= last; date = addDays(date, 1)) {
    for (const { fromMinute, toMinute } of rangesOf(date)) {
      const interval = {
        fromMs: wallInstantMs(date, fromMinute, { timeZone, edge: 'begin' }),
        toMs: wallInstantMs(date, toMinute, { timeZone, edge: 'end' }),
      };
      const inside = intersect(interval, within);
      if (inside !== null) found.push(inside);
    }
  }
  return found;
}
