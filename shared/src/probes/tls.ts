import * as z from 'zod';
import { duration, port } from '../config/fields.ts';
import { host, ipFamily, refineFamily, tlsOptions } from './connection.ts';
import { certificateExpiryValue, type ProbeType, phaseValue, totalValue } from './probe.ts';

const PHASES = 'probe_tls_duration_seconds';

const options = z
  .strictObject({
    type: z.literal('tls'),
    host,
    port: port.default(443),
    ip: ipFamily,
    tls: tlsOptions.prefault({}),
    expect: z
      .strictObject({
        /** Every presented certificate must stay valid for at least this long. */
        valid_for: duration.optional(),
        protocols: z
          .array(z.enum(['TLSv1.2', 'TLSv1.3']))
          .min(1)
          .default(['TLSv1.2', 'TLSv1.3']),
      })
      .prefault({}),
  })
  .superRefine((options, context) => refineFamily(options.host, options.ip, context));

export type TlsOptions = z.output<typeof options>;

/** One TLS handshake: is the chain valid for the name, for how long, over which protocol. */
export const tls = {
  options,
  values: {
    resolve: phaseValue(PHASES, 'resolve', 'Name resolution.'),
    connect: phaseValue(PHASES, 'connect', 'TCP connection.'),
    tls: phaseValue(PHASES, 'tls', 'TLS handshake.'),
    total: totalValue,
    certificate_expires_at: certificateExpiryValue,
  },
} satisfies ProbeType;
