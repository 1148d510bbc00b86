import { observationAt } from '@nines/shared/wire.ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Head } from '../../../../collector/src/evaluate/head.ts';
import { HOUR_MS, hourOf } from '../../../../collector/src/evaluate/hour-counters.ts';
import type { SeriesRuns } from '../../../../collector/src/store/archive.ts';
import { toCheckColumns } from '../../../../collector/src/store/check-columns.ts';
import { deal, observations, START_MS, STEP_MS, STEPS, shuffle } from '../../evaluate/arbitrary-observations.ts';
import { JournalInMemory } from '../../evaluate/journal-in-memory.ts';
import type { Seen } from '../../evaluate/oracle.ts';
import { longAfter, SealedInMemory } from './sealed-in-memory.ts';

const WEEK_MS = 7 * 24 * HOUR_MS;
/** The five hours of the observations, moved so that a week ends in their middle. */
const SHIFT_MS = Math.ceil(START_MS / WEEK_MS) * WEEK_MS - START_MS - (STEPS / 2) * STEP_MS;
const WHOLE = { fromMs: START_MS - HOUR_MS, toMs: START_MS + SHIFT_MS + STEPS * STEP_MS + HOUR_MS };
const THRESHOLDS = ['shop', 'mail'].map((check) => ({ check, value: 'total', withinMicros: 500_000 }));

const seen = fc
  .tuple(observations, fc.boolean())
  .map(([all, isMoved]) => all.map((one): Seen => (isMoved ? { ...one, atMs: one.atMs + SHIFT_MS } : one)));

/** How many batches are sealed away before the next one comes; then how many more, and so on. */
const sealAfter = fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 10 });

/** Everything that a head tells about the past. */
function figures(head: Head) {
  const [firstHour, endHour] = [hourOf(WHOLE.fromMs), hourOf(WHOLE.toMs) + 1];
  return [...head.series()]
    .map((series) => ({
      key: `${series.check} ${series.agent}`,
      timeline: series.timeline(WHOLE, [WHOLE]),
      runs: series.runsTotal,
      hours: Array.from({ length: endHour - firstHour }, (_, index) =>
        series.runsBetween(firstHour + index, firstHour + index + 1),
      ),
      within: series.threshold('total', 500_000)?.sum(firstHour, endHour),
      durations: [series.durations.counts(), series.durations.sumMicros],
      last: series.last,
    }))
    .sort((a, b) => (a.key < b.key ? -1 : 1));
}

function inOrder(all: readonly Seen[]): Head {
  const journal = new JournalInMemory();
  const head = new Head({ journal, thresholds: THRESHOLDS });
  for (const one of all.toSorted((a, b) => a.atMs - b.atMs)) head.apply(journal.append(one.agent, [one]));
  return head;
}

async function loaded(store: SealedInMemory, thresholds = THRESHOLDS): Promise<Head> {
  const head = new Head({ journal: store, thresholds });
  await head.load(store);
  for await (const entry of store.tail(0)) head.apply(entry);
  await head.settle();
  return head;
}

/** Stores the batches; after each number of them in `pauses` everything so far is sealed. */
function fill(store: SealedInMemory, all: readonly Seen[], order: readonly number[], pauses: readonly number[]) {
  const entries = [];
  let left = pauses[0] ?? 1;
  let pause = 0;
  for (const { agent, observations } of deal(all, order)) {
    entries.push(store.append(agent, observations));
    if (--left > 0) continue;
    store.seal(longAfter(all));
    left = pauses[++pause % pauses.length] ?? 1;
  }
  return entries;
}

/** Every observation as it should come back, from the observations themselves. */
function expectedRows(all: readonly Seen[]): string[] {
  return all.map(({ agent, check, atMs, everyMs, outcome, reason, values }) =>
    JSON.stringify([check, agent, atMs, everyMs, outcome, reason, values]),
  );
}

function storedRows({ agent, check, runs }: SeriesRuns): string[] {
  return toCheckColumns(check, runs).flatMap((columns) =>
    columns.at_ms.map((_, index) => {
      const { atMs, everyMs, outcome, reason, values } = observationAt(columns, index);
      return JSON.stringify([check, agent, atMs, everyMs, outcome, reason, values]);
    }),
  );
}

