import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { CheckDurations, type SeriesDurations } from '../../../collector/src/evaluate/check-durations.ts';
import { Head } from '../../../collector/src/evaluate/head.ts';
import { HOUR_MS } from '../../../collector/src/evaluate/hour-counters.ts';
import type { Interval } from '../../../collector/src/sla/interval.ts';
import { longAfter, SealedInMemory } from '../store/sqlite/sealed-in-memory.ts';
import { deal, observations, START_MS, STEP_MS, STEPS, shuffle } from './arbitrary-observations.ts';
import type { Seen } from './oracle.ts';

type Live = Parameters<CheckDurations['of']>[1];

const CHECKS = ['shop', 'mail'];
const END_MS = START_MS + STEPS * STEP_MS;

/** Bounds on whole hours, and bounds anywhere. */
const interval = fc
  .tuple(fc.nat(6 * HOUR_MS), fc.integer({ min: 1, max: 8 * HOUR_MS }), fc.boolean())
  .map(([first, length, isWhole]): Interval => {
    const fromMs = START_MS - HOUR_MS / 2 + first;
    const [from, to] = isWhole ? [Math.floor(fromMs / HOUR_MS), Math.ceil((fromMs + length) / HOUR_MS)] : [0, 0];
    return isWhole ? { fromMs: from * HOUR_MS, toMs: to * HOUR_MS } : { fromMs, toMs: fromMs + length };
  });

/** While it goes on, when all is over, and after a start. */
const moment = fc.constantFrom(START_MS + 2 * HOUR_MS, END_MS, END_MS + 100 * HOUR_MS);

/** A look at every observation: runs by outcome, and durations of those that were up, ascending. */
function truth(all: readonly Seen[], key: string, { fromMs, toMs }: Interval) {
  const inside = all.filter((one) => `${one.agent} ${one.check}` === key && one.atMs >= fromMs && one.atMs < toMs);
  const count = (outcome: string) => inside.filter((one) => one.outcome === outcome).length;
  const totals = inside.flatMap(({ outcome, values }) =>
    outcome === 'up' && values.total !== undefined ? [values.total] : [],
  );
  return {
    runs: { up: count('up'), down: count('down'), unknown: count('unknown') },
    totals: totals.sort((a, b) => a - b),
  };
}

function compare(found: ReadonlyMap<string, SeriesDurations>, all: readonly Seen[], asked: Interval): void {
  for (const key of new Set(all.map(({ agent, check }) => `${agent} ${check}`))) {
    const { runs, totals } = truth(all, key, asked);
    expect(found.get(key)?.runs).toEqual(runs);
    const durations = found.get(key)?.durations;
    expect(durations?.count).toBe(totals.length);
    for (const percent of totals.length === 0 ? [] : [1, 50, 95, 100]) {
      const exact = totals[Math.ceil((totals.length * percent) / 100) - 1] ?? Number.NaN;
      const value = durations?.quantile(percent * 10_000_000) ?? Number.NaN;
      expect(Math.abs(value - exact)).toBeLessThanOrEqual(exact / 100);
    }
  }
}

/** Quantiles by nearest rank of the very durations, sorted. */
async function compareExactly(durations: CheckDurations, all: readonly Seen[], asked: Interval, live: Live) {
  for (const percent of [1, 50, 95]) {
    const found = await durations.quantiles({ checks: CHECKS, ...asked, quantilePpb: percent * 10_000_000 }, live);
    for (const key of new Set(all.map(({ agent, check }) => `${agent} ${check}`))) {
      const { totals } = truth(all, key, asked);
      expect(found.get(key), key).toBe(totals[Math.ceil((totals.length * percent) / 100) - 1]);
    }
  }
}

