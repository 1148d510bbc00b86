import { gzipSync, zstdCompressSync } from 'node:zlib';
import { type Event, MAX_EVENTS, writeEvents } from '@nines/shared/event.ts';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { anEvent } from '../../support/arbitrary-events.ts';
import { aBatch, collect, START_MS } from '../../support/batches.ts';
import { IMPORTER_TOKEN, type IngestServer, post, postEvents, serveIngest } from '../../support/ingest-server.ts';
import { MemoryStore } from '../../support/memory-store.ts';

let store: MemoryStore;
let server: IngestServer;
beforeEach(async () => {
  store = new MemoryStore();
  server = await serveIngest(store);
});
afterEach(() => server.close());

const ALL = { stream: 'calls', fromMs: 0, toMs: 1e13 };
const IMPORTER = { authorization: `Bearer ${IMPORTER_TOKEN}` };

function sent(...events: Event[]): string {
  return writeEvents(events);
}

describe('POST /api/v1/events', () => {
  it.each([
    ['not at all', undefined, (text: string) => Buffer.from(text)],
    ['gzip', 'gzip', (text: string) => gzipSync(text)],
    ['zstd', 'zstd', (text: string) => zstdCompressSync(text)],
  ])('stores events that are packed with %s, as said by the owner of the token', async (_name, encoding, pack) => {
    const answer = await postEvents(server, pack(sent(anEvent())), { 'content-encoding': encoding });
    expect(answer).toMatchObject({ status: 200, body: { stored: 1, unchanged: 0 } });
    expect(await collect(store.events(ALL))).toEqual([{ ...anEvent(), receivedAtMs: START_MS + 2_000 }]);
    expect(server.events).toEqual([[anEvent()]]);
  });

  it('answers what comes again as unchanged, and tells nobody of it', async () => {
    await postEvents(server, sent(anEvent()));
    const again = await postEvents(server, sent(anEvent()));
    expect(again).toMatchObject({ status: 200, body: { stored: 0, unchanged: 1 } });
    expect(server.events).toHaveLength(1);
    expect(server.eventsNotStored).toEqual(['unchanged']);
  });

  it('takes events of its own streams from an importer, and nothing else', async () => {
    const ticket = anEvent({ stream: 'tickets' });
    expect(await postEvents(server, sent(ticket), IMPORTER)).toMatchObject({ status: 200 });
    expect(await collect(store.events({ ...ALL, stream: 'tickets' }))).toMatchObject([{ agent: 'helpdesk' }]);
    const forbidden = { status: 403, body: { error: { code: 'forbidden' } } };
    expect(await postEvents(server, sent(ticket, anEvent()), IMPORTER)).toMatchObject(forbidden);
    expect(await post(server, JSON.stringify(aBatch({ agent: 'helpdesk' })), IMPORTER)).toMatchObject(forbidden);
    expect(await collect(store.events(ALL))).toEqual([]);
    expect(await collect(store.tail(0))).toEqual([]);
  });

  it('refuses an agent what its checks do not bring, with everything that came beside it', async () => {
    const own = await serveIngest(store, {}, (agent, { id }) => (id === 'foreign' ? `not ${agent}'s` : null));
    const answer = await postEvents(own, sent(anEvent(), anEvent({ id: 'foreign' })));
    const message = "events[1]: not fra-web03's";
    expect(answer).toMatchObject({ status: 400, body: { error: { code: 'not-assigned', message } } });
    expect(await collect(store.events(ALL))).toEqual([]);
    expect(own.eventsNotStored).toEqual(['not-assigned']);
    expect(await postEvents(own, sent(anEvent()))).toMatchObject({ status: 200 });
    const ticket = sent(anEvent({ stream: 'tickets', id: 'foreign' }));
    expect(await postEvents(own, ticket, IMPORTER)).toMatchObject({ status: 200 });
    await own.close();
  });

  it.each<[string, string, Readonly<Record<string, string>>, number, string]>([
    ['text that is not JSON', '{"version":1,', {}, 400, 'malformed-json'],
    ['another version', '{"version":2,"events":[]}', {}, 400, 'unsupported-version'],
    ['no events', '{"version":1,"events":[]}', {}, 400, 'invalid-events'],
    ['one that is wrong among good ones', sent(anEvent(), anEvent({ id: '' })), {}, 400, 'invalid-events'],
    ['an instant in seconds', sent(anEvent({ atMs: 1_790_000_000 })), {}, 400, 'invalid-events'],
    ['an end before the beginning', sent(anEvent({ endedAtMs: START_MS - 1 })), {}, 400, 'invalid-events'],
    ['an end without an outcome', sent(anEvent({ outcome: null })), {}, 400, 'invalid-events'],
    ['a value that is no integer', sent(anEvent({ values: { wait: 0.5 } })), {}, 400, 'invalid-events'],
    ['a body that is not packed as it says', sent(anEvent()), { 'content-encoding': 'zstd' }, 400, 'bad-encoding'],
    ['a packing that is not known', sent(anEvent()), { 'content-encoding': 'br' }, 415, 'unsupported-encoding'],
    ['another type', sent(anEvent()), { 'content-type': 'text/csv' }, 415, 'unsupported-media-type'],
    ['a wrong token', sent(anEvent()), { authorization: 'Bearer wrong' }, 401, 'unauthorized'],
    [
      'too many',
      sent(...Array.from({ length: MAX_EVENTS + 1 }, (_, index) => anEvent({ id: `c${index}` }))),
      {},
      413,
      'too-many-events',
    ],
  ])('refuses %s with a code, and stores nothing of it', async (_name, body, headers, status, code) => {
    expect(await postEvents(server, body, headers)).toMatchObject({ status, body: { error: { code } } });
    expect(await collect(store.events(ALL))).toEqual([]);
    expect(server.eventsNotStored).toEqual([code]);
    expect(await postEvents(server, sent(anEvent()))).toMatchObject({ status: 200 });
  });

  it('answers 503 with when to come again while the store cannot write', async () => {
    store.fault = 'full';
    const answer = await postEvents(server, sent(anEvent()));
    expect(answer).toMatchObject({ status: 503, body: { error: { code: 'store-full' } } });
    expect(answer.headers.get('retry-after')).toBe('30');
  });
});

