import * as z from 'zod';
import { duration, httpUrl, secret } from '../config/fields.ts';
import { CALLS } from '../phone/call.ts';
import { httpMapping } from '../phone/http-mapping.ts';
import { callers, queues } from '../phone/options.ts';
import { tlsOptions } from './connection.ts';
import { requestHeaders } from './http-headers.ts';
import { abandoned, answered, meanWait, offered, queueValues } from './phone-values.ts';
import { type ProbeType, totalValue } from './probe.ts';

const options = z.strictObject({
  type: z.literal('phone_http'),
  /** `{from}` and `{to}` in it become the instants of the last `window`, as 2026-01-31T09:00:00Z. */
  url: httpUrl,
  window: duration.prefault('1h'),
  headers: requestHeaders,
  basic: z.strictObject({ username: z.string().min(1), password: secret }).optional(),
  tls: tlsOptions.prefault({}),
  mapping: httpMapping,
  queues,
  callers,
});

export type PhoneHttpOptions = z.output<typeof options>;

/** A telephone system in the cloud that answers in JSON: queues as they stand, and calls as events of the stream `calls`. */
export const phoneHttp = {
  options,
  values: {
    ...queueValues,
    offered,
    answered,
    abandoned,
    mean_wait: meanWait,
    calls: { unit: 'count', help: 'Calls in the answer.', metric: null },
    malformed: {
      unit: 'count',
      help: 'Records among them that are no calls by the mapping.',
      metric: { name: 'nines_phone_malformed_records', help: 'Records of calls that the last run could not read.' },
    },
    total: totalValue,
  },
  streams: [CALLS],
  hearsRefused: ({ mapping }: PhoneHttpOptions) => Object.values(mapping.calls?.outcomes ?? {}).includes('refused'),
} satisfies ProbeType;
