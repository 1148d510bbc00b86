import { type CalendarPeriod, periodAt } from '@nines/shared/time/calendar.ts';
import type { JudgedPeriod } from '../sla/attainment.ts';
import type { PeriodLength } from '../sla/credit/reading.ts';
import type { Objective } from '../sla/objective.ts';
import { add, multiply, type Rational, rational, ZERO } from '../sla/rational.ts';

/**
 * For how many months a period is paid for. One that is made of months counts as many, whatever their days, and a part
 * of it (a version that began within it) the part of its time; any other one lies in calendar months, of each so much.
 */
export function periodLength({ period, timeZone }: Objective, { fromMs, periodToMs }: JudgedPeriod): PeriodLength {
  const ms = periodToMs - fromMs;
  const whole = period.kind === 'calendar' ? monthsIn(period.calendar) : null;
  if (period.kind === 'rolling' || whole === null) return { ms, months: calendarMonths(fromMs, periodToMs, timeZone) };
  const full = periodAt(period.calendar, timeZone, fromMs);
  return { ms, months: multiply(rational(whole), rational(ms, full.toMs - full.fromMs)) };
}

function monthsIn(calendar: CalendarPeriod): number | null {
  switch (calendar.unit) {
    case 'month':
      return 1;
    case 'quarter':
      return 3;
    case 'year':
      return 12;
    case 'months':
      return calendar.count;
    case 'day':
    case 'week':
    case 'weeks':
      return null;
  }
}

function calendarMonths(fromMs: number, toMs: number, timeZone: string): Rational {
  let months = ZERO;
  for (let atMs = fromMs; atMs < toMs; ) {
    const month = periodAt({ unit: 'month' }, timeZone, atMs);
    const end = Math.min(month.toMs, toMs);
    months = add(months, rational(end - atMs, month.toMs - month.fromMs));
    atMs = end;
  }
  return months;
}
