import { date, duration, identifier, timeZone } from '@nines/shared/config/fields.ts';
import * as z from 'zod';
import { ROLES } from '../sla/contract.ts';
import { cadence } from './cadence.ts';
import { moneySections } from './credits.ts';
import { maintenanceSchema } from './maintenance.ts';
import { objectiveSchema } from './objectives.ts';

/** Dates in the contract's zone. A version without `to` ends where the next one begins. */
const effective = z
  .strictObject({
    from: date.optional(),
    /** Its last day. */
    to: date.optional(),
    /** Nothing was promised between the version before and this one. */
    after_gap: z.boolean().default(false),
  })
  .refine(({ from, to }) => from === undefined || to === undefined || from <= to, {
    path: ['to'],
    error: 'before the day on which it begins',
  });

const report = z.strictObject({
  every: cadence,
  /** Where `2 weeks` or `3 months` are counted from; the contract's beginning when absent. */
  anchor: date.optional(),
  to: z.array(z.string().min(1)).default([]),
  formats: z.array(z.enum(['html', 'pdf', 'csv', 'json'])).min(1),
});

const DAY_MS = 86_400_000;

const claimWindow = z.union(
  [
    duration.refine((ms) => ms % DAY_MS === 0, 'expected whole days, such as 30d'),
    z.strictObject({ periods: z.int().min(1).max(24) }),
  ],
  'expected 30d or { periods: 2 }',
);

/** `contracts:` what was promised, to whom, since when, judged in which zone: one entry a version. */
export const contractSchema = z.strictObject({
  id: identifier,
  customer: identifier,
  /** What is in force is never edited: what changes becomes the next version beside it. */
  version: z.int().min(1).default(1),
  /** It may still change, and nothing is approved or stated by it. */
  draft: z.boolean().default(false),
  /** The version that ends early because this one begins. */
  supersedes: z.int().min(1).optional(),
  effective: effective.prefault({}),
  time_zone: timeZone.default('UTC'),
  maintenance: maintenanceSchema.prefault({}),
  objectives: z.array(objectiveSchema).min(1),
  ...moneySections,
  /** Who has to approve the version and its statements, in this order. */
  approvals: z.array(z.strictObject({ role: z.enum(ROLES) })).default([]),
  reports: z.array(report).default([]),
  reviews: z.strictObject({ every: cadence, anchor: date.optional() }).optional(),
  /** How long after a period's end the customer may claim. */
  claim_window: claimWindow.optional(),
});
