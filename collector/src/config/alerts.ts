import { duration, httpUrl, identifier, secret } from '@nines/shared/config/fields.ts';
import { readSecret } from '@nines/shared/config/load.ts';
import * as z from 'zod';
import type { Receiver } from '../alerts/receiver.ts';
import { type Settings, settingsOf } from '../alerts/settings.ts';
import { ruleSections, toWrittenSettings } from './alert-rules.ts';

const connection = {
  url: httpUrl,
  /** Certificates of a private authority, PEM. */
  ca: secret.optional(),
  basic_auth: z.strictObject({ username: z.string().min(1), password: secret }).optional(),
  timeout: duration.prefault('10s'),
};

const alertmanagerSchema = z.strictObject({ ...connection, name: identifier.optional() });

/** An address alone stands for `{ url: … }`. */
function withUrl(written: unknown): unknown {
  return typeof written === 'string' ? { url: written } : written;
}

const webhookSchema = z.strictObject({
  ...connection,
  name: identifier,
  /** Key of the signature that the receiver checks. */
  secret,
});

/** `alerts:` what is watched, and who is told. All rules are on; without a receiver they are metrics only. */
export const alertsSchema = z
  .strictObject({
    every: duration.prefault('15s'),
    alertmanagers: z.array(z.preprocess(withUrl, alertmanagerSchema)).default([]),
    webhooks: z.array(webhookSchema).default([]),
    ...ruleSections,
  })
  .superRefine(({ alertmanagers, webhooks }, context) => {
    const names = new Set<string>();
    for (const name of [...alertmanagers.map(nameOf), ...webhooks.map((webhook) => webhook.name)]) {
      if (names.has(name)) {
        context.addIssue({
          code: 'custom',
          message: `two receivers are called "${name}"; give each a name of its own`,
        });
      }
      names.add(name);
    }
  });

export type AlertsFile = z.output<typeof alertsSchema>;

/** The section with its secrets read. */
export interface AlertsConfig {
  readonly everyMs: number;
  readonly receivers: readonly Receiver[];
  readonly settings: Settings;
}

/** What secrets are read from, and the objectives that settings may be about. */
export interface AlertsContext {
  readonly path: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly objectivesOf: (contract: string) => readonly string[];
}

/** Throws `ConfigError` when a secret cannot be read. */
export function toAlerts(file: AlertsFile, { path, env, objectivesOf }: AlertsContext): AlertsConfig {
  const read = (source: Parameters<typeof readSecret>[0]) => readSecret(source, path, env);
  const connect = ({ url, ca, basic_auth: auth, timeout }: AlertsFile['alertmanagers'][number]) => ({
    url,
    ca: ca === undefined ? null : read(ca),
    basicAuth: auth === undefined ? null : { username: auth.username, password: read(auth.password) },
    timeoutMs: timeout,
  });
  return {
    everyMs: file.every,
    receivers: [
      ...file.alertmanagers.map((one) => ({
        ...connect(one),
        kind: 'alertmanager' as const,
        name: nameOf(one),
        secret: null,
      })),
      ...file.webhooks.map(({ name, secret: source, ...one }) => ({
        ...connect(one),
        kind: 'webhook' as const,
        name,
        secret: read(source),
      })),
    ],
    settings: settingsOf(toWrittenSettings(file, objectivesOf)),
  };
}

/** Asked before mistakes are reported, too: the address may be none. */
function nameOf({ name, url }: AlertsFile['alertmanagers'][number]): string {
  return name ?? (URL.canParse(url) ? new URL(url).host : url);
}
