import * as z from 'zod';
import { port } from '../config/fields.ts';
import { host, ipFamily, refineFamily, tlsOptions } from './connection.ts';
import { certificateExpiryValue, type ProbeType, phaseValue, totalValue } from './probe.ts';

const PHASES = 'probe_sip_duration_seconds';

/** A final status (`200`) or a class of them (`2xx`). */
const status = z.union(
  [z.int().min(200).max(699), z.enum(['2xx', '3xx', '4xx', '5xx', '6xx'])],
  'expected a status such as 200 or a class such as 2xx',
);

const options = z
  .strictObject({
    type: z.literal('sip_options'),
    host,
    /** 5060, or 5061 over TLS, when absent. */
    port: port.optional(),
    transport: z.enum(['udp', 'tcp', 'tls']).default('udp'),
    ip: ipFamily,
    tls: tlsOptions.prefault({}),
    /** The user part of the address that is asked for, such as an extension; the server itself when absent. */
    user: z
      .string()
      .regex(/^[A-Za-z0-9\-_.!~*'()&=+$,;?/%]{1,128}$/, 'expected the user part of a SIP address')
      .optional(),
    expect: z
      .strictObject({
        /** Any final answer when absent: a telephone system that refuses us is there, too. */
        status: z.array(status).min(1).optional(),
      })
      .prefault({}),
  })
  .superRefine((options, context) => refineFamily(options.host, options.ip, context));

export type SipOptionsOptions = z.output<typeof options>;

/** One SIP OPTIONS request: is the telephone system reachable. Whether calls are answered is another question. */
export const sipOptions = {
  options,
  values: {
    resolve: phaseValue(PHASES, 'resolve', 'Name resolution.'),
    connect: phaseValue(PHASES, 'connect', 'TCP connection; absent over UDP.'),
    tls: phaseValue(PHASES, 'tls', 'TLS handshake.'),
    request: phaseValue(PHASES, 'request', 'Request sent until the final answer, retransmissions included.'),
    total: totalValue,
    status: {
      unit: 'code',
      help: 'Status of the final answer.',
      metric: { name: 'probe_sip_status_code', help: 'SIP status of the last run.' },
    },
    retransmissions: {
      unit: 'count',
      help: 'Requests sent again because no answer came, over UDP.',
      metric: { name: 'probe_sip_retransmissions', help: 'Requests sent again in the last run.' },
    },
    certificate_expires_at: certificateExpiryValue,
  },
} satisfies ProbeType;
