import type { Database, Statement } from 'better-sqlite3';
import type { EventKey, EventRequest, EventStream, StoredEvent } from '../events.ts';
import { EVENT_COLUMNS, type EventRow, LONG_MS, toStoredEvent } from './event-table.ts';

/** What is asked of a reader at a time. */
export type EventPageRequest = EventRequest & { readonly limit: number };

/** What lasted into the interval from more than `LONG_MS` before: `long_events` alone has it. */
export const LONG_BEFORE = `SELECT ${EVENT_COLUMNS} FROM events
  WHERE stream = @stream AND (at_ms, id, agent) > (@atMs, @id, @agent) AND at_ms < @beforeMs
    AND is_long = 1 AND (ended_at_ms IS NULL OR ended_at_ms > @fromMs)
  ORDER BY at_ms, id, agent LIMIT @limit`;

/** What began in the interval, or at most `LONG_MS` before and lasted into it. */
export const BEGUN = `SELECT ${EVENT_COLUMNS} FROM events
  WHERE stream = @stream AND (at_ms, id, agent) > (@atMs, @id, @agent) AND at_ms < @beforeMs
    AND (at_ms >= @fromMs OR ended_at_ms IS NULL OR ended_at_ms > @fromMs)
  ORDER BY at_ms, id, agent LIMIT @limit`;

/** Reads events. Synchronous: it belongs into a thread of its own. Throws what SQLite throws. */
export class EventReader {
  readonly #longBefore: Statement<unknown[], EventRow>;
  readonly #begun: Statement<unknown[], EventRow>;
  readonly #streams: Statement<unknown[], EventStream>;

  constructor(database: Database) {
    this.#longBefore = database.prepare(LONG_BEFORE);
    this.#begun = database.prepare(BEGUN);
    this.#streams = database.prepare(
      `SELECT stream, events, open,
         (SELECT min(at_ms) FROM events WHERE events.stream = event_streams.stream) AS oldestAtMs,
         (SELECT max(at_ms) FROM events WHERE events.stream = event_streams.stream) AS newestAtMs
       FROM event_streams ORDER BY stream`,
    );
  }

  /** The first `limit` of the request, in order. */
  page({ stream, fromMs, toMs, after, limit }: EventPageRequest): StoredEvent[] {
    const longUntilMs = fromMs - LONG_MS;
    const start = after ?? startOf(0);
    const read = (statement: Statement<unknown[], EventRow>, { atMs, id, agent }: EventKey, upTo: Bounds) =>
      statement.all({ stream, fromMs, atMs, id, agent, ...upTo });
    const rows = read(this.#longBefore, start, { beforeMs: Math.min(longUntilMs, toMs), limit });
    if (rows.length < limit) {
      const next = start.atMs < longUntilMs ? startOf(longUntilMs) : start;
      rows.push(...read(this.#begun, next, { beforeMs: toMs, limit: limit - rows.length }));
    }
    return rows.map(toStoredEvent);
  }

  streams(): EventStream[] {
    return this.#streams.all();
  }
}

interface Bounds {
  readonly beforeMs: number;
  readonly limit: number;
}

/** In front of everything that begins at the instant: no id is empty. */
function startOf(atMs: number): EventKey {
  return { atMs, id: '', agent: '' };
}
