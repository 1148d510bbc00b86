import { duration, identifier } from '@nines/shared/config/fields.ts';
import { TOTAL } from '@nines/shared/probes/probe.ts';
import * as z from 'zod';
import type { Indicator } from '../sla/indicator.ts';
import { PLAIN_PROFILE, type Profile } from '../sla/profile.ts';

/** What is measured, and by which rules it is counted. */
export interface MeasuredBy {
  readonly indicator: Indicator;
  readonly profile: Profile;
}

const checks = z.array(identifier).min(1);

const availability = z
  .strictObject({
    kind: z.literal('availability'),
    checks,
    quorum: z.enum(['any', 'majority', 'all']).default('majority'),
  })
  .transform(
    ({ quorum, ...indicator }): MeasuredBy => ({
      indicator,
      profile: { ...PLAIN_PROFILE, quorum: { need: quorum, minReporting: null } },
    }),
  );

const latency = z
  .strictObject({
    kind: z.literal('latency'),
    checks,
    /** A run within this long is good. */
    within: duration,
    /** Which measured duration; the whole run when absent. */
    value: z.string().default(TOTAL),
  })
  .transform(
    ({ within, ...rest }): MeasuredBy => ({
      indicator: { ...rest, withinMicros: within * 1000, rank: 'share' },
      profile: { ...PLAIN_PROFILE, method: { kind: 'occurrences' } },
    }),
  );

/** THE table of indicators: the parsed value is what the mathematics reads. */
export const indicatorSchema = z.discriminatedUnion('kind', [availability, latency]);
