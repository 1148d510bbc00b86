import { join } from 'node:path';
import type { Event } from '@nines/shared/event.ts';
import { describe, expect, it } from 'vitest';
import { BEGUN, EventReader, LONG_BEFORE } from '../../../../collector/src/store/sqlite/event-reader.ts';
import { EventTable } from '../../../../collector/src/store/sqlite/event-table.ts';
import { openForWriting } from '../../../../collector/src/store/sqlite/journal-writer.ts';
import { anEvent } from '../../../support/arbitrary-events.ts';
import { START_MS } from '../../../support/batches.ts';
import { temporaryFolder } from '../../../support/folders.ts';

const DAY_MS = 86_400_000;

function openTable() {
  const database = openForWriting(join(temporaryFolder(), 'nines.db'));
  const table = new EventTable(database);
  const put = (...events: Event[]) => table.put([{ events, receivedAtMs: START_MS }]);
  return { database, table, put, reader: new EventReader(database) };
}

describe('the tables of events', () => {
  it.each([
    ['what lasted for days', LONG_BEFORE, 'long_events'],
    ['what began in the interval or shortly before', BEGUN, 'events_by_instant'],
  ])('%s is found by an index, in order, without reading the past', (_, sql, index) => {
    const { database } = openTable();
    const parameters = { stream: 'calls', fromMs: 5, beforeMs: 9, atMs: 0, id: '', agent: '', limit: 10 };
    const plan = JSON.stringify(database.prepare(`EXPLAIN QUERY PLAN ${sql}`).all(parameters));
    database.close();
    expect(plan).toContain(`INDEX ${index} (stream=? AND (at_ms,id,agent)>`);
    expect(plan).not.toContain('TEMP B-TREE');
  });

  it('requests of one group are written together, or none of them', () => {
    const { database, table, reader } = openTable();
    database.exec(`CREATE TRIGGER refuses BEFORE INSERT ON events WHEN NEW.id = 'poison'
      BEGIN SELECT RAISE(ABORT, 'refused'); END`);
    const request = (id: string) => ({ events: [anEvent({ id })], receivedAtMs: START_MS });
    expect(() => table.put([request('good'), request('poison')])).toThrow('refused');
    expect(reader.streams()).toEqual([]);
    expect(table.put([request('good'), request('good')])).toEqual([
      { stored: 1, unchanged: 0, ended: [0] },
      { stored: 0, unchanged: 1, ended: [] },
    ]);
    database.close();
  });

  it('retention takes what ended before its limit, a little at a time, and never what is open', () => {
    const { database, table, put, reader } = openTable();
    const ended = Array.from({ length: 10 }, (_, index) => anEvent({ id: `c${index}`, atMs: START_MS + index }));
    const lasting = anEvent({ id: 'lasting', endedAtMs: START_MS + 2 * DAY_MS });
    const open = anEvent({ id: 'open', endedAtMs: null, outcome: null });
    put(...ended, lasting, open);
    const limitMs = START_MS + DAY_MS;
    expect([1, 2, 3].map(() => table.removeEndedBefore(limitMs, 6))).toEqual([6, 4, 0]);
    const left = reader.page({ stream: 'calls', fromMs: 0, toMs: 1e13, limit: 100 });
    expect(left.map(({ id }) => id)).toEqual(['lasting', 'open']);
    expect(reader.streams()).toMatchObject([{ stream: 'calls', events: 2, open: 1 }]);
    database.close();
  });
});
