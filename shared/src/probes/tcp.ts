import * as z from 'zod';
import { pattern, port } from '../config/fields.ts';
import { host, ipFamily, refineFamily, tlsOptions } from './connection.ts';
import { certificateExpiryValue, type ProbeType, phaseValue, totalValue } from './probe.ts';

const PHASES = 'probe_tcp_duration_seconds';

/** One step of the dialogue: wait for text that matches, send text, or turn the connection into TLS. */
const step = z.union(
  [
    z.strictObject({ expect: pattern }),
    z.strictObject({ send: z.string().regex(/^[\0-\xff]+$/, 'expected text of single-byte characters (up to \\xff)') }),
    z.strictObject({ starttls: z.literal(true) }),
  ],
  'expected a step: { expect: PATTERN }, { send: TEXT } or { starttls: true }',
);

const options = z
  .strictObject({
    type: z.literal('tcp'),
    host,
    port,
    ip: ipFamily,
    /** Present: TLS from the first byte. */
    tls: tlsOptions.optional(),
    /** Trust for a `starttls` step. */
    starttls: tlsOptions.prefault({}),
    /**
     * `expect` sees what was received since the last `send` and after the last match, as Latin-1 text, so that binary
     * greetings can be matched, too; `^` and `$` match at every line. At most 64 KiB are waited through.
     */
    dialogue: z.array(step).max(20).default([]),
  })
  .superRefine((options, context) => refineFamily(options.host, options.ip, context));

export type TcpOptions = z.output<typeof options>;

/** One TCP connection, with a dialogue of expected and sent lines. */
export const tcp = {
  options,
  values: {
    resolve: phaseValue(PHASES, 'resolve', 'Name resolution.'),
    connect: phaseValue(PHASES, 'connect', 'TCP connection.'),
    tls: phaseValue(PHASES, 'tls', 'TLS handshake, by STARTTLS or from the start.'),
    dialogue: phaseValue(PHASES, 'dialogue', 'All steps of the dialogue, TLS apart.'),
    total: totalValue,
    certificate_expires_at: certificateExpiryValue,
  },
} satisfies ProbeType;
