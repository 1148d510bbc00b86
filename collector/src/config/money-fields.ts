import { duration, percent } from '@nines/shared/config/fields.ts';
import { nearest } from '@nines/shared/config/nearest.ts';
import * as z from 'zod';
import { currencyCodes, currencyOf } from './currency.ts';

/** Decimal text of an amount of money; how many decimals it may have depends on the currency, which is seen later. */
export const amount = z
  .string('expected an amount as text in quotes, such as "499.00": a number would pass through a float')
  .regex(/^\d{1,11}(\.\d{1,4})?$/, 'expected an amount such as "499.00": digits, and a point before the decimals');

/** A three-letter code of ISO 4217 → the currency with the decimals of its minor unit. */
export const currency = z.string().transform((text, context) => {
  const found = currencyOf(text);
  if (found !== null) return found;
  const suggestion = nearest(text.toUpperCase(), currencyCodes());
  const meant = suggestion === null ? '' : `, did you mean ${suggestion}?`;
  context.addIssue({ code: 'custom', message: `no currency "${text}" in ISO 4217${meant}` });
  return z.NEVER;
});

/** What the customer pays: `{ amount: "499.00", currency: EUR, per: month }`. */
export const feeSchema = z.strictObject({
  amount,
  currency,
  per: z.enum(['hour', 'month', 'quarter', 'year']),
});

/** `1/365` → two integers. */
const fraction = z.string().transform((text, context) => {
  const match = /^([1-9]\d{0,5})\/([1-9]\d{0,5})$/.exec(text);
  if (match !== null) return { numerator: Number(match[1]), denominator: Number(match[2]) };
  context.addIssue({ code: 'custom', message: `expected a fraction such as 1/365, not "${text}"` });
  return z.NEVER;
});

/** How much: a percentage of the period's fee, a fraction of it or of a year's, or an amount in the fee's currency. */
export const rate = z.union(
  [
    percent,
    z.strictObject({ fraction, of: z.enum(['fee', 'annual_fee']) }),
    z.strictObject({ percent, of: z.enum(['fee', 'annual_fee']) }),
    z.strictObject({ amount }),
  ],
  'expected a percentage such as "10", { fraction: 1/365, of: annual_fee } or { amount: "50.00" }',
);

/** Downtime that is free: a length, a percentage of the service time, or what the objective's target allows. */
export const allowance = z.union(
  [z.literal('target'), z.strictObject({ share: percent }), duration],
  'expected a length such as 30m, { share: "0.01" } or target',
);

/** So many of the last periods were below a share; consecutive ones when `of` is absent. */
export const repetition = z
  .strictObject({ below: percent, periods: z.int().min(1).max(36), of: z.int().min(1).max(36).optional() })
  .refine(({ periods, of }) => of === undefined || of >= periods, {
    path: ['of'],
    error: ({ input }) => `expected at least ${readPeriods(input)}, the number of periods that it takes`,
  });

function readPeriods(input: unknown): string {
  return typeof input === 'object' && input !== null && 'periods' in input ? String(input.periods) : '1';
}
