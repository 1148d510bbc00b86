import * as z from 'zod';
import { port, secret } from '../config/fields.ts';
import { CALLS } from '../phone/call.ts';
import { queues } from '../phone/options.ts';
import { host, ipFamily, refineFamily, tlsOptions } from './connection.ts';
import { queueValues } from './phone-values.ts';
import { certificateExpiryValue, type ProbeType, phaseValue, totalValue } from './probe.ts';

const PHASES = 'probe_ami_duration_seconds';

const options = z
  .strictObject({
    type: z.literal('asterisk_ami'),
    host,
    /** 5038, or 5039 with TLS, when absent. */
    port: port.optional(),
    ip: ipFamily,
    /** Present: TLS from the first byte. */
    tls: tlsOptions.optional(),
    /** A user of manager.conf with `read = agent` (and `dialplan` for `refused`). */
    username: z.string().regex(/^[^\r\n]{1,80}$/, 'expected one line'),
    secret,
    queues,
    /** Also hears what the dial plan does, and so of callers whom a queue does not take; many events on a busy system. */
    refused: z.boolean().default(false),
  })
  .superRefine((options, context) => refineFamily(options.host, options.ip, context));

export type AsteriskAmiOptions = z.output<typeof options>;

/** Asterisk's manager interface: queues as they stand, and calls as events of the stream `calls`. */
export const asteriskAmi = {
  options,
  values: {
    resolve: phaseValue(PHASES, 'resolve', 'Name resolution; absent while the connection of an earlier run holds.'),
    connect: phaseValue(PHASES, 'connect', 'TCP connection.'),
    tls: phaseValue(PHASES, 'tls', 'TLS handshake.'),
    login: phaseValue(PHASES, 'login', 'Greeting, challenge and login.'),
    request: phaseValue(PHASES, 'request', 'Asking how the queues stand.'),
    total: totalValue,
    ...queueValues,
    certificate_expires_at: certificateExpiryValue,
  },
  streams: [CALLS],
  hearsRefused: ({ refused }: AsteriskAmiOptions) => refused,
} satisfies ProbeType;
