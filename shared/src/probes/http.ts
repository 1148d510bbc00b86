import * as z from 'zod';
import { duration, httpUrl, pattern, size } from '../config/fields.ts';
import { ipFamilyOrBoth, refineFamily, tlsOptions } from './connection.ts';
import { headerName, requestHeaders } from './http-headers.ts';
import { jsonPath } from './json-path.ts';
import { certificateExpiryValue, type ProbeType, phaseValue, totalValue } from './probe.ts';

const PHASES = 'probe_http_duration_seconds';

/** A status (`200`) or a class of them (`2xx`). */
const status = z.union(
  [z.int().min(100).max(599), z.enum(['1xx', '2xx', '3xx', '4xx', '5xx'])],
  'expected a status such as 200 or a class such as 2xx',
);

/** A value inside the JSON body: `path` as `items[0].state`, with `["a.b"]` for a key with a dot; compared as JSON with `equals`, or matched as text. */
const jsonExpectation = z
  .strictObject({ path: jsonPath, equals: z.json().optional(), matches: pattern.optional() })
  .refine((rule) => (rule.equals === undefined) !== (rule.matches === undefined), 'expected either equals or matches');

const expect = z.strictObject({
  status: z.array(status).min(1).default(['2xx']),
  /** Header name → regular expression its value must match. */
  headers: z.record(headerName, pattern).default({}),
  /** Text that the body must contain. */
  body: z.string().min(1).optional(),
  /** Text that the body must not contain. */
  body_not: z.string().min(1).optional(),
  body_matches: pattern.optional(),
  json: z.array(jsonExpectation).default([]),
  min_size: size.optional(),
  max_size: size.optional(),
  /** The certificate must stay valid for at least this long. */
  certificate_valid_for: duration.optional(),
  /** The protocol that was spoken. */
  version: z.enum(['1.1', '2']).optional(),
});

const fields = z.strictObject({
  type: z.literal('http'),
  url: httpUrl,
  method: z.enum(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']).default('GET'),
  headers: requestHeaders,
  body: z.string().optional(),
  /** `2` offers HTTP/2 by ALPN and takes what the server chooses. */
  version: z.enum(['1.1', '2']).default('1.1'),
  ip: ipFamilyOrBoth,
  follow_redirects: z.boolean().default(true),
  max_redirects: z.int().min(1).max(20).default(10),
  /** Bytes of the body that are read at most; expectations on the body see these, the rest is not transferred. */
  max_body: size.prefault('1MiB'),
  tls: tlsOptions.prefault({}),
  expect: expect.prefault({}),
});

const options = fields.superRefine((options, context) => {
  refineFamily(new URL(options.url).hostname.replace(/^\[|\]$/g, ''), options.ip, context);
  for (const key of ['min_size', 'max_size'] as const) {
    if ((options.expect[key] ?? 0) <= options.max_body) continue;
    context.addIssue({
      code: 'custom',
      path: ['expect', key],
      message: `must not exceed max_body (${options.max_body} bytes): more is never read`,
    });
  }
});

export type HttpOptions = z.output<typeof options>;

/** One HTTP exchange, redirects included. Phases are summed over redirects, as blackbox_exporter does. */
export const http = {
  options,
  values: {
    resolve: phaseValue(PHASES, 'resolve', 'Name resolution.'),
    connect: phaseValue(PHASES, 'connect', 'TCP connection.'),
    tls: phaseValue(PHASES, 'tls', 'TLS handshake.'),
    processing: phaseValue(PHASES, 'processing', 'Request sent until the first byte of the answer.'),
    transfer: phaseValue(PHASES, 'transfer', 'First byte until the last.'),
    total: totalValue,
    status: {
      unit: 'code',
      help: 'Status of the last response.',
      metric: { name: 'probe_http_status_code', help: 'HTTP status of the last run.' },
    },
    bytes: {
      unit: 'bytes',
      help: 'Bytes of the body that were read.',
      metric: { name: 'probe_http_uncompressed_body_length', help: 'Bytes of the body that were read.' },
    },
    redirects: {
      unit: 'count',
      help: 'Redirects followed.',
      metric: { name: 'probe_http_redirects', help: 'Redirects followed in the last run.' },
    },
    certificate_expires_at: certificateExpiryValue,
  },
} satisfies ProbeType;
