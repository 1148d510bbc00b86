import { EventsError } from '@nines/shared/event.ts';
import { WireError } from '@nines/shared/wire.ts';
import { DecisionError } from '../ledger/decision-error.ts';
import { StoreError } from '../store/store.ts';

/** What a client is told about a request that was not done. */
export interface ErrorAnswer {
  readonly status: number;
  readonly code: ErrorCode;
  readonly message: string;
  readonly headers: Readonly<Record<string, string>>;
}

interface ErrorKind {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
}

/** THE table of errors a client can meet: code → status and headers. `Retry-After` stands where trying again can help. */
const KINDS = {
  'malformed-json': { status: 400 },
  'unsupported-version': { status: 400 },
  'invalid-batch': { status: 400 },
  'not-assigned': { status: 400 },
  'invalid-events': { status: 400 },
  'bad-encoding': { status: 400 },
  'bad-sent-at': { status: 400 },
  'bad-request': { status: 400 },
  unauthorized: { status: 401, headers: { 'www-authenticate': 'Bearer' } },
  forbidden: { status: 403 },
  'not-found': { status: 404 },
  'method-not-allowed': { status: 405 },
  conflict: { status: 409 },
  'too-large': { status: 413 },
  'too-many-observations': { status: 413 },
  'too-many-events': { status: 413 },
  'unsupported-media-type': { status: 415 },
  'unsupported-encoding': { status: 415, headers: { 'accept-encoding': 'zstd, gzip, identity' } },
  busy: { status: 429, headers: { 'retry-after': '1' } },
  internal: { status: 500 },
  'store-full': { status: 503, headers: { 'retry-after': '30' } },
  'store-unavailable': { status: 503, headers: { 'retry-after': '30' } },
  'not-ready': { status: 503, headers: { 'retry-after': '5' } },
} as const satisfies Readonly<Record<string, ErrorKind>>;

/** A stable code that goes into `{ "error": { "code" } }`. */
export type ErrorCode = keyof typeof KINDS;

/** Every code there is; `shared/WIRE.md` and `shared/EVENTS.md` say what a sender does about each. */
export const ERROR_CODES: readonly string[] = Object.keys(KINDS);

/** Why a request is refused. The message is for the person who wrote the client; it never holds a secret. */
export class RequestError extends Error {
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'RequestError';
    this.code = code;
  }
}

/** No token, or one that opens nothing; which of these it was is not said. */
export class Unauthorized extends RequestError {
  constructor() {
    super('unauthorized', 'a valid token is needed: Authorization: Bearer TOKEN');
    this.name = 'Unauthorized';
  }
}

/** The token is good, but not for this. */
export class Forbidden extends RequestError {
  constructor(message: string) {
    super('forbidden', message);
    this.name = 'Forbidden';
  }
}

/** There is such a resource, but not for this method. RFC 9110 section 15.5.6: the answer names those that there are. */
export class MethodNotAllowed extends RequestError {
  /** The header `Allow`. */
  readonly allow: string;

  constructor(method: string, allow: string) {
    super('method-not-allowed', `${method} is not for this address, which takes ${allow}`);
    this.name = 'MethodNotAllowed';
    this.allow = allow;
  }
}

/** The answer for any thrown value; what is not known to be the client's or the medium's doing is `internal`. */
export function toErrorAnswer(error: unknown): ErrorAnswer {
  const code = codeOf(error);
  // A bug's message may name files or values that are nobody's business; it goes into the log instead.
  const message =
    code !== 'internal' && error instanceof Error ? error.message : 'an error of the collector; see its log';
  const kind: ErrorKind = KINDS[code];
  const headers = error instanceof MethodNotAllowed ? { allow: error.allow } : (kind.headers ?? {});
  return { status: kind.status, code, message: STORE_MESSAGES.get(code) ?? message, headers };
}

/** The medium's own messages name paths: they are for the log. */
const STORE_MESSAGES: ReadonlyMap<string, string> = new Map([
  ['store-full', 'the collector has no disk space left; nothing of this was stored, send it again later'],
  [
    'store-unavailable',
    'the collector cannot write at the moment; nothing of this is promised stored, send it again later',
  ],
]);

function codeOf(error: unknown): ErrorCode {
  if (error instanceof RequestError || error instanceof WireError || error instanceof EventsError) return error.code;
  if (error instanceof DecisionError) return error.code === 'invalid' ? 'bad-request' : error.code;
  if (error instanceof StoreError) return error.code === 'full' ? 'store-full' : 'store-unavailable';
  return FASTIFY_CODES.get(fastifyCode(error)) ?? 'internal';
}

/** What fastify itself refuses before a route sees it. */
const FASTIFY_CODES: ReadonlyMap<string, ErrorCode> = new Map([
  ['FST_ERR_CTP_INVALID_MEDIA_TYPE', 'unsupported-media-type'],
  ['FST_ERR_CTP_BODY_TOO_LARGE', 'too-large'],
  ['FST_ERR_CTP_INVALID_CONTENT_LENGTH', 'bad-request'],
  ['FST_ERR_CTP_EMPTY_JSON_BODY', 'bad-request'],
  ['FST_ERR_CTP_INVALID_JSON_BODY', 'malformed-json'],
  ['FST_ERR_BAD_URL', 'bad-request'],
  ['FST_ERR_ROUTE_INVALID_URL', 'bad-request'],
  ['FST_ERR_ASYNC_CONSTRAINT', 'bad-request'],
  // The client went away in the middle of its body, as an agent does that is killed: no fault of ours to wake anybody for.
  ['ECONNRESET', 'bad-request'],
]);

function fastifyCode(error: unknown): string {
  if (typeof error !== 'object' || error === null || !('code' in error)) return '';
  return typeof error.code === 'string' ? error.code : '';
}

/** The body of an error's answer. */
export function errorBody({ code, message }: Pick<ErrorAnswer, 'code' | 'message'>): string {
  return JSON.stringify({ error: { code, message } });
}
