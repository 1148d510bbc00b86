import type { OpenHours, WallRange } from '@nines/shared/time/open-hours.ts';
import type { RecurringWindow } from '@nines/shared/time/recurring.ts';
import { list, ordinal } from './plain.ts';

const DAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];
const LONG_DAYS = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'];

/** `Mon–Fri 09:00–17:00 in Europe/Berlin, closed on its holidays`. */
export function openHours({ week, timeZone, holidays }: OpenHours): string {
  const groups: { first: number; last: number; text: string }[] = [];
  for (const [index, ranges] of week.entries()) {
    const text = list(ranges.map(wallRange));
    const group = groups.at(-1);
    if (group?.text === text) group.last = index;
    else groups.push({ first: index, last: index, text });
  }
  const open = groups.filter(({ text }) => text !== '').map(({ first, last, text }) => `${days(first, last)} ${text}`);
  return `${open.join(', ')} in ${timeZone}${holidays.length > 0 ? ', not on holidays' : ''}`;
}

function days(first: number, last: number): string {
  return first === last ? (DAYS[first] ?? '') : `${DAYS[first]}–${DAYS[last]}`;
}

/** `daily 02:00–05:00 in Europe/Berlin`, `every Sunday 02:00–04:00 in …`, `the 2nd Tuesday of each month 02:00–04:00 in …`. */
export function recurringWindow({ days: when, at, timeZone }: RecurringWindow): string {
  return `${recurringDays(when)} ${wallRange(at)} in ${timeZone}`;
}

function recurringDays(when: RecurringWindow['days']): string {
  if (when.kind === 'nth_weekday') {
    const which = when.nth === -1 ? 'last' : ordinal(when.nth);
    return `the ${which} ${LONG_DAYS[when.weekday - 1]} of each month`;
  }
  if (when.weekdays.length === 7) return 'daily';
  return `every ${list(when.weekdays.map((day) => LONG_DAYS[day - 1] ?? ''))}`;
}

/** `09:00–17:00`; the end of a day is 24:00. */
function wallRange({ fromMinute, toMinute }: WallRange): string {
  return `${clock(fromMinute)}–${toMinute === 1_440 ? '24:00' : clock(toMinute % 1_440)}`;
}

function clock(minute: number): string {
  return [Math.floor(minute / 60), minute % 60].map((part) => String(part).padStart(2, '0')).join(':');
}
