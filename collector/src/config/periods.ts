import { date, duration } from '@nines/shared/config/fields.ts';
import * as z from 'zod';
import type { ObjectivePeriod } from '../sla/objective.ts';

const NAMED_PERIODS = {
  calendar_day: { kind: 'calendar', calendar: { unit: 'day' } },
  calendar_week: { kind: 'calendar', calendar: { unit: 'week' } },
  calendar_month: { kind: 'calendar', calendar: { unit: 'month' } },
  calendar_quarter: { kind: 'calendar', calendar: { unit: 'quarter' } },
  calendar_year: { kind: 'calendar', calendar: { unit: 'year' } },
} as const satisfies Record<string, ObjectivePeriod>;

const namedPeriod = z
  .enum(['calendar_day', 'calendar_week', 'calendar_month', 'calendar_quarter', 'calendar_year'])
  .transform((name): ObjectivePeriod => NAMED_PERIODS[name]);

/** Elapsed time: a day is 24 hours here whatever clocks do, so that the allowance is the same at every instant. */
const rollingPeriod = z
  .strictObject({ rolling: duration })
  .transform(({ rolling }): ObjectivePeriod => ({ kind: 'rolling', lengthMs: rolling }));

const weeksPeriod = z
  .strictObject({ weeks: z.int().min(1).max(52), anchor: date })
  .transform(
    ({ weeks, anchor }): ObjectivePeriod => ({ kind: 'calendar', calendar: { unit: 'weeks', count: weeks, anchor } }),
  );

/** Billing months: they begin on the anchor's day of the month, or on the month's last day when it has no such day. */
const monthsPeriod = z.strictObject({ months: z.int().min(1).max(24), anchor: date }).transform(
  ({ months, anchor }): ObjectivePeriod => ({
    kind: 'calendar',
    calendar: { unit: 'months', count: months, anchor },
  }),
);

/** `period:` over which time a promise is judged. */
export const periodSchema = z.union(
  [namedPeriod, rollingPeriod, weeksPeriod, monthsPeriod],
  'expected calendar_month (or _day, _week, _quarter, _year), { rolling: 30d }, { weeks: 2, anchor: 2026-01-05 } or { months: 1, anchor: 2026-01-15 }',
);
