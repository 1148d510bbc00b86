import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Finding } from '../../../../collector/src/store/sqlite/finding.ts';
import { verify } from '../../../../collector/src/store/sqlite/verify.ts';
import { deal, observations, shuffle } from '../../evaluate/arbitrary-observations.ts';
import type { Seen } from '../../evaluate/oracle.ts';
import { longAfter, SealedInMemory } from './sealed-in-memory.ts';

const THRESHOLD = { check: 'shop', value: 'total', withinMicros: 500_000 };

async function sealed(all: readonly Seen[], order: readonly number[]): Promise<SealedInMemory> {
  const store = new SealedInMemory();
  const batches = deal(all, order);
  for (const { agent, observations } of batches.slice(1)) store.append(agent, observations);
  store.seal(longAfter(all));
  await store.thresholdWeeks(THRESHOLD);
  for (const { agent, observations } of batches.slice(0, 1)) store.append(agent, observations);
  store.seal(longAfter(all));
  return store;
}

function findings(store: SealedInMemory): { found: Finding[]; observations: number } {
  const looked = { chunks: 0, observations: 0, batches: 0 };
  return { found: [...verify(store.database, looked)], observations: looked.observations };
}

/** Changes one byte of one body. */
function damage(store: SealedInMemory, table: string, place: number, change: number): void {
  const rows = store.database.prepare(`SELECT series, body FROM ${table}`).all() as { series: number; body: Buffer }[];
  const row = rows[place % rows.length];
  if (row === undefined) throw new Error(`nothing in ${table}`);
  const before = Buffer.from(row.body);
  const index = place % row.body.length;
  row.body[index] = (row.body[index] ?? 0) ^ change;
  store.database
    .prepare(`UPDATE ${table} SET body = ? WHERE series = ? AND body = ?`)
    .run(row.body, row.series, before);
}

describe('verify', () => {
  it('finds nothing in what was sealed, whatever the order of arrival, and has seen every observation', async () => {
    await fc.assert(
      fc.asyncProperty(observations, shuffle, async (all, order) => {
        expect(findings(await sealed(all, order))).toEqual({ found: [], observations: all.length });
      }),
      { numRuns: 60 },
    );
  });

  it.each(['chunks', 'weeks', 'hours'])('names any changed byte in %s', async (table) => {
    await fc.assert(
      fc.asyncProperty(observations, fc.nat(), fc.integer({ min: 1, max: 255 }), async (all, place, change) => {
        const store = await sealed(all, [1]);
        damage(store, table, place, change);
        const { found } = findings(store);
        expect(found.length).toBeGreaterThan(0);
        expect(new Set(found.map((one) => one.table))).toEqual(new Set([table]));
      }),
      { numRuns: 60 },
    );
  });

  it.each([
    ['days', 'UPDATE days SET up = up + 1'],
    ['chunks', 'UPDATE chunks SET observations = observations + 1'],
    ['threshold_weeks', 'DELETE FROM threshold_weeks'],
  ])('names %s that do not tell what the chunks tell', async (table, change) => {
    const up = { check: 'shop', agent: 'fra', everyMs: 60_000, outcome: 'up', reason: null } as const;
    const all = [1, 2, 3].map((run) => ({ ...up, atMs: 1_790_000_000_000 + run * 60_000, values: { total: run } }));
    const store = await sealed(all, [1]);
    store.database.exec(change);
    expect(findings(store).found.map((one) => one.table)).toEqual([table]);
  });
});
