import { ProbeFailure } from '../failure-reason.ts';
import type { HttpAnswer } from './http-expectation.ts';
import { type Destination, destinationOf, type HopRequest, type PreparedHttp } from './http-request.ts';
import { isHostName, isUnicast } from './target.ts';

const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/** Named in the Fetch standard (HTTP-redirect fetch): they say who asks, and only the origin they were written for may know. */
const CREDENTIALS: ReadonlySet<string> = new Set(['authorization', 'cookie', 'proxy-authorization', 'host']);

/** Where an answer sends the visitor; `null` when it is no redirect. */
export function redirectOf(status: number, headers: HttpAnswer['headers']): string | null {
  const location = REDIRECTS.has(status) ? headers.location : undefined;
  return typeof location === 'string' ? location : (location?.[0] ?? null);
}

/**
 * The request that follows a redirect, by the rules of the Fetch standard: 303, and 301 or 302 after POST, go on as
 * GET without a body; another origin sees neither credentials nor secrets nor a Host header of the check's.
 * Throws `ProbeFailure` for a location that is no http address, or of a host that cannot be one.
 */
export function followRedirect(
  prepared: PreparedHttp,
  from: HopRequest,
  answer: { status: number; location: string },
): HopRequest {
  const url = URL.canParse(answer.location, urlOf(from)) ? new URL(answer.location, urlOf(from)) : null;
  if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:')) {
    throw invalidRedirect(answer.location);
  }
  const isSameHost = url.hostname === prepared.first.destination.url.hostname;
  const destination = destinationOf(url, prepared.options, isSameHost ? prepared.options.tls.server_name : undefined);
  if (!mayBeHost(destination)) throw invalidRedirect(answer.location);
  const isSameOrigin = destination.url.origin === from.destination.url.origin;
  const becomesGet =
    (answer.status === 303 && from.method !== 'HEAD') || (answer.status <= 302 && from.method === 'POST');
  return {
    destination,
    method: becomesGet ? 'GET' : from.method,
    body: becomesGet ? null : from.body,
    headers: from.headers.filter(
      ({ name, value }) =>
        (isSameOrigin || (typeof value === 'string' && !CREDENTIALS.has(name.toLowerCase()))) &&
        !(becomesGet && /^content-/i.test(name)),
    ),
  };
}

/** Asked here, because to the system such hosts are mistakes of ours, or a network that cannot be reached. */
function mayBeHost({ target }: Destination): boolean {
  return target.literal === 0 ? isHostName(target.host) : isUnicast(target.host);
}

function invalidRedirect(location: string): ProbeFailure {
  return new ProbeFailure('invalid-redirect', `redirected to ${JSON.stringify(location.slice(0, 200))}`);
}

function urlOf(request: HopRequest): URL {
  return new URL(request.destination.path, request.destination.url);
}
