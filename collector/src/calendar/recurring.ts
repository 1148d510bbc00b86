import { daysInMonthOf, weekdayOf } from '@nines/shared/time/calendar.ts';
import type { RecurringDays, RecurringWindow } from '@nines/shared/time/recurring.ts';
import type { Interval } from '../sla/interval.ts';
import { wallIntervals } from './wall-intervals.ts';

/** When the window comes inside `within`, in order. The day is the one on which it begins. */
export function recurringIntervals({ days, at, timeZone }: RecurringWindow, within: Interval): Interval[] {
  return wallIntervals(within, timeZone, (date) => (comesOn(days, date) ? [at] : []));
}

function comesOn(days: RecurringDays, date: string): boolean {
  const weekday = weekdayOf(date);
  switch (days.kind) {
    case 'weekdays':
      return days.weekdays.includes(weekday);
    case 'nth_weekday': {
      if (weekday !== days.weekday) return false;
      const day = Number(date.slice('2026-01-'.length));
      return days.nth === -1 ? day + 7 > daysInMonthOf(date) : Math.ceil(day / 7) === days.nth;
    }
  }
}
