import { duration, identifier, percent } from '@nines/shared/config/fields.ts';
import * as z from 'zod';
import { allowance, amount, feeSchema, rate, repetition } from './money-fields.ts';

/** What every credit may say beside its schedule. */
const common = {
  objective: identifier,
  /** At most so much for a period. */
  cap: rate.optional(),
  /** What does not go beyond this is not paid. */
  min_payout: amount.optional(),
  /** Owed only once enough periods were that bad. */
  after: repetition.optional(),
  /** Facts outside the measurements: a sentence, open until `holds` or a person says how it is; a claim says so itself. */
  requires: z
    .array(
      z.union(
        [
          z.string().min(1),
          z.strictObject({ text: z.string().min(1), holds: z.boolean().optional() }),
          z.strictObject({ claim: z.literal('in_time') }),
        ],
        'expected a sentence, { text: a sentence, holds: true } or { claim: in_time }',
      ),
    )
    .default([]),
  /** Of the affected service alone, when percentages are not of the whole contract's fee. */
  fee: feeSchema.optional(),
};

const tier = z.strictObject({
  below: percent,
  credit: rate,
  /** As the text prints it, for the linter: where the row ends, and the downtime a month that it puts beside it. */
  at_least: percent.optional(),
  downtime: duration.optional(),
});

const tiers = z.array(tier).min(1);

/** Which downtime is priced, and how much of it is free. */
const downtime = {
  counting: z.enum(['total', 'excess', 'total_if_breached', 'per_incident']).default('total'),
  allowance: allowance.optional(),
  longer_than: duration.optional(),
  one_per_day: z.boolean().default(false),
};

const step = {
  step: percent.refine((ppb) => ppb > 0, 'expected more than "0"'),
  credit: rate,
  rounding: z.enum(['floor', 'ceil', 'linear']),
};

/** THE table of schedules as contracts write them; `sla/credit/schedules.ts` is their arithmetic. */
export const creditSchema = z.discriminatedUnion('schedule', [
  z.strictObject({ schedule: z.literal('tiers_below'), ...common, tiers }),
  z.strictObject({
    schedule: z.literal('tiers_then_steps'),
    ...common,
    tiers,
    ...step,
    /** Where the steps begin; the last row's threshold when absent. */
    below: percent.optional(),
  }),
  z.strictObject({
    schedule: z.literal('per_block'),
    ...common,
    block: duration,
    credit: rate,
    rounding: z.enum(['floor', 'ceil']),
    ...downtime,
  }),
  z.strictObject({
    schedule: z.literal('multiplier'),
    ...common,
    times: z.int().min(1).max(1_000),
    ...downtime,
  }),
  z.strictObject({ schedule: z.literal('prorata'), ...common, ...downtime }),
  z.strictObject({
    schedule: z.literal('per_shortfall_step'),
    ...common,
    ...step,
    /** The objective's target when absent. */
    below: percent.optional(),
  }),
  z.strictObject({
    schedule: z.literal('per_incident'),
    ...common,
    credit: rate,
    longer_than: duration.optional(),
    one_per_day: z.boolean().default(false),
    free: z.int().min(0).max(1_000).default(0),
  }),
  z.strictObject({ schedule: z.literal('automatic_hour_waiver'), ...common, more_than: duration }),
  z.strictObject({
    schedule: z.literal('non_monetary'),
    ...common,
    /** What the customer may do: "may terminate without penalty". */
    remedy: z.string().min(1),
    after: repetition,
  }),
]);
