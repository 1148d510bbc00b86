/** Somebody who is told of alerts. Its name is unique; `ca` is PEM. */
export interface Receiver {
  readonly kind: 'alertmanager' | 'webhook';
  readonly name: string;
  readonly url: string;
  readonly ca: string | null;
  readonly basicAuth: { readonly username: string; readonly password: string } | null;
  readonly timeoutMs: number;
  /** Key of the signature; `null` for kinds that have none. */
  readonly secret: string | null;
}
