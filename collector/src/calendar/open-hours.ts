import { addDays, dateAt, dateStartMs, weekdayOf } from '@nines/shared/time/calendar.ts';
import type { Holiday, OpenHours } from '@nines/shared/time/open-hours.ts';
import { type Interval, subtractAll } from '../sla/interval.ts';
import { wallIntervals } from './wall-intervals.ts';

/**
 * When the hours are open inside `within`: in order, without overlap. A holiday is closed from its midnight to the next
 * one in the calendar's zone, a shift that began the evening before included.
 */
export function openIntervals({ timeZone, week, holidays }: OpenHours, within: Interval): Interval[] {
  const open = wallIntervals(within, timeZone, (date) => week[weekdayOf(date) - 1] ?? []);
  return subtractAll(open, holidayIntervals(holidays, within, timeZone));
}

function holidayIntervals(holidays: readonly Holiday[], within: Interval, timeZone: string): Interval[] {
  const closed: Interval[] = [];
  const last = dateAt(within.toMs, timeZone);
  for (let date = dateAt(within.fromMs, timeZone); date <= last; date = addDays(date, 1)) {
    if (!holidays.some((holiday) => isHoliday(date, holiday))) continue;
    closed.push({ fromMs: dateStartMs(date, timeZone), toMs: dateStartMs(addDays(date, 1), timeZone) });
  }
  return closed;
}

/** Dates compare as text. A yearly stretch such as 12-24 to 01-01 goes over the new year. */
function isHoliday(date: string, { kind, from, to }: Holiday): boolean {
  const day = kind === 'yearly' ? date.slice('2026-'.length) : date;
  return from <= to ? from <= day && day <= to : from <= day || day <= to;
}
