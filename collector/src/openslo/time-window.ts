import { type CalendarPeriod, isDate, weekdayOf } from '@nines/shared/time/calendar.ts';
import { parseDuration } from '@nines/shared/time/duration.ts';
import type { ObjectivePeriod } from '../sla/objective.ts';
import type { SloTimeWindow } from './document.ts';

/** Periods of OpenSLO begin when their first one does; ours by the calendar: weeks on Mondays. */
const FIRST_MONDAY = '2026-01-05';
const FIRST_DAY = '2026-01-01';

const SHORTHAND = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
] as const;

/** One number and one unit, as OpenSLO writes a length; `null` for what is no whole number of minutes. */
export function toShorthand(lengthMs: number): string | null {
  const [unit, unitMs] = SHORTHAND.find(([, size]) => lengthMs % size === 0) ?? [];
  return unit === undefined ? null : `${lengthMs / unitMs}${unit}`;
}

/** The window of a period; `null` for a rolling one that is no whole number of minutes. */
export function toTimeWindow(period: ObjectivePeriod, timeZone: string): SloTimeWindow | null {
  if (period.kind === 'rolling') {
    const duration = toShorthand(period.lengthMs);
    return duration === null ? null : { duration, isRolling: true };
  }
  const { duration, from } = calendarWindow(period.calendar);
  return { duration, isRolling: false, calendar: { startTime: `${from} 00:00:00`, timeZone } };
}

function calendarWindow(calendar: CalendarPeriod): { readonly duration: string; readonly from: string } {
  if (calendar.unit === 'weeks') return { duration: `${calendar.count}w`, from: calendar.anchor };
  if (calendar.unit === 'months') return { duration: `${calendar.count}M`, from: calendar.anchor };
  return { duration: NAMED[calendar.unit], from: calendar.unit === 'week' ? FIRST_MONDAY : FIRST_DAY };
}

const NAMED = { day: '1d', week: '1w', month: '1M', quarter: '1Q', year: '1Y' } as const;

/** A period as it is written in a contract. */
export type WrittenPeriod =
  | string
  | { readonly rolling: string }
  | { readonly weeks: number; readonly anchor: string }
  | { readonly months: number; readonly anchor: string };

/** What a window is here; a text says why it is nothing here. */
export function toPeriod(window: SloTimeWindow): { readonly period: WrittenPeriod } | { readonly why: string } {
  const { duration, isRolling, calendar } = window;
  const [, count = '', unit = ''] = /^(\d+)([mhdwMQY])$/.exec(duration) ?? [];
  if (count === '' || Number(count) === 0) return { why: `the duration ${duration} is none such as 30d or 1M` };
  if (isRolling || calendar === undefined) {
    if (parseDuration(duration) === null)
      return { why: `a rolling period has a fixed length here, and ${duration} has none` };
    return { period: { rolling: duration } };
  }
  const [day = '', time = '00:00:00'] = calendar.startTime.split(/[ T]/);
  if (!isDate(day)) return { why: `the beginning ${calendar.startTime} is no date` };
  if (!/^00:00(:00)?Z?$/.test(time)) return { why: `periods begin at midnight here, not at ${time}` };
  return calendarPeriod({ count: Number(count), unit, day });
}

/** Months of a quarter and a year, and when those of the calendar begin. */
const MONTHS: Readonly<Record<string, { readonly months: number; readonly name: string; readonly begins: RegExp }>> = {
  M: { months: 1, name: 'calendar_month', begins: /-01$/ },
  Q: { months: 3, name: 'calendar_quarter', begins: /-(01|04|07|10)-01$/ },
  Y: { months: 12, name: 'calendar_year', begins: /-01-01$/ },
};

function calendarPeriod({ count, unit, day }: { readonly count: number; readonly unit: string; readonly day: string }) {
  const inMonths = MONTHS[unit];
  if (inMonths !== undefined) {
    const { months, name, begins } = inMonths;
    return { period: count === 1 && begins.test(day) ? name : { months: count * months, anchor: day } };
  }
  if (unit === 'w') {
    const isMonday = weekdayOf(day) === 1;
    return { period: count === 1 && isMonday ? 'calendar_week' : { weeks: count, anchor: day } };
  }
  if (unit === 'd' && count === 1) return { period: 'calendar_day' };
  if (unit === 'd' && count % 7 === 0) return { period: { weeks: count / 7, anchor: day } };
  return { why: `no period of ${count}${unit} begins by the calendar here` };
}
