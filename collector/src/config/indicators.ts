import { duration, identifier } from '@nines/shared/config/fields.ts';
import { TOTAL } from '@nines/shared/probes/probe.ts';
import * as z from 'zod';
import type { Indicator } from '../sla/objective.ts';

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
export const indicatorSchema = z.discriminatedUnion('kind', [availability, latency]);
