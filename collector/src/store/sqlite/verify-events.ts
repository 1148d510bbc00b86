import type { Database } from 'better-sqlite3';
import { EVENT_COLUMNS, type EventRow, LONG_MS, toStoredEvent } from './event-table.ts';
import type { Finding } from './finding.ts';

/** Whether every event can be read, is marked as long when it is, and is counted in its stream. */
export function* verifyEvents(database: Database): Generator<Finding> {
  const counted = new Map<string, { events: number; open: number }>();
  const rows = database.prepare<unknown[], EventRow & { isLong: number }>(
    `SELECT ${EVENT_COLUMNS}, is_long AS isLong FROM events`,
  );
  for (const row of rows.iterate()) {
    const what = faultOf(row);
    if (what !== null) yield finding('events', `${row.stream} ${row.id} of ${row.agent}: ${what}`, row.atMs);
    const count = counted.get(row.stream) ?? { events: 0, open: 0 };
    counted.set(row.stream, count);
    count.events++;
    if (row.endedAtMs === null) count.open++;
  }
  const streams = database.prepare<unknown[], { stream: string; events: number; open: number }>(
    'SELECT stream, events, open FROM event_streams',
  );
  for (const { stream, events, open } of streams.all()) {
    const count = counted.get(stream) ?? { events: 0, open: 0 };
    counted.delete(stream);
    if (count.events !== events || count.open !== open) {
      yield finding(
        'event_streams',
        `${stream}: ${count.events} events, ${count.open} open, where ${events}, ${open} are told`,
      );
    }
  }
  for (const stream of counted.keys()) yield finding('event_streams', `${stream}: there are events and no counts`);
}

function faultOf(row: EventRow & { isLong: number }): string | null {
  const { atMs, endedAtMs, isLong } = row;
  if ((endedAtMs === null || endedAtMs - atMs > LONG_MS) !== (isLong === 1)) return 'is not marked as it should be';
  try {
    toStoredEvent(row);
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function finding(table: string, what: string, fromMs: number | null = null): Finding {
  return { table, agent: null, check: null, fromMs, toMs: fromMs === null ? null : fromMs + 1, what };
}
