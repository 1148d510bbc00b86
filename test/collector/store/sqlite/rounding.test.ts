import type { Observation } from '@nines/shared/observation.ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { verify } from '../../../../collector/src/store/sqlite/verify.ts';
import { longAfter, SealedInMemory } from './sealed-in-memory.ts';

const DURATIONS: ReadonlySet<string> = new Set(['total', 'connect']);
const START_MS = 1_790_000_000_000;
const ALWAYS = { fromMs: 0, toMs: 2 * START_MS };
const WITHIN = 250_000;

const runs = fc.array(fc.record({ total: fc.integer({ min: 0, max: 500_000 }), connect: fc.nat(90_000) }), {
  minLength: 1,
  maxLength: 200,
});

function observed(all: readonly Readonly<Record<string, number>>[]): Observation[] {
  const up = { check: 'shop', everyMs: 60_000, outcome: 'up', reason: null } as const;
  return all.map((values, index) => ({ ...up, atMs: START_MS + index * 60_000, values }));
}

/** Half of the runs are sealed first; the threshold is named before everything, between the halves, or never. */
async function sealed(
  all: readonly Observation[],
  rounded: ReadonlySet<string>,
  named: number,
): Promise<SealedInMemory> {
  const store = new SealedInMemory(rounded);
  const half = Math.ceil(all.length / 2);
  for (const [index, part] of [all.slice(0, half), all.slice(half)].entries()) {
    if (named === index) await store.thresholdWeeks({ check: 'shop', value: 'total', withinMicros: WITHIN });
    if (part.length > 0) store.append('fra', part);
    store.seal(longAfter(all));
  }
  return store;
}

function counted(store: SealedInMemory, table: string): unknown[] {
  return store.database.prepare(`SELECT * FROM ${table}`).all();
}

describe('durations that are rounded when they are sealed', () => {
  it('leave attainment, counts and distributions as they are without', async () => {
    await fc.assert(
      fc.asyncProperty(runs, async (all) => {
        const exact = await sealed(observed(all), new Set(), 0);
        const rounded = await sealed(observed(all), DURATIONS, 0);
        for (const table of ['weeks', 'days', 'hours', 'threshold_weeks', 'series_states']) {
          expect(counted(rounded, table), table).toEqual(counted(exact, table));
        }
      }),
      { numRuns: 30 },
    );
  });

  it('are within half a percent; those that a threshold is counted of stay exact', async () => {
    await fc.assert(
      fc.asyncProperty(runs, async (all) => {
        const store = await sealed(observed(all), DURATIONS, 0);
        const [found] = await store.sealedRuns({ checks: ['shop'], ...ALWAYS });
        const [connect, total] = found?.runs.values ?? [];
        expect([...(total?.numbers ?? [])]).toEqual(all.map((one) => one.total));
        for (const [row, { connect: measured }] of all.entries()) {
          expect(Math.abs((connect?.numbers[row] ?? Number.NaN) - measured) * 200).toBeLessThanOrEqual(measured);
        }
      }),
      { numRuns: 30 },
    );
  });

  it('give verify nothing to find, whenever a threshold was named', async () => {
    await fc.assert(
      fc.asyncProperty(runs, fc.constantFrom(0, 1, 2), async (all, named) => {
        const store = await sealed(observed(all), DURATIONS, named);
        expect([...verify(store.database, { chunks: 0, observations: 0, batches: 0 })]).toEqual([]);
      }),
      { numRuns: 30 },
    );
  });

  it.each(['days', 'hours', 'threshold_weeks'])('let verify name %s that cannot be theirs', async (table) => {
    const lengths = [100_000, 150_000, 240_000, 400_000];
    const store = await sealed(observed(lengths.map((total) => ({ total }))), DURATIONS, 0);
    const other = await sealed(observed(lengths.map((total) => ({ total: 2 * total }))), DURATIONS, 0);
    const column = table === 'days' ? 'durations' : 'body';
    const body = other.database.prepare(`SELECT ${column} FROM ${table}`).pluck().get();
    store.database.prepare(`UPDATE ${table} SET ${column} = ?`).run(body);
    const found = [...verify(store.database, { chunks: 0, observations: 0, batches: 0 })];
    expect(found.map((one) => one.table)).toEqual([table]);
  });
});
