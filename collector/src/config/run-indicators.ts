import { duration, identifier } from '@nines/shared/config/fields.ts';
import { TOTAL } from '@nines/shared/probes/probe.ts';
import * as z from 'zod';
import { PLAIN_PROFILE } from '../sla/profile.ts';
import { measuredBy } from './measured-by.ts';
import { outageFields, refuseUseless, runFields, toProfile, unknownField } from './profile-fields.ts';

const checks = z.array(identifier).min(1);

/** Checks are up. */
export const availability = z
  .strictObject({ kind: z.literal('availability'), checks, ...runFields })
  .superRefine(refuseUseless)
  .transform((written) => {
    const { kind, checks: names } = written;
    return measuredBy({ kind, checks: names }, toProfile(written, names));
  });

const RANKS = ['share', 'nearest_rank', 'ddsketch', 'linear', 'exclusive'] as const;

/** Runs are quick: at least the target's share of those that were up, or the target's percentile by a named definition. */
export const latency = z
  .strictObject({
    kind: z.literal('latency'),
    checks,
    /** A run within this long is good. */
    within: duration,
    /** Which measured duration; the whole run when absent. */
    value: z.string().default(TOTAL),
    /** The definition of the percentile; `share` and `nearest_rank` are the same exact count. */
    percentile: z.enum(RANKS).default('share'),
    unknown: unknownField,
  })
  .transform(({ kind, checks: names, within, value, percentile, unknown }) =>
    measuredBy(
      { kind, checks: names, value, withinMicros: within * 1_000, rank: percentile },
      { ...PLAIN_PROFILE, method: { kind: 'occurrences' }, unknown },
    ),
  );

/** A measured value keeps to bounds, over time. */
export const gauge = z
  .strictObject({
    kind: z.literal('gauge'),
    checks,
    value: z.string().min(1),
    /** Inclusive, in the unit in which the probe reports the value. */
    at_least: z.int().optional(),
    at_most: z.int().optional(),
    quorum: runFields.quorum,
    ...outageFields,
  })
  .refine(({ at_least, at_most }) => at_least !== undefined || at_most !== undefined, {
    path: ['at_most'],
    error: 'expected at_least, at_most or both: without a bound every value is good',
  })
  .transform((written) =>
    measuredBy(
      {
        kind: written.kind,
        checks: written.checks,
        value: written.value,
        atLeast: written.at_least ?? null,
        atMost: written.at_most ?? null,
      },
      {
        ...PLAIN_PROFILE,
        quorum: { need: written.quorum, minReporting: null },
        failure: { ...PLAIN_PROFILE.failure, minOutageMs: written.min_outage ?? 0 },
        unknown: written.unknown,
      },
    ),
  );
