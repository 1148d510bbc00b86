import { duration, identifier, timeZone } from '@nines/shared/config/fields.ts';
import { parseDuration } from '@nines/shared/time/duration.ts';
import type { RecurringDays } from '@nines/shared/time/recurring.ts';
import * as z from 'zod';
import type { MaintenanceTerms } from '../sla/contract.ts';
import { wallRange } from './wall-range.ts';
import { parseWeekdays } from './weekdays.ts';

const NTH = ['1st', '2nd', '3rd', '4th', '5th'];

/** `day`, `sun`, `mon-fri`, `2nd tue`, `last sun`. */
function parseRecurringDays(text: string): RecurringDays | null {
  if (text === 'day') return { kind: 'weekdays', weekdays: [1, 2, 3, 4, 5, 6, 7] };
  const weekdays = parseWeekdays(text);
  if (weekdays !== null) return { kind: 'weekdays', weekdays: weekdays.toSorted() };
  const [which = '', day = '', ...more] = text.split(' ');
  const [weekday, ...others] = parseWeekdays(day) ?? [];
  const nth = which === 'last' ? -1 : NTH.indexOf(which) + 1;
  if (weekday === undefined || others.length > 0 || more.length > 0 || nth === 0) return null;
  return { kind: 'nth_weekday', nth, weekday };
}

/** On which days a window comes: `day`, `sun`, `mon-fri`, `2nd tue`, `last sun`. */
export const recurringDays = z.string().transform((text, context) => {
  const days = parseRecurringDays(text);
  if (days !== null) return days;
  context.addIssue({ code: 'custom', message: `expected day, sun, mon-fri, 2nd tue or last sun, not "${text}"` });
  return z.NEVER;
});

/** Standing windows in local wall time; in the contract's zone unless they name another. */
const recurringWindow = z.strictObject({ every: recurringDays, at: wallRange, time_zone: timeZone.optional() });

const CAP = /^(\S+) per (day|week|month|quarter|year|period)$/;
const CAP_EXPECTED = 'expected a cap such as 4h per month (or per day, week, quarter, year, period)';

const cap = z.string(CAP_EXPECTED).transform((text, context): NonNullable<MaintenanceTerms['cap']> => {
  const match = CAP.exec(text);
  const ms = match === null ? null : parseDuration(match[1] ?? '');
  const per = CAP_PERIODS.find((period) => period === match?.[2]);
  if (ms !== null && ms > 0 && per !== undefined) return { ms, per };
  context.addIssue({ code: 'custom', message: `${CAP_EXPECTED}, not "${text}"` });
  return z.NEVER;
});

const CAP_PERIODS = ['day', 'week', 'month', 'quarter', 'year', 'period'] as const;

/** Elapsed time, or whole working days of a calendar between the announcement and the beginning. */
const notice = z.union(
  [duration, z.strictObject({ working_days: z.int().min(1).max(60), calendar: identifier })],
  'expected 48h or { working_days: 5, calendar: office }',
);

/** `maintenance:` what time is not counted, and on which conditions. */
export const maintenanceSchema = z.strictObject({
  /** How long ahead maintenance has to be announced; without it only recurring windows are excluded. */
  notice: notice.optional(),
  cap: cap.optional(),
  /** `excluded`: up / (total − excluded); `kept`: (total − counted down time) / total. */
  denominator: z.enum(['excluded', 'kept']).default('excluded'),
  recurring: z.array(recurringWindow).default([]),
});
