/** How a receiver is reached over HTTP. `ca` is PEM. */
export interface Connection {
  readonly url: string;
  readonly ca: string | null;
  readonly basicAuth: { readonly username: string; readonly password: string } | null;
  readonly timeoutMs: number;
}

/** Somebody who is told of alerts. Its name is unique. */
export interface Receiver extends Connection {
  readonly kind: 'alertmanager' | 'webhook';
  readonly name: string;
  /** Key of the signature; `null` for kinds that have none. */
  readonly secret: string | null;
}
