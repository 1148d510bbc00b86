import { duration, httpUrl, identifier, secret } from '@nines/shared/config/fields.ts';
import { readSecret } from '@nines/shared/config/load.ts';
import * as z from 'zod';
import type { Receiver } from '../alerts/receiver.ts';
import { RULE_NAMES, RULES, type RuleSettings } from '../alerts/rules.ts';

/** Zero is written `0s`: at once. */
const wait = z.union([z.literal('0s').transform(() => 0), duration]);

const ruleSchema = z.strictObject({
  enabled: z.boolean().default(true),
  /** How long it has to hold before it fires. */
  for: wait.optional(),
  /** How long it has to be gone before it is resolved. */
  keep: wait.optional(),
});

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

// Safe: an entry for each of the table's names.
const ruleFields = Object.fromEntries(RULE_NAMES.map((name) => [name, ruleSchema.prefault({})])) as Record<
  (typeof RULE_NAMES)[number],
  z.ZodPrefault<typeof ruleSchema>
>;

/** `alerts:` what is watched, and who is told. All rules are on; without a receiver they are metrics only. */
export const alertsSchema = z
  .strictObject({
    every: duration.prefault('15s'),
    alertmanagers: z.array(z.preprocess(withUrl, alertmanagerSchema)).default([]),
    webhooks: z.array(webhookSchema).default([]),
    rules: z.strictObject(ruleFields).prefault({}),
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
  readonly rules: RuleSettings;
}

/** Throws `ConfigError` when a secret cannot be read. */
export function toAlerts(
  file: AlertsFile,
  path: string,
  env: Readonly<Record<string, string | undefined>>,
): AlertsConfig {
  const read = (source: Parameters<typeof readSecret>[0]) => readSecret(source, path, env);
  const connect = ({ url, ca, basic_auth: auth, timeout }: AlertsFile['alertmanagers'][number]) => ({
    url,
    ca: ca === undefined ? null : read(ca),
    basicAuth: auth === undefined ? null : { username: auth.username, password: read(auth.password) },
    timeoutMs: timeout,
  });
  const rules = RULE_NAMES.map((name) => {
    const { enabled, for: forMs = RULES[name].forMs, keep: keepMs = RULES[name].keepMs } = file.rules[name];
    return [name, { isEnabled: enabled, forMs, keepMs }];
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
    // Safe: an entry for each of the table's names.
    rules: Object.fromEntries(rules) as RuleSettings,
  };
}

/** Asked before mistakes are reported, too: the address may be none. */
function nameOf({ name, url }: AlertsFile['alertmanagers'][number]): string {
  return name ?? (URL.canParse(url) ? new URL(url).host : url);
}
