import { type Event, MAX_EVENTS_BYTES, parseEvents } from '@nines/shared/event.ts';
import { type Batch, MAX_BATCH_BYTES, parseBatch } from '@nines/shared/wire.ts';
import { UnpackError, unpack } from '../store/content-encoding.ts';
import type { ContentEncoding } from '../store/store.ts';
import { RequestError } from './errors.ts';

const ENCODINGS: ReadonlyMap<string, ContentEncoding> = new Map([
  ['', 'identity'],
  ['identity', 'identity'],
  ['gzip', 'gzip'],
  // RFC 9110 section 8.4.1.3: to be taken as gzip.
  ['x-gzip', 'gzip'],
  ['zstd', 'zstd'],
]);

/** `Content-Encoding` → how the body is packed. Throws `RequestError` `unsupported-encoding`. */
export function readEncoding(header: string | undefined): ContentEncoding {
  const encoding = ENCODINGS.get(header?.trim().toLowerCase() ?? '');
  if (encoding !== undefined) return encoding;
  throw new RequestError('unsupported-encoding', 'a body is packed with zstd or gzip, or not at all');
}

const INTEGER = /^\d{1,15}$/;

/** `nines-sent-at` → integer ms; `null` when the sender gave none. Throws `RequestError` `bad-sent-at`. */
export function readSentAt(header: string | readonly string[] | undefined): number | null {
  if (header === undefined) return null;
  if (typeof header === 'string' && INTEGER.test(header)) return Number(header);
  throw new RequestError('bad-sent-at', 'nines-sent-at is the time of sending in whole milliseconds since 1970');
}

/** A body as it came → the batch in it. Throws `RequestError` or `WireError`; memory stays within `MAX_BATCH_BYTES`. */
export function decodeBatch(body: Uint8Array, encoding: ContentEncoding): Batch {
  return parseBatch(unpackBody(body, encoding, MAX_BATCH_BYTES).toString('utf8'));
}

/** A body as it came → the events in it, said by `sender`. Throws `RequestError` or `EventsError`. */
export function decodeEvents(body: Uint8Array, encoding: ContentEncoding, sender: string): Event[] {
  return parseEvents(unpackBody(body, encoding, MAX_EVENTS_BYTES).toString('utf8'), sender);
}

function unpackBody(body: Uint8Array, encoding: ContentEncoding, maxBytes: number): Buffer {
  try {
    return unpack(body, encoding, maxBytes);
  } catch (error) {
    if (!(error instanceof UnpackError)) throw error;
    const code = error.code === 'too-large' ? 'too-large' : 'bad-encoding';
    throw new RequestError(code, error.message, { cause: error });
  }
}
