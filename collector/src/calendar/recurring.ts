import { daysInMonthOf, weekdayOf } from '@nines/shared/time/calendar.ts';
import type { RecurringDays, RecurringWindow } from '@nines/shared/time/recurring.ts';
import type { Interval } from '../sla/interval.ts';
import { wallStretches } from './wall-intervals.ts';

/**
 * Each time that the window comes inside `within`, in order and apart: Monday's night and Tuesday's are two, also where they
 * touch. The day is the one on which it begins; where the clocks make two overlap, the second begins when the first ends.
 */
export function recurringIntervals({ days, at, timeZone }: RecurringWindow, within: Interval): Interval[] {
  const stretches = wallStretches(within, timeZone, (date) => (comesOn(days, date) ? [at] : []));
  return stretches.flatMap(({ fromMs, toMs }, index) => {
    const beginMs = Math.max(fromMs, stretches[index - 1]?.toMs ?? fromMs);
    return beginMs < toMs ? [{ fromMs: beginMs, toMs }] : [];
  });
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
