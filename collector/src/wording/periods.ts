import type { CalendarPeriod } from '@nines/shared/time/calendar.ts';
import type { ObjectivePeriod } from '../sla/objective.ts';
import { ordinal, spell } from './plain.ts';

/** `each calendar month in Europe/Berlin`, `the last 30 d at any time`. */
export function eachPeriod(period: ObjectivePeriod, timeZone: string): string {
  return period.kind === 'rolling'
    ? `the last ${spell(period.lengthMs)} at any time`
    : `each ${calendarPeriod(period.calendar)} in ${timeZone}`;
}

/** `calendar month`, `2 weeks counted from 2026-01-05`, `billing month from the 31st`. */
export function calendarPeriod(period: CalendarPeriod): string {
  switch (period.unit) {
    case 'day':
    case 'week':
    case 'month':
    case 'quarter':
    case 'year':
      return `calendar ${period.unit}`;
    case 'weeks':
      return `${period.count === 1 ? 'week' : `${period.count} weeks`} counted from ${period.anchor}`;
    case 'months':
      return billing(period);
  }
}

function billing({ count, anchor }: { readonly count: number; readonly anchor: string }): string {
  const day = Number(anchor.slice('2026-01-'.length));
  const begins = day > 28 ? `the ${ordinal(day)}, or the month's last day,` : `the ${ordinal(day)}`;
  return count === 1 ? `billing month from ${begins}` : `${count} billing months from ${begins} counted from ${anchor}`;
}
