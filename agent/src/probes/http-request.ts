import type { SecretSource } from '@nines/shared/config/fields.ts';
import type { HttpOptions } from '@nines/shared/probes/http.ts';
import type { Peer } from './handshake.ts';
import { compileExpectation, type Expectation } from './http-expectation.ts';
import { FAMILIES, type Family, type Target, targetOf } from './target.ts';

/** Where one request of a run goes. */
export interface Destination {
  readonly url: URL;
  readonly target: Target;
  readonly path: string;
  /** `null` for `http:`. */
  readonly peer: Peer | null;
}

export interface RequestHeader {
  readonly name: string;
  readonly value: string | SecretSource;
}

/** What one hop asks; the headers still with their secrets unread. */
export interface HopRequest {
  readonly destination: Destination;
  readonly method: HttpOptions['method'];
  readonly headers: readonly RequestHeader[];
  readonly body: Buffer | null;
}

/** All of a check that is the same in every run, worked out once. */
export interface PreparedHttp {
  readonly options: HttpOptions;
  readonly families: readonly Family[];
  readonly first: HopRequest;
  /** The first request's headers as undici takes them; `null` with a secret among them, which may change. */
  readonly plainHeaders: string[] | null;
  readonly expectation: Expectation;
}

/**
 * Sent unless the check sets them. `identity`: sizes, texts and times shall be those of the content, and a packed body
 * would have to be unpacked without limit to be looked at.
 */
const DEFAULT_HEADERS: readonly RequestHeader[] = [
  { name: 'user-agent', value: 'nines-agent/0.1' },
  { name: 'accept', value: '*/*' },
  { name: 'accept-encoding', value: 'identity' },
];

const prepared = new WeakMap<HttpOptions, PreparedHttp>();

/** The prepared form of a check's options; the same object for the same options. */
export function prepareHttp(options: HttpOptions): PreparedHttp {
  let known = prepared.get(options);
  if (known === undefined) {
    known = prepare(options);
    prepared.set(options, known);
  }
  return known;
}

/** Where a URL leads. `peerName` is the name of the certificate when it is not the host's. */
export function destinationOf(
  url: URL,
  { tls }: { readonly tls: { readonly verify: boolean } },
  peerName?: string,
): Destination {
  const isTls = url.protocol === 'https:';
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const port = url.port === '' ? (isTls ? 443 : 80) : Number(url.port);
  return {
    url: new URL(url.origin),
    target: targetOf(host, port),
    path: url.pathname + url.search,
    peer: isTls ? { name: peerName ?? host, verify: tls.verify } : null,
  };
}

/** Headers as undici takes them (name, value, name, value …), their secrets read now. */
export function readHeaders(
  prepared: PreparedHttp,
  hop: HopRequest,
  secret: (source: SecretSource) => string,
): string[] {
  const isPlain = hop.headers === prepared.first.headers && prepared.plainHeaders !== null;
  return isPlain ? prepared.plainHeaders : flatten(hop, secret);
}

/** With the host named, unless the check does so itself. */
function flatten({ headers, destination }: HopRequest, secret: (source: SecretSource) => string): string[] {
  const flat = headers.flatMap(({ name, value }) => [name, typeof value === 'string' ? value : secret(value)]);
  const isNamed = headers.some(({ name }) => name.toLowerCase() === 'host');
  return isNamed ? flat : ['host', destination.url.host, ...flat];
}

function prepare(options: HttpOptions): PreparedHttp {
  const own = Object.entries(options.headers).map(([name, value]) => ({ name, value }));
  const named = new Set(own.map(({ name }) => name.toLowerCase()));
  const headers = [...DEFAULT_HEADERS.filter(({ name }) => !named.has(name)), ...own];
  const hasSecret = headers.some(({ value }) => typeof value !== 'string');
  const first: HopRequest = {
    destination: destinationOf(new URL(options.url), options, options.tls.server_name),
    method: options.method,
    headers,
    body: options.body === undefined ? null : Buffer.from(options.body),
  };
  return {
    options,
    families: options.ip === 'both' ? [4, 6] : [FAMILIES[options.ip]],
    first,
    plainHeaders: hasSecret ? null : flatten(first, () => ''),
    expectation: compileExpectation(options),
  };
}
