import type { NoticeTerms } from './notices/due.ts';
import type { Template } from './template.ts';

/** How a receiver is reached over HTTP. `ca` is PEM. */
export interface Connection {
  readonly url: string;
  readonly ca: string | null;
  readonly basicAuth: { readonly username: string; readonly password: string } | null;
  readonly timeoutMs: number;
}

/** An Alertmanager: it is told of states, again and again, and does everything else itself. */
export interface AlertmanagerReceiver extends Connection {
  readonly kind: 'alertmanager';
  readonly name: string;
}

/** An address that notices are posted to. */
export interface WebhookReceiver extends Connection {
  readonly kind: 'webhook';
  readonly name: string;
  readonly terms: NoticeTerms;
  readonly headers: Readonly<Record<string, string>>;
  /** Key of the signature; `null`: it is not signed. */
  readonly secret: string | null;
  /** What is posted; `null`: the notice itself as JSON. */
  readonly template: Template | null;
  /** What the template reads as `variables`, keys of the receiver among them. */
  readonly variables: Readonly<Record<string, string>>;
}

/** Somebody who is written to. */
export interface MailReceiver {
  readonly kind: 'mail';
  readonly name: string;
  readonly terms: NoticeTerms;
  readonly smtp: Smtp;
  readonly from: string;
  readonly to: readonly string[];
}

/** A mail server. `tls`: `starttls` or `tls` from the first byte, never without; `none` for one on this machine. */
export interface Smtp {
  readonly host: string;
  readonly port: number;
  readonly tls: 'starttls' | 'tls' | 'none';
  readonly ca: string | null;
  readonly login: { readonly username: string; readonly password: string } | null;
  readonly timeoutMs: number;
}

/** Somebody who is told of alerts. Its name is unique. */
export type Receiver = AlertmanagerReceiver | WebhookReceiver | MailReceiver;
