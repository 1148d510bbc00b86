import type { Event } from '@nines/shared/event.ts';
import { Authenticator, hashToken } from '../../collector/src/http/authenticate.ts';
import { type EventIngestOptions, registerEventIngest } from '../../collector/src/http/events.ts';
import { type IngestOptions, registerIngest } from '../../collector/src/http/ingest.ts';
import { registerReadEvents } from '../../collector/src/http/read-events.ts';
import { createServer } from '../../collector/src/http/server.ts';
import type { JournalEntry, Store } from '../../collector/src/store/store.ts';
import { START_MS } from './batches.ts';

/** The token of agent `fra-web03`, whose batches the tests send. */
export const TOKEN = 'the-token-of-fra-web03';
/** The token of importer `helpdesk`, which may write to the stream `tickets`. */
export const IMPORTER_TOKEN = 'the-token-of-helpdesk';

/** A real collector's ingest on a loopback port. */
export interface IngestServer {
  readonly url: string;
  readonly authenticator: Authenticator;
  /** What `onStored` was given, in order. */
  readonly stored: JournalEntry[];
  /** What `onStored` of events was given, and what requests that stored no event were told. */
  readonly events: (readonly Event[])[];
  readonly eventsNotStored: string[];
  /** What went into the log as an error. */
  readonly logged: unknown[];
  readonly close: () => Promise<void>;
}

/** Serves `/api/v1/batches` and `/api/v1/events` into the store; it is two seconds after `START_MS`, for ever. */
export async function serveIngest(
  store: Store,
  options: Partial<IngestOptions> = {},
  objectionToEvent: EventIngestOptions['objectionTo'] = () => null,
): Promise<IngestServer> {
  const logged: unknown[] = [];
  const stored: JournalEntry[] = [];
  const events: (readonly Event[])[] = [];
  const eventsNotStored: string[] = [];
  const clock = { nowMs: () => START_MS + 2_000 };
  const authenticator = new Authenticator(store);
  await authenticator.reload([
    { agent: 'fra-web03', sha256: hashToken(TOKEN) },
    { agent: 'ams-web01', sha256: hashToken('the-token-of-ams-web01') },
    { agent: 'helpdesk', sha256: hashToken(IMPORTER_TOKEN), streams: ['tickets'] },
  ]);
  const server = createServer({ log: { error: (fields: unknown) => void logged.push(fields) } });
  registerIngest(server, {
    objectionTo: () => null,
    store,
    authenticator,
    clock,
    onStored: (entry) => void stored.push(entry),
    ...options,
  });
  registerEventIngest(server, {
    store,
    authenticator,
    clock,
    objectionTo: objectionToEvent,
    onStored: (some) => void events.push(some),
    onNotStored: (result) => void eventsNotStored.push(result),
  });
  registerReadEvents(server, { store, clock });
  const url = await server.listen({ host: '127.0.0.1', port: 0 });
  return { url, authenticator, stored, events, eventsNotStored, logged, close: () => server.close() };
}

/** What is sent unless a test says otherwise: the right token, unpacked JSON. */
export const HEADERS: Readonly<Record<string, string>> = {
  authorization: `Bearer ${TOKEN}`,
  'content-type': 'application/json',
};

type GivenHeaders = Readonly<Record<string, string | undefined>>;

/** Posts a batch; `headers` replace or, when `undefined`, remove those that are usual. */
export function post({ url }: Pick<IngestServer, 'url'>, body: string | Uint8Array, headers: GivenHeaders = {}) {
  return postTo(`${url}/api/v1/batches`, body, headers);
}

/** Posts events, as `post` posts a batch. */
export function postEvents({ url }: Pick<IngestServer, 'url'>, body: string | Uint8Array, headers: GivenHeaders = {}) {
  return postTo(`${url}/api/v1/events`, body, headers);
}

async function postTo(
  address: string,
  body: string | Uint8Array,
  headers: GivenHeaders,
): Promise<{ status: number; headers: Headers; body: unknown }> {
  const sent = Object.entries({ ...HEADERS, ...headers }).filter(
    (entry): entry is [string, string] => entry[1] !== undefined,
  );
  const response = await fetch(address, {
    method: 'POST',
    body: typeof body === 'string' ? body : new Uint8Array(body),
    headers: sent,
  });
  return { status: response.status, headers: response.headers, body: await response.json() };
}
