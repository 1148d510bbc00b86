import type { Database, Statement } from 'better-sqlite3';
import { canonicalJson, counts, type EventsPut, type ReceivedEvents, type StoredEvent } from '../events.ts';

/** What lasted longer, or is open, is marked: the rest is found by its beginning, which is at most this long before. */
export const LONG_MS = 86_400_000;

/**
 * The tables of events, a part of a migration in `schema.ts`. `labels_json` and `values_json` are objects with their names
 * in order. `is_long` is 1 for an event that is open or lasted more than a day: those are few, and what lasted into an
 * interval is found by them without reading all that came before. `event_streams` counts what `events` holds.
 */
export const EVENTS_SCHEMA = `
  CREATE TABLE events (
    stream TEXT NOT NULL,
    id TEXT NOT NULL,
    agent TEXT NOT NULL,
    revision INTEGER NOT NULL,
    at_ms INTEGER NOT NULL,
    ended_at_ms INTEGER,
    outcome TEXT,
    labels_json TEXT NOT NULL,
    values_json TEXT NOT NULL,
    received_at_ms INTEGER NOT NULL,
    is_long INTEGER NOT NULL,
    PRIMARY KEY (stream, id, agent)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX events_by_instant ON events (stream, at_ms, id, agent, ended_at_ms);
  CREATE INDEX long_events ON events (stream, at_ms, id, agent, ended_at_ms) WHERE is_long = 1;
  CREATE TABLE event_streams (
    stream TEXT PRIMARY KEY,
    events INTEGER NOT NULL,
    open INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
`;

/** A row of `events`. */
export interface EventRow extends Omit<StoredEvent, 'labels' | 'values'> {
  readonly labels: string;
  readonly values: string;
}

/** The columns of an `EventRow`. */
export const EVENT_COLUMNS = `stream, id, agent, revision, at_ms AS atMs, ended_at_ms AS endedAtMs, outcome,
  labels_json AS labels, values_json AS "values", received_at_ms AS receivedAtMs`;

/** Safe: only `EventTable` writes these texts, from events that were checked. */
export function toStoredEvent(row: EventRow): StoredEvent {
  return {
    ...row,
    labels: JSON.parse(row.labels) as StoredEvent['labels'],
    values: JSON.parse(row.values) as StoredEvent['values'],
  };
}

/** How the counts of a stream change. */
interface Change {
  events: number;
  open: number;
}

/** Writes events. Synchronous: it belongs into a thread of its own. Throws what SQLite throws. */
export class EventTable {
  readonly #database: Database;
  readonly #find: Statement<unknown[], EventRow>;
  readonly #write: Statement;
  readonly #count: Statement;
  readonly #remove: Statement<unknown[], { stream: string }>;

  constructor(database: Database) {
    this.#database = database;
    this.#find = database.prepare(`SELECT ${EVENT_COLUMNS} FROM events WHERE stream = ? AND id = ? AND agent = ?`);
    this.#write = database.prepare('INSERT OR REPLACE INTO events VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)');
    this.#count = database.prepare(
      `INSERT INTO event_streams VALUES (@stream, @events, @open)
       ON CONFLICT DO UPDATE SET events = events + excluded.events, open = open + excluded.open`,
    );
    this.#remove = database.prepare(
      `DELETE FROM events WHERE (stream, id, agent) IN (
         SELECT stream, id, agent FROM event_streams CROSS JOIN events USING (stream)
         WHERE at_ms < @limitMs AND ended_at_ms < @limitMs LIMIT @most
       ) RETURNING stream`,
    );
  }

  /**
   * See `EventStore.putEvents`; all requests in one transaction, an answer for each. Writes nothing when nothing changed,
   * so a full disk is no obstacle to that.
   */
  put(requests: readonly ReceivedEvents[]): EventsPut[] {
    const put = this.#database.transaction(() => {
      const changes = new Map<string, Change>();
      const answers = requests.map((request) => this.#putAll(request, changes));
      this.#countAll(changes);
      return answers;
    });
    return put.immediate();
  }

  /** Removes at most `most` events that ended before the instant; what is open stays. Returns how many. */
  removeEndedBefore(limitMs: number, most: number): number {
    const remove = this.#database.transaction(() => {
      const changes = new Map<string, Change>();
      const removed = this.#remove.all({ limitMs, most });
      for (const { stream } of removed) changeOf(changes, stream).events--;
      this.#countAll(changes);
      return removed.length;
    });
    return remove.immediate();
  }

  #putAll({ events, receivedAtMs }: ReceivedEvents, changes: Map<string, Change>): EventsPut {
    let stored = 0;
    const ended: number[] = [];
    for (const [index, event] of events.entries()) {
      const became = this.#putOne({ ...event, receivedAtMs }, changes);
      if (became !== 'unchanged') stored++;
      if (became === 'ended') ended.push(index);
    }
    return { stored, unchanged: events.length - stored, ended };
  }

  /** What this version makes of its event. */
  #putOne(event: StoredEvent, changes: Map<string, Change>): 'unchanged' | 'changed' | 'ended' {
    const { stream, id, agent, atMs, endedAtMs } = event;
    const row = this.#find.get(stream, id, agent);
    if (row !== undefined && !counts(event, toStoredEvent(row))) return 'unchanged';
    const isLong = endedAtMs === null || endedAtMs - atMs > LONG_MS;
    this.#write.run(
      stream,
      id,
      agent,
      event.revision,
      atMs,
      endedAtMs,
      event.outcome,
      canonicalJson(event.labels),
      canonicalJson(event.values),
      event.receivedAtMs,
      isLong ? 1 : 0,
    );
    const change = changeOf(changes, stream);
    if (row === undefined) change.events++;
    else if (row.endedAtMs === null) change.open--;
    if (endedAtMs === null) change.open++;
    return endedAtMs !== null && (row?.endedAtMs ?? null) === null ? 'ended' : 'changed';
  }

  #countAll(changes: ReadonlyMap<string, Change>): void {
    for (const [stream, { events, open }] of changes) {
      if (events !== 0 || open !== 0) this.#count.run({ stream, events, open });
    }
  }
}

function changeOf(changes: Map<string, Change>, stream: string): Change {
  const known = changes.get(stream);
  if (known !== undefined) return known;
  const change = { events: 0, open: 0 };
  changes.set(stream, change);
  return change;
}
