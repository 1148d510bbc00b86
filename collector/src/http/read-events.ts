import { Readable } from 'node:stream';
import { eventDocument } from '@nines/shared/event.ts';
import type { Clock } from '@nines/shared/time/clock.ts';
import type { EventRequest, EventStore, StoredEvent } from '../store/events.ts';
import { bad, readInterval, refuseUnknown } from './query.ts';
import type { Server } from './server.ts';

/** What `GET /api/v1/events` needs. */
export interface ReadEventsOptions {
  readonly store: Pick<EventStore, 'events' | 'eventStreams'>;
  readonly clock: Pick<Clock, 'nowMs'>;
}

interface Query {
  readonly stream?: string;
  readonly from?: string;
  readonly to?: string;
}

const KEYS: ReadonlySet<string> = new Set(['stream', 'from', 'to']);
const DAY_MS = 86_400_000;

/** Lines are sent together up to this length. */
const TEXT_LENGTH = 64 * 1024;

/**
 * `GET /api/v1/events?stream=&from=&to=` gives the events of a stream that touch the interval (the last day without one)
 * as NDJSON, streamed: a line about the answer, the events by their beginning, and last `{end: true, events}`; an answer
 * without that line was cut off. `GET /api/v1/events/streams` tells what streams there are.
 */
export function registerReadEvents(server: Server, { store, clock }: ReadEventsOptions): void {
  server.get<{ Querystring: Query }>('/api/v1/events', async ({ query }, reply) => {
    const lines = linesOf(readRequest(query, clock.nowMs()), store);
    // What fails at once is answered as an error, not as a stream that breaks off.
    const first = await lines.next();
    return reply
      .header('cache-control', 'no-cache')
      .type('application/x-ndjson; charset=utf-8')
      .send(Readable.from(startingWith(String(first.value ?? ''), lines), { objectMode: false }));
  });
  server.get('/api/v1/events/streams', async (_request, reply) => {
    const streams = await store.eventStreams();
    return reply.header('cache-control', 'no-cache').send({
      streams: streams.map(({ oldestAtMs, newestAtMs, ...same }) => ({
        ...same,
        oldest_at_ms: oldestAtMs,
        newest_at_ms: newestAtMs,
      })),
    });
  });
}

function readRequest(query: Query, nowMs: number): EventRequest {
  refuseUnknown(query, KEYS);
  const { stream } = query;
  if (stream === undefined) throw bad('stream is missing; /api/v1/events/streams lists them');
  return { stream, ...(readInterval(query) ?? { fromMs: nowMs - DAY_MS, toMs: nowMs }) };
}

async function* startingWith(first: string, rest: AsyncGenerator<string>): AsyncGenerator<string> {
  yield first;
  yield* rest;
}

async function* linesOf(request: EventRequest, store: ReadEventsOptions['store']): AsyncGenerator<string> {
  const { stream, fromMs, toMs } = request;
  let text = line({ stream, from_ms: fromMs, to_ms: toMs });
  let events = 0;
  for await (const event of store.events(request)) {
    events++;
    text += line(storedEventDocument(event));
    if (text.length < TEXT_LENGTH) continue;
    yield text;
    text = '';
  }
  yield text + line({ end: true, events });
}

/** A stored event as it is told: what was sent, by whom, and when it came. */
export function storedEventDocument(event: StoredEvent): object {
  return { agent: event.agent, ...eventDocument(event), received_at_ms: event.receivedAtMs };
}

function line(document: object): string {
  return `${JSON.stringify(document)}\n`;
}
