import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { SealedInMemory } from './sealed-in-memory.ts';

const README = readFileSync(new URL('../../../../README.md', import.meta.url), 'utf8');
const QUERIES = [...README.matchAll(/^sqlite3 -readonly data\/nines\.db "(.*)"$/gm)].map(([, sql]) => sql ?? '');

const AT_MS = Date.UTC(2026, 8, 21, 10);

describe('the queries of the README', () => {
  it('answer what they promise', () => {
    const store = new SealedInMemory();
    const run = { check: 'shop', everyMs: 60_000, reason: null, values: { total: 5 } } as const;
    store.append('fra', [
      { ...run, atMs: AT_MS, outcome: 'up' },
      { ...run, atMs: AT_MS + 60_000, outcome: 'down', reason: 'timeout' },
    ]);
    store.seal(AT_MS + 86_400_000);
    store.database.exec(`INSERT INTO damages VALUES (1, ${AT_MS}, ${AT_MS + 1}, 'for the test')`);
    const answers = QUERIES.map((sql) => store.database.prepare(sql).all());
    expect(answers).toEqual([
      [{ check_id: 'shop', agent: 'fra', date: '2026-09-21', up: 1, down: 1, unknown: 0 }],
      [expect.objectContaining({ check_id: 'shop', observations: 2, oldest: '2026-09-21 10:00:00' })],
      [{ agent: 'fra', check_id: 'shop', since: '2026-09-21 10:00:00', what: 'for the test' }],
    ]);
  });
});