describe('the durations of checks', () => {
  it('have exact quantiles when every run is looked at, whatever is sealed of it', async () => {
    await fc.assert(
      fc.asyncProperty(observations, shuffle, fc.nat(8), interval, moment, async (all, order, sealed, asked, nowMs) => {
        const store = new SealedInMemory();
        const head = new Head({ journal: store });
        for (const [index, { agent, observations: some }] of deal(all, order).entries()) {
          head.apply(store.append(agent, some));
          if (index < sealed) store.seal(nowMs);
        }
        await compareExactly(new CheckDurations(store), all, asked, { head, nowMs });
        const started = new Head({ journal: store });
        await started.load(store);
        for await (const entry of store.tail(0)) started.apply(entry);
        await compareExactly(new CheckDurations(store), all, asked, { head: started, nowMs });
      }),
      { numRuns: 60 },
    );
  });

  it('are those of every observation within 1 %, and the counts exact, whatever is sealed of it', async () => {
    await fc.assert(
      fc.asyncProperty(observations, shuffle, fc.nat(8), interval, moment, async (all, order, sealed, asked, nowMs) => {
        const store = new SealedInMemory();
        const head = new Head({ journal: store });
        for (const [index, { agent, observations: some }] of deal(all, order).entries()) {
          head.apply(store.append(agent, some));
          if (index < sealed) store.seal(nowMs);
        }
        compare(await new CheckDurations(store).of({ checks: CHECKS, ...asked }, { head, nowMs }), all, asked);
        const started = new Head({ journal: store });
        await started.load(store);
        for await (const entry of store.tail(0)) started.apply(entry);
        compare(await new CheckDurations(store).of({ checks: CHECKS, ...asked }, { head: started, nowMs }), all, asked);
      }),
      { numRuns: 100 },
    );
  });

  it('that were asked for before are still right after more came, sealed or not', async () => {
    await fc.assert(
      fc.asyncProperty(observations, shuffle, fc.nat(8), interval, moment, async (all, order, sealed, asked, nowMs) => {
        const store = new SealedInMemory();
        const head = new Head({ journal: store });
        const durations = new CheckDurations(store);
        const known: Seen[] = [];
        for (const [index, { agent, observations: some }] of deal(all, order).entries()) {
          head.apply(store.append(agent, some));
          known.push(...some.map((one) => ({ ...one, agent })));
          if (index < sealed) store.seal(longAfter(all));
          compare(await durations.of({ checks: CHECKS, ...asked }, { head, nowMs }), known, asked);
          compare(await durations.of({ checks: CHECKS, ...asked }, { head, nowMs }), known, asked);
        }
      }),
      { numRuns: 50 },
    );
  });

  it('of whole days come from the sketches of days, of others from those of hours', async () => {
    const store = new SealedInMemory();
    const head = new Head({ journal: store });
    const dayMs = Math.floor(START_MS / (24 * HOUR_MS)) * 24 * HOUR_MS;
    // A run every ten minutes for four days, each hour another duration.
    const all = Array.from({ length: 4 * 24 * 6 }, (_, index): Seen => {
      const values = { total: 1_000 * (1 + Math.floor(index / 6)) };
      const atMs = dayMs + index * 600_000;
      return { check: 'shop', agent: 'fra', atMs, everyMs: 600_000, outcome: 'up', reason: null, values };
    });
    head.apply(store.append('fra', all));
    const nowMs = longAfter(all);
    store.seal(nowMs);
    expect(store.batches).toBe(0);
    const durations = new CheckDurations(store);
    for (const [fromHour, endHour] of [
      [0, 96],
      [24, 72],
      [3, 5],
      [3, 90],
      [23.5, 49.25],
      [30, 30.5],
      [24, 47],
    ] as const) {
      const asked = { fromMs: dayMs + fromHour * HOUR_MS, toMs: dayMs + endHour * HOUR_MS };
      compare(await durations.of({ checks: ['shop'], ...asked }, { head, nowMs }), all, asked);
    }
  });

  it('of an hour whose stored runs are damaged are read once, not again for every series', async () => {
    const store = new SealedInMemory();
    const head = new Head({ journal: store });
    const hourMs = Math.ceil(START_MS / HOUR_MS) * HOUR_MS;
    const one = { everyMs: 60_000, outcome: 'up', reason: null, values: { total: 5 }, atMs: hourMs + 1_000 } as const;
    for (const check of CHECKS) head.apply(store.append('fra', [{ ...one, check }]));
    const nowMs = hourMs + 100 * HOUR_MS;
    store.seal(nowMs);
    store.database.exec("UPDATE chunks SET body = x'00'");
    const started = new Head({ journal: store });
    await started.load(store);
    const reads = vi.spyOn(store, 'sealedRuns');
    const durations = new CheckDurations(store);
    const asked = { checks: CHECKS, fromMs: hourMs, toMs: hourMs + 60_000 };
    for (let round = 0; round < 3; round++) {
      const found = await durations.of(asked, { head: started, nowMs });
      expect(found.get('fra shop')?.runs).toEqual({ up: 0, down: 0, unknown: 0 });
    }
    expect(reads).toHaveBeenCalledTimes(1);
  });
});
