import { duration, httpUrl, identifier, port, secret } from '@nines/shared/config/fields.ts';
import * as z from 'zod';
import { SHIPPED_TEMPLATE_NAMES, SHIPPED_TEMPLATES, type ShippedTemplateName } from '../alerts/shipped-templates.ts';

const timeout = duration.prefault('10s');
/** Certificates of a private authority, PEM. */
const ca = secret.optional();

const connection = {
  ca,
  basic_auth: z.strictObject({ username: z.string().min(1), password: secret }).optional(),
  timeout,
};

const alertmanagerSchema = z.strictObject({ ...connection, url: httpUrl, name: identifier.optional() });

/** An address alone stands for `{ url: … }`. */
function withUrl(written: unknown): unknown {
  return typeof written === 'string' ? { url: written } : written;
}

/** Zero is written `0s`: at once. */
const wait = z.union([z.literal('0s').transform(() => 0), duration]);

/** What those have who are told by notices. */
const terms = {
  name: identifier,
  severities: z
    .array(z.enum(['page', 'ticket', 'info']))
    .min(1)
    .optional(),
  /** Alerts with the same values of these labels are told of together; all of them when empty. */
  group_by: z.array(z.string().regex(/^[a-z_]+$/, 'expected the name of a label')).default(['alertname', 'severity']),
  group_wait: wait.prefault('15s'),
  group_interval: wait.prefault('1m'),
  /** What still fires and nobody acknowledged is told again. */
  remind_every: duration.optional(),
  /** Only what nobody acknowledged for so long: the next one to be called. */
  escalate_after: duration.optional(),
  resolved: z.boolean().default(true),
};

const webhookSchema = z
  .strictObject({
    ...terms,
    ...connection,
    /** Some addresses are secrets themselves. */
    url: z.union([httpUrl, secret]),
    /** Key of the signature that the receiver checks. */
    secret: secret.optional(),
    headers: z.record(z.string().regex(/^[a-z0-9-]+$/, 'expected a header in lower case'), secret).default({}),
    /** One that is shipped, or a file (Liquid). */
    template: z.union([z.enum(SHIPPED_TEMPLATE_NAMES), z.strictObject({ file: z.string().min(1) })]).optional(),
    variables: z.record(z.string().regex(/^[a-z_]+$/), z.union([z.string(), secret])).default({}),
  })
  .superRefine(({ template, variables }, context) => {
    if (typeof template !== 'string') return;
    for (const name of missingVariables(template, variables)) {
      const message = `the template ${template} wants ${name}, as in { ${name}: { env: … } }`;
      context.addIssue({ code: 'custom', path: ['variables'], message });
    }
  });

function missingVariables(template: ShippedTemplateName, variables: Readonly<Record<string, unknown>>): string[] {
  return SHIPPED_TEMPLATES[template].wants.filter((name) => variables[name] === undefined);
}

const mailSchema = z.strictObject({
  ...terms,
  smtp: z
    .strictObject({
      host: z.string().min(1),
      port: port.optional(),
      tls: z.enum(['starttls', 'tls', 'none']).default('starttls'),
      ca,
      username: z.string().min(1).optional(),
      password: secret.optional(),
      timeout,
    })
    .refine(({ username, password }) => (username === undefined) === (password === undefined), {
      path: ['username'],
      error: 'username and password go together',
    })
    .refine(({ tls, password }) => tls !== 'none' || password === undefined, {
      path: ['tls'],
      error: 'a password is never sent without TLS',
    }),
  from: z.string().min(3),
  to: z.array(z.string().regex(/^[^\s@]+@[^\s@]+$/, 'expected an address such as ops@example.net')).min(1),
  /** At most one mail in so long, with all that came since the last. */
  digest: duration.optional(),
});

/** `alertmanagers:`, `webhooks:` and `mail:` below `alerts:`. */
export const receiverSections = {
  alertmanagers: z.array(z.preprocess(withUrl, alertmanagerSchema)).default([]),
  webhooks: z.array(webhookSchema).default([]),
  mail: z.array(mailSchema).default([]),
};

export type ReceiverSections = z.output<z.ZodObject<typeof receiverSections>>;

/** Its address, when it has no other name. Asked before mistakes are reported, too: the address may be none. */
export function alertmanagerName({ name, url }: ReceiverSections['alertmanagers'][number]): string {
  return name ?? (URL.canParse(url) ? new URL(url).host : url);
}

/** The names that two receivers share: what each was told is kept by its name. */
export function duplicateNames({ alertmanagers, webhooks, mail }: ReceiverSections): string[] {
  const names = [...alertmanagers.map(alertmanagerName), ...[...webhooks, ...mail].map(({ name }) => name)];
  return names.filter((name, index) => names.indexOf(name) !== index);
}
