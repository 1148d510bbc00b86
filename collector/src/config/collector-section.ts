import { duration, hostPort, httpUrl, secret, size } from '@nines/shared/config/fields.ts';
import * as z from 'zod';

/** `half_percent`: durations lose what is less than half a percent of them, and take 5 bytes instead of 9 together. */
export const PRECISIONS = ['exact', 'half_percent'] as const;

/** `collector:` where this program listens and keeps its files. */
export const collectorSchema = z.strictObject({
  listen: hostPort.prefault('127.0.0.1:9640'),
  /** Folder of the database; relative to this file. `./data` of the working directory when absent. */
  data: z.string().min(1).optional(),
  public_url: httpUrl.optional(),
  /** Presented as `Authorization: Bearer …` by an administrator; without it, `POST /-/reload` is refused. */
  admin_token: secret.optional(),
  /** An agent whose clock is further off than this is not believed: its observations are unknown. */
  max_skew: duration.prefault('30s'),
  /** Room that stays free on the disk of `data`: with less, no batch is taken. */
  min_free: size.prefault('256MiB'),
  /** How exact durations stay once they are sealed; what is counted of them (thresholds, percentiles) is counted before. */
  precision: z.enum(PRECISIONS).prefault('exact'),
  /** How long after a period's end its statement is frozen: until then late data is waited for. */
  statement_grace: duration.prefault('24h'),
  /** How long what is sealed is kept; without a limit for ever. Figures of a time that is gone are inconclusive. */
  retention: z
    .strictObject({
      /** The observations themselves, with every value. */
      observations: duration.optional(),
      /** Counts and latency distributions by hour and day. */
      rollups: duration.optional(),
      /** When each check was up, down and unknown: what attainment is made of. */
      edges: duration.optional(),
      /** Events, from their end on. */
      events: duration.optional(),
    })
    .prefault({}),
});
