import { duration, httpUrl, identifier, secret } from '@nines/shared/config/fields.ts';
import type { Secrets } from '@nines/shared/config/secrets.ts';
import * as z from 'zod';
import { REMOTE_VERSIONS } from '../remote-write/protocols.ts';
import type { RemoteReceiver } from '../remote-write/receiver.ts';

/** Names that every series has already. */
const OWN_LABELS = new Set(['__name__', 'check', 'agent', 'location', 'phase']);

const labelName = z
  .string()
  .regex(/^[a-zA-Z_][a-zA-Z0-9_]*$/, 'expected the name of a label')
  .refine((name) => !OWN_LABELS.has(name), 'every series has this label already');

/** `remote_write:` where the runs of all checks are sent, each at its own instant. */
export const remoteWriteSchema = z
  .array(
    z.strictObject({
      name: identifier,
      url: httpUrl,
      version: z.enum(REMOTE_VERSIONS).default('1.0'),
      /** Certificates of a private authority, PEM. */
      ca: secret.optional(),
      basic_auth: z.strictObject({ username: z.string().min(1), password: secret }).optional(),
      headers: z.record(z.string().regex(/^[a-z0-9-]+$/, 'expected a header in lower case'), secret).default({}),
      timeout: duration.prefault('30s'),
      /** Labels that every series gets. */
      labels: z.record(labelName, z.string()).default({}),
      /** What was not taken for so long is given up. */
      max_age: duration.prefault('7d'),
    }),
  )
  .superRefine((receivers, context) => {
    for (const [index, { name }] of receivers.entries()) {
      if (receivers.findIndex((one) => one.name === name) === index) continue;
      const message = `two receivers are called "${name}"; how far each is, is remembered by its name`;
      context.addIssue({ code: 'custom', path: [index, 'name'], message });
    }
  });

/** The section with its secrets read. */
export function toRemoteReceivers(file: z.output<typeof remoteWriteSchema>, secrets: Secrets): RemoteReceiver[] {
  return file.map((one, index) => {
    const at = ['remote_write', index] as const;
    const headers = Object.entries(one.headers).map(([name, value]) => [
      name,
      secrets.read(value, [...at, 'headers', name]),
    ]);
    return {
      name: one.name,
      url: one.url,
      version: one.version,
      ca: one.ca === undefined ? null : secrets.read(one.ca, [...at, 'ca']),
      basicAuth:
        one.basic_auth === undefined
          ? null
          : {
              username: one.basic_auth.username,
              password: secrets.read(one.basic_auth.password, [...at, 'basic_auth', 'password']),
            },
      headers: Object.fromEntries(headers),
      timeoutMs: one.timeout,
      labels: one.labels,
      maxAgeMs: one.max_age,
    };
  });
}
