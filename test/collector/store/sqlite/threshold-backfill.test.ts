import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { verify } from '../../../../collector/src/store/sqlite/verify.ts';
import { deal, observations, shuffle } from '../../evaluate/arbitrary-observations.ts';
import { longAfter, SealedInMemory } from './sealed-in-memory.ts';

const WEEK_MS = 7 * 86_400_000;
const THRESHOLD = { check: 'shop', value: 'total', withinMicros: 500_000 };
const FROM_MS = 2_960 * WEEK_MS;
const WEEKS = 120;

/** A run a week, for more than two years: three steps of counting. */
function longAgo(): SealedInMemory {
  const store = new SealedInMemory();
  for (let week = 0; week < WEEKS; week++) store.append('fra', [run(week)]);
  store.seal(FROM_MS + (WEEKS + 5) * WEEK_MS);
  return store;
}

function run(week: number) {
  const atMs = FROM_MS + week * WEEK_MS;
  return { check: 'shop', atMs, everyMs: 60_000, outcome: 'up', reason: null, values: { total: week } } as const;
}

function findings(store: SealedInMemory): unknown[] {
  return [...verify(store.database, { chunks: 0, observations: 0, batches: 0 })];
}

describe('the past of a new threshold', () => {
  it('is counted step by step, with what is sealed meanwhile, before and behind where the count has come to', async () => {
    const store = longAgo();
    const nowMs = FROM_MS + (WEEKS + 5) * WEEK_MS;
    const progress = () => store.prepareThresholds([THRESHOLD])[0];
    expect(progress()).toMatchObject({ isCounted: false, done: 0, total: WEEKS });
    expect(store.step(nowMs)).toBe(true);
    expect(progress()).toMatchObject({ isCounted: false, done: 50, total: WEEKS });
    // Late ones of a week that is counted, and of one that is not.
    store.append('fra', [
      { ...run(3), atMs: run(3).atMs + 1_000 },
      { ...run(110), atMs: run(110).atMs + 1_000 },
    ]);
    let steps = 0;
    while (store.step(nowMs)) steps++;
    expect(steps).toBeGreaterThanOrEqual(3);
    expect(progress()).toMatchObject({ isCounted: true, done: WEEKS, total: WEEKS });
    expect(findings(store)).toEqual([]);
    expect(await store.thresholdWeeks(THRESHOLD)).toHaveLength(WEEKS);
  });

  it('is whole at once when somebody cannot wait', async () => {
    const store = longAgo();
    expect(await store.thresholdWeeks(THRESHOLD)).toHaveLength(WEEKS);
    expect(store.prepareThresholds([THRESHOLD])).toMatchObject([{ isCounted: true }]);
    expect(findings(store)).toEqual([]);
  });

  it('of a check of which nothing is sealed is counted from the beginning', () => {
    const store = longAgo();
    const other = { ...THRESHOLD, check: 'mail' };
    expect(store.prepareThresholds([other, other])).toMatchObject([
      { ...other, isCounted: true, total: 0 },
      { ...other, isCounted: true, total: 0 },
    ]);
  });

  it('is the same wherever in the arrivals the threshold is named, also between making a step ready and the step', async () => {
    await fc.assert(
      fc.asyncProperty(
        observations,
        shuffle,
        fc.nat({ max: 4 }),
        fc.nat({ max: 31 }),
        async (all, order, named, ready) => {
          const store = new SealedInMemory();
          const batches = deal(all, order);
          for (const [index, batch] of batches.entries()) {
            store.append(batch.agent, batch.observations);
            if ((ready >> index) & 1) store.makeReady(longAfter(all));
            if (index === named) store.prepareThresholds([THRESHOLD]);
            store.step(longAfter(all));
          }
          store.prepareThresholds([THRESHOLD]);
          store.seal(longAfter(all));
          expect(findings(store)).toEqual([]);
        },
      ),
      { numRuns: 60 },
    );
  });
});
