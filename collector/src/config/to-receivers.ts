import { X509Certificate } from 'node:crypto';
import { httpUrl, type SecretSource } from '@nines/shared/config/fields.ts';
import { formatPath, type ParsedDocument } from '@nines/shared/config/parse.ts';
import type { Secrets } from '@nines/shared/config/secrets.ts';
import { ConfigError, errorMessage } from '@nines/shared/errors.ts';
import type { NoticeTerms } from '../alerts/notices/due.ts';
import type { AlertmanagerReceiver, Connection, MailReceiver, Receiver, WebhookReceiver } from '../alerts/receiver.ts';
import { readShippedTemplate } from '../alerts/shipped-templates.ts';
import { compileTemplate, type Template } from '../alerts/template.ts';
import { alertmanagerName, type ReceiverSections } from './alert-receivers.ts';

/** Where the section was read from. */
export interface ReceiversContext {
  readonly document: ParsedDocument;
  readonly path: string;
  readonly secrets: Secrets;
}

type Webhook = ReceiverSections['webhooks'][number];
type Mail = ReceiverSections['mail'][number];

/** Everybody who is told, with secrets and templates read. Throws `ConfigError`, with the place of what is wrong in itself. */
export function toReceivers(sections: ReceiverSections, context: ReceiversContext): Receiver[] {
  const { alertmanagers, webhooks, mail } = sections;
  return [
    ...alertmanagers.map((one, index): AlertmanagerReceiver => {
      const reader = new SectionReader(context, ['alertmanagers', index]);
      return { kind: 'alertmanager', name: alertmanagerName(one), ...connect(one, one.url, reader) };
    }),
    ...webhooks.map((one, index) => toWebhook(one, new SectionReader(context, ['webhooks', index]))),
    ...mail.map((one, index) => toMail(one, new SectionReader(context, ['mail', index]))),
  ];
}

function toWebhook(one: Webhook, reader: SectionReader): WebhookReceiver {
  const url = typeof one.url === 'string' ? one.url : reader.url(one.url);
  const variables = Object.entries(one.variables).map(([name, value]) => [
    name,
    typeof value === 'string' ? value : reader.secret(value, 'variables', name),
  ]);
  const headers = Object.entries(one.headers).map(([name, value]) => [name, reader.secret(value, 'headers', name)]);
  const read = Object.fromEntries(variables);
  return {
    kind: 'webhook',
    name: one.name,
    ...connect(one, url, reader),
    terms: toTerms(one),
    headers: Object.fromEntries(headers),
    secret: one.secret === undefined ? null : reader.secret(one.secret, 'secret'),
    template: one.template === undefined ? null : reader.template(one.template, read),
    variables: read,
  };
}

const SMTP_PORTS = { starttls: 587, tls: 465, none: 25 } as const;

function toMail({ smtp, digest, ...one }: Mail, reader: SectionReader): MailReceiver {
  const { host, tls, username, password, timeout } = smtp;
  const terms = toTerms(one);
  return {
    kind: 'mail',
    name: one.name,
    terms: digest === undefined ? terms : { ...terms, groupBy: [], groupIntervalMs: digest },
    smtp: {
      host,
      port: smtp.port ?? SMTP_PORTS[tls],
      tls,
      ca: smtp.ca === undefined ? null : reader.certificates(smtp.ca, 'smtp'),
      login:
        username === undefined || password === undefined
          ? null
          : { username, password: reader.secret(password, 'smtp', 'password') },
      timeoutMs: timeout,
    },
    from: one.from,
    to: one.to,
  };
}

function toTerms(one: Omit<Mail, 'smtp' | 'from' | 'to' | 'digest'>): NoticeTerms {
  return {
    severities: one.severities ?? null,
    groupBy: one.group_by,
    groupWaitMs: one.group_wait,
    groupIntervalMs: one.group_interval,
    remindEveryMs: one.remind_every ?? null,
    escalateAfterMs: one.escalate_after ?? null,
    tellsResolved: one.resolved,
  };
}

function connect(
  { ca, basic_auth: auth, timeout }: Pick<Webhook, 'ca' | 'basic_auth' | 'timeout'>,
  url: string,
  reader: SectionReader,
): Connection {
  return {
    url,
    ca: ca === undefined ? null : reader.certificates(ca),
    basicAuth:
      auth === undefined
        ? null
        : { username: auth.username, password: reader.secret(auth.password, 'basic_auth', 'password') },
    timeoutMs: timeout,
  };
}

/** Reads what one receiver refers to; what is wrong with it is said at its place in the file. */
class SectionReader {
  readonly #context: ReceiversContext;
  readonly #place: readonly (string | number)[];

  constructor(context: ReceiversContext, place: readonly (string | number)[]) {
    this.#context = context;
    this.#place = ['alerts', ...place];
  }

  /** Empty when it is missing, which will be said together with all others; so here and below nothing is made of it. */
  secret(source: SecretSource, ...below: string[]): string {
    return this.#context.secrets.read(source, [...this.#place, ...below]);
  }

  url(source: SecretSource): string {
    const text = this.secret(source, 'url');
    const read = httpUrl.safeParse(text);
    if (read.success || text === '') return text;
    throw this.#mistake(['url'], 'what was read is no address that begins with http:// or https://');
  }

  /** PEM, of which the first certificate at least can be read. */
  certificates(source: SecretSource, ...below: string[]): string {
    const text = this.secret(source, ...below, 'ca');
    try {
      if (text !== '') new X509Certificate(text);
    } catch (error) {
      throw this.#mistake([...below, 'ca'], `this is no certificate in PEM (${errorMessage(error)})`);
    }
    return text;
  }

  template(template: NonNullable<Webhook['template']>, variables: Readonly<Record<string, string>>): Template {
    const text = typeof template === 'string' ? readShippedTemplate(template) : this.secret(template, 'template');
    try {
      return compileTemplate(text === '' ? '{}' : text, variables);
    } catch (error) {
      throw this.#mistake(['template'], errorMessage(error));
    }
  }

  #mistake(below: readonly string[], message: string): ConfigError {
    const { document, path: source } = this.#context;
    const path = [...this.#place, ...below];
    return new ConfigError([{ source, ...document.place(path), path: formatPath(path), message }]);
  }
}
