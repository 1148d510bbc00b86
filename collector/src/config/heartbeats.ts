import { duration, identifier, secret, timeZone } from '@nines/shared/config/fields.ts';
import { cronText } from '@nines/shared/time/cron.ts';
import * as z from 'zod';

/**
 * `heartbeats:` jobs that say themselves that they ran, by a request to `/ping/KEY`; silence is the alarm. The key is
 * a secret: whoever has it can say that the job ran.
 */
export const heartbeatSchema = z.strictObject({
  id: identifier,
  key: secret,
  schedule: z.union(
    [z.strictObject({ every: duration }), z.strictObject({ cron: cronText, time_zone: timeZone.default('UTC') })],
    'expected { every: 1d } or { cron: "0 2 * * *", time_zone: Europe/Berlin }',
  ),
  /** How much later than due it may come, and how long a run may take that said that it began. */
  grace: duration.prefault('1h'),
});
