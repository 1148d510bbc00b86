import * as z from 'zod';
import { duration, httpUrl } from '../config/fields.ts';
import { host, tlsOptions } from './connection.ts';
import { type ProbeType, totalValue } from './probe.ts';

const options = z.strictObject({
  type: z.literal('domain'),
  /** The registered name, such as `shop.example`. */
  name: host,
  /** A registry's RDAP service, or one that leads to it, as rdap.org does for every registry that IANA lists. */
  server: httpUrl.default('https://rdap.org'),
  tls: tlsOptions.prefault({}),
  expect: z
    .strictObject({
      /** The registration must last for at least this long. */
      valid_for: duration.optional(),
    })
    .prefault({}),
});

export type DomainOptions = z.output<typeof options>;

/** Until when a domain is registered, as its registry says by RDAP (RFC 9082, RFC 9083). */
export const domain = {
  options,
  values: {
    total: totalValue,
    domain_expires_at: {
      unit: 'unix-seconds',
      help: 'When the registration of the domain ends.',
      metric: { name: 'nines_domain_expiry_timestamp_seconds', help: 'End of the registration, Unix time.' },
    },
  },
} satisfies ProbeType;
