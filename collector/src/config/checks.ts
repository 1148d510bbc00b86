import { duration, identifier } from '@nines/shared/config/fields.ts';
import { probeOptions } from '@nines/shared/probes/index.ts';
import * as z from 'zod';

const DEFAULT_EVERY = '1m';
const DEFAULT_TIMEOUT_MS = 10_000;

/** `checks:` what is measured, how often, and from where. */
export const checkSchema = z
  .strictObject({
    id: identifier,
    every: duration.prefault(DEFAULT_EVERY),
    /** At most `every`; 10 s, or `every` when that is shorter. */
    timeout: duration.optional(),
    /** Names of agents or locations; every agent when absent. */
    from: z.array(identifier).min(1).optional(),
    probe: probeOptions,
  })
  .superRefine((check, context) => {
    if (check.timeout !== undefined && check.timeout > check.every) {
      context.addIssue({
        code: 'custom',
        path: ['timeout'],
        message: 'longer than every: runs of one check never overlap',
      });
    }
  })
  .transform((check) => ({ ...check, timeout: check.timeout ?? Math.min(DEFAULT_TIMEOUT_MS, check.every) }));
