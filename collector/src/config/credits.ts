import { identifier, percent } from '@nines/shared/config/fields.ts';
import * as z from 'zod';
import { feeSchema, rate } from './money-fields.ts';
import { creditSchema } from './schedules.ts';

const rewardSchema = z.strictObject({
  objective: identifier,
  /** The higher target. */
  at_least: percent,
  /** In so many periods in a row. */
  for_periods: z.int().min(1).max(24).default(1),
  reward: z.union(
    [z.strictObject({ cancel_credit: z.int().min(1).max(12) }), z.strictObject({ bonus: rate })],
    'expected { cancel_credit: 1 } (the credit of so many periods before comes back) or { bonus: "2" }',
  ),
  cap: rate.optional(),
});

const atRiskSchema = z.strictObject({
  /** The share of the fee that stands at risk. */
  pool: percent,
  /** What an objective's credits are shares of: so much of the pool. Together they may be more than all of it. */
  weights: z.array(z.strictObject({ objective: identifier, weight: percent })).min(1),
});

/** The sections about money of a contract: what is paid, what is owed when a promise is missed, what is earned. */
export const moneySections = {
  fee: feeSchema.optional(),
  credits: z.array(creditSchema).default([]),
  /** Of all credits of a period: do they add up, and to how much at most. */
  credit_limit: z
    .strictObject({ combine: z.enum(['sum', 'highest']).default('sum'), cap: rate.optional() })
    .prefault({}),
  at_risk: atRiskSchema.optional(),
  rewards: z.array(rewardSchema).default([]),
};

const moneySchema = z.object(moneySections);

/** Those sections, parsed. */
export type MoneyEntry = z.output<typeof moneySchema>;
