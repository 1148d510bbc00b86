import { hostPort, identifier, secret } from '@nines/shared/config/fields.ts';
import * as z from 'zod';
import { HEARTBEATS_STREAM } from '../heartbeat/runs.ts';

/**
 * `agents:` who may deliver. A token is given here, or issued by `nines-collector agent add`; a `local` agent is
 * started beside the collector by `npm start`, which writes its token into the data folder.
 */
export const agentSchema = z.strictObject({
  name: identifier,
  /** Where it stands; its own name when absent. */
  location: identifier.optional(),
  token: secret.optional(),
  local: z.boolean().default(false),
  /** Where Prometheus can scrape its own metrics, as `host:port`; it is then among the discovered targets. */
  metrics: hostPort.optional(),
});

/**
 * `importers:` who may send events and nothing else: a ticket system, a backup server, a sales database. A token is given
 * here, or issued by `nines-collector agent add`.
 */
export const importerSchema = z.strictObject({
  name: identifier,
  token: secret.optional(),
  /** The streams that it may write to. What the collector itself writes down is nobody else's to say. */
  streams: z
    .array(
      identifier.refine((stream) => stream !== HEARTBEATS_STREAM, {
        error: 'heartbeats is the collector’s own stream: jobs report themselves at /ping/KEY',
      }),
    )
    .min(1),
});