describe('sealing', () => {
  it('a head made from what is sealed is the head made from the journal, whatever the order of arrival', async () => {
    await fc.assert(
      fc.asyncProperty(seen, shuffle, sealAfter, async (all, order, pauses) => {
        const store = new SealedInMemory();
        fill(store, all, order, pauses);
        expect(figures(await loaded(store))).toEqual(figures(inOrder(all)));
      }),
      { numRuns: 50 },
    );
  });

  it('what comes while a step is made ready waits for the next one: nothing is sealed twice, or lost', async () => {
    await fc.assert(
      fc.asyncProperty(seen, shuffle, async (all, order) => {
        const store = new SealedInMemory();
        const batches = deal(all, order);
        for (const { agent, observations } of batches) {
          store.append(agent, observations);
          const { batches: waiting } = store;
          store.makeReady(longAfter(all));
          expect(store.batches).toBe(waiting);
          store.append(agent, observations);
          store.step(longAfter(all));
          expect(store.batches).toBe(1);
        }
        store.seal(longAfter(all));
        const found = await store.sealedRuns({ checks: ['shop', 'mail'], ...WHOLE });
        expect(found.flatMap(storedRows).sort()).toEqual(expectedRows([...all, ...all]).sort());
      }),
      { numRuns: 30 },
    );
  });

  it('a head that goes on while its journal is sealed stays exact', async () => {
    await fc.assert(
      fc.asyncProperty(seen, shuffle, sealAfter, async (all, order, pauses) => {
        const store = new SealedInMemory();
        const head = new Head({ journal: store, thresholds: THRESHOLDS });
        for (const entry of fill(store, all, order, pauses)) head.apply(entry);
        await head.settle();
        expect(figures(head)).toEqual(figures(inOrder(all)));
      }),
      { numRuns: 50 },
    );
  });

  it('a threshold that is named later is counted in what is sealed, and kept by what is sealed from then on', async () => {
    await fc.assert(
      fc.asyncProperty(seen, shuffle, sealAfter, async (all, order, pauses) => {
        const store = new SealedInMemory();
        const half = Math.floor(all.length / 2);
        fill(store, all.slice(0, half), order, pauses);
        await loaded(store);
        fill(store, all.slice(half), order, pauses);
        expect(figures(await loaded(store))).toEqual(figures(inOrder(all)));
        expect(figures(await loaded(store))).toEqual(figures(inOrder(all)));
      }),
      { numRuns: 40 },
    );
  });

  it('every observation comes back once, as it was', async () => {
    await fc.assert(
      fc.asyncProperty(seen, shuffle, sealAfter, async (all, order, pauses) => {
        const store = new SealedInMemory();
        fill(store, all, order, pauses);
        store.seal(longAfter(all));
        expect(store.batches).toBe(0);
        const sealed = await store.sealedRuns({ checks: ['shop', 'mail'], ...WHOLE });
        expect(sealed.flatMap(storedRows).sort()).toEqual(expectedRows(all).sort());
      }),
      { numRuns: 40 },
    );
  });

  it('the same rows are stored whatever the order of arrival', () => {
    fc.assert(
      fc.property(seen, shuffle, shuffle, sealAfter, (all, order, otherOrder, pauses) => {
        const [one, other] = [order, otherOrder].map((dealt) => {
          const store = new SealedInMemory();
          fill(store, all, dealt, pauses);
          store.seal(longAfter(all));
          const rows = (sql: string) => store.database.prepare(sql).all();
          const series = 'JOIN series ON series.id = series ORDER BY agent, check_id';
          return {
            chunks: rows(`SELECT agent, check_id, from_ms, to_ms, observations FROM chunks ${series}, from_ms`),
            weeks: rows(`SELECT agent, check_id, week, body FROM weeks ${series}, week`),
            days: rows(`SELECT agent, check_id, day, up, down, unknown, durations FROM days ${series}, day`),
            hours: rows(`SELECT agent, check_id, day, body FROM hours ${series}, day`),
          };
        });
        expect(one).toEqual(other);
      }),
      { numRuns: 40 },
    );
  });

  it('an hour that is not closed stays in the journal', () => {
    const store = new SealedInMemory();
    const hour = Math.ceil(START_MS / HOUR_MS) * HOUR_MS;
    const up = { check: 'shop', everyMs: 60_000, outcome: 'up', reason: null, values: { total: 1 } } as const;
    store.append('fra', [{ ...up, atMs: hour + 1_000 }]);
    expect(store.seal(hour + HOUR_MS + 4 * 60_000)).toBe(0);
    expect(store.batches).toBe(1);
    expect(store.seal(hour + HOUR_MS + 6 * 60_000)).toBe(1);
    expect(store.batches).toBe(0);
  });
});