describe('GET /api/v1/events', () => {
  async function read(query: string): Promise<{ status: number; lines: unknown[] }> {
    const response = await fetch(`${server.url}/api/v1/events?${query}`);
    const text = await response.text();
    const lines = response.ok ? text.trimEnd().split('\n') : [text];
    return { status: response.status, lines: lines.map((line): unknown => JSON.parse(line)) };
  }

  it('gives the events that touch the interval, the number of them last', async () => {
    await postEvents(server, sent(anEvent(), anEvent({ id: 'later', atMs: START_MS + 90_000, endedAtMs: null })));
    const { lines } = await read(`stream=calls&from=${START_MS + 1}&to=${START_MS + 90_000}`);
    expect(lines).toEqual([
      { stream: 'calls', from_ms: START_MS + 1, to_ms: START_MS + 90_000 },
      {
        agent: 'fra-web03',
        stream: 'calls',
        id: '1790000000.17',
        revision: 1,
        at_ms: START_MS,
        ended_at_ms: START_MS + 60_000,
        outcome: 'answered',
        labels: { queue: 'support' },
        values: { wait: 4 },
        received_at_ms: START_MS + 2_000,
      },
      { end: true, events: 1 },
    ]);
  });

  it('without an interval gives the last day, and of a stream that is not there nothing', async () => {
    await postEvents(
      server,
      sent(anEvent({ id: 'now' }), anEvent({ id: 'old', atMs: START_MS - 9e7, endedAtMs: START_MS - 9e7 })),
    );
    expect((await read('stream=calls')).lines).toMatchObject([{}, { id: 'now' }, { end: true, events: 1 }]);
    expect((await read('stream=none')).lines).toMatchObject([{ stream: 'none' }, { end: true, events: 0 }]);
  });

  it('streams many, whole and in order', async () => {
    const events = Array.from({ length: 3_000 }, (_, index) => anEvent({ id: `c${index}`, atMs: START_MS + index }));
    await postEvents(server, sent(...events));
    const { lines } = await read(`stream=calls&from=${START_MS}&to=${START_MS + 3_000}`);
    expect(lines.slice(1, -1)).toMatchObject(events.map(({ id }) => ({ id })));
    expect(lines.at(-1)).toEqual({ end: true, events: 3_000 });
  });

  it.each([
    ['no stream', 'from=1&to=2', /stream is missing/],
    ['a misspelt parameter', 'stream=calls&form=1', /unknown parameter form/],
    ['an interval that ends before it begins', 'stream=calls&from=2&to=1', /from has to be before to/],
  ])('refuses %s', async (_name, query, message) => {
    const { status, lines } = await read(query);
    expect(status).toBe(400);
    expect(lines).toMatchObject([{ error: { code: 'bad-request', message: expect.stringMatching(message) } }]);
  });

  it('tells what streams there are', async () => {
    await postEvents(server, sent(anEvent()));
    const response = await fetch(`${server.url}/api/v1/events/streams`);
    expect(await response.json()).toEqual({
      streams: [{ stream: 'calls', events: 1, open: 0, oldest_at_ms: START_MS, newest_at_ms: START_MS }],
    });
  });
});
