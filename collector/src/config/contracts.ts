import { date, duration, identifier, percent, timeZone } from '@nines/shared/config/fields.ts';
import { TOTAL } from '@nines/shared/probes/probe.ts';
import * as z from 'zod';
import type { Indicator, ObjectivePeriod } from '../sla/objective.ts';

/** `customers:` who bought something. */
export const customerSchema = z.strictObject({ id: identifier, name: z.string().min(1).optional() });

const checks = z.array(identifier).min(1);

const availability = z
  .strictObject({
    kind: z.literal('availability'),
    checks,
    quorum: z.enum(['any', 'majority', 'all']).default('majority'),
  })
  .transform((indicator): Indicator => indicator);

const latency = z
  .strictObject({
    kind: z.literal('latency'),
    checks,
    /** A run within this long is good. */
    within: duration,
    /** Which measured duration; the whole run when absent. */
    value: z.string().default(TOTAL),
  })
  .transform(({ within, ...rest }): Indicator => ({ ...rest, withinMicros: within * 1000 }));

/** THE table of indicators: the parsed value is what the mathematics reads. */
const indicator = z.discriminatedUnion('kind', [availability, latency]);

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

const rollingPeriod = z
  .strictObject({ rolling: duration })
  .transform(({ rolling }): ObjectivePeriod => ({ kind: 'rolling', lengthMs: rolling }));

const weeksPeriod = z
  .strictObject({ weeks: z.int().min(1).max(52), anchor: date })
  .transform(
    ({ weeks, anchor }): ObjectivePeriod => ({ kind: 'calendar', calendar: { unit: 'weeks', count: weeks, anchor } }),
  );

const period = z.union(
  [namedPeriod, rollingPeriod, weeksPeriod],
  'expected calendar_month (or _day, _week, _quarter, _year), { rolling: 30d } or { weeks: 2, anchor: 2026-01-05 }',
);

const objectiveSchema = z.strictObject({
  id: identifier,
  indicator,
  target: percent,
  period,
});

/** `contracts:` what was promised, to whom, since when, judged in which zone. */
export const contractSchema = z.strictObject({
  id: identifier,
  customer: identifier,
  effective: z.strictObject({ from: date }).optional(),
  time_zone: timeZone.default('UTC'),
  objectives: z.array(objectiveSchema).min(1),
});
