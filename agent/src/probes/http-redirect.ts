import { ProbeFailure } from '../failure-reason.ts';
import type { HttpAnswer } from './http-expectation.ts';
import { destinationOf, type HopRequest, type PreparedHttp } from './http-request.ts';

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
 * Throws `ProbeFailure` for a location that is no http address.
 */
export function followRedirect(
  prepared: PreparedHttp,
  from: HopRequest,
  answer: { status: number; location: string },
): HopRequest {
  const url = URL.canParse(answer.location, urlOf(from)) ? new URL(answer.location, urlOf(from)) : null;
  if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:')) {
    throw new ProbeFailure('invalid-redirect', `redirected to ${JSON.stringify(answer.location.slice(0, 200))}`);
  }
  const isSameHost = url.hostname === prepared.first.destination.url.hostname;
  const destination = destinationOf(url, prepared.options, isSameHost ? prepared.options.tls.server_name : undefined);
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

function urlOf(request: HopRequest): URL {
  return new URL(request.destination.path, request.destination.url);
}
