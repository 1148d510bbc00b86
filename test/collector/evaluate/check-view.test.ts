import type { Observation, Outcome } from '@nines/shared/observation.ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkLatency, checkState } from '../../../collector/src/evaluate/check-view.ts';
import { Head } from '../../../collector/src/evaluate/head.ts';
import { assigned, deal, observations, START_MS, STEP_MS, STEPS, shuffle } from './arbitrary-observations.ts';
import { JournalInMemory } from './journal-in-memory.ts';
import { timeByLooking, voted, votesAt } from './oracle.ts';
import { planOf } from './plan-of.ts';

const NOW_MS = Date.UTC(2026, 10, 3, 12, 10);
const QUARTER_MS = 900_000;
const DAY_MS = 86_400_000;
/** Nobody was assigned the checks: who is heard takes part. */
const plan = {
  agentsOf: () => ['fra', 'ams', 'nyc'],
  assignedTimesOf: () => new Map(),
  locationOf: (agent: string) => agent,
  everyMsOf: () => 30_000,
};

function run(atMs: number, outcome: Outcome = 'up', values: Record<string, number> = { total: 100 }): Observation {
  return { check: 'shop', atMs, everyMs: 30_000, outcome, reason: outcome === 'up' ? null : 'timeout', values };
}

function headOf(batches: readonly (readonly [agent: string, observations: readonly Observation[]])[]): Head {
  const journal = new JournalInMemory();
  const head = new Head({ journal });
  for (const [agent, seen] of batches) head.apply(journal.append(agent, seen));
  return head;
}

describe('the state of a check', () => {
  it('is what its agents last said, by a majority, each with its own view', () => {
    const head = headOf([
      ['fra', [run(NOW_MS - 20_000, 'down')]],
      ['ams', [run(NOW_MS - 10_000)]],
      ['nyc', [run(NOW_MS, 'down')]],
    ]);
    const state = checkState('shop', { head, plan, nowMs: NOW_MS });
    expect(state).toMatchObject({ state: { outcome: 'down', reason: 'timeout' }, sinceMs: NOW_MS });
    expect(state.agents.map(({ agent, state: own }) => [agent, own.outcome])).toEqual([
      ['fra', 'down'],
      ['ams', 'up'],
      ['nyc', 'down'],
    ]);
    expect(state.agents[0]?.last).toEqual(run(NOW_MS - 20_000, 'down'));
  });

  it('is unknown when the last observation no longer holds, and for a check nobody ran', () => {
    const head = headOf([['fra', [run(NOW_MS - 60_000)]]]);
    expect(checkState('shop', { head, plan, nowMs: NOW_MS - 1 }).state.outcome).toBe('up');
    const silent = { outcome: 'unknown', reason: 'no-observation' };
    expect(checkState('shop', { head, plan, nowMs: NOW_MS }).state).toEqual(silent);
    expect(checkState('blog', { head, plan, nowMs: NOW_MS })).toMatchObject({ state: silent, agents: [] });
  });

  it('is unknown since its assignment for an agent that was never heard, which has a view of its own', () => {
    const assignedMs = NOW_MS - 3_600_000;
    const silent = planOf(
      { shop: ['fra'] },
      { shop: { fra: [{ fromMs: assignedMs, toMs: Number.POSITIVE_INFINITY }] } },
    );
    expect(checkState('shop', { head: headOf([]), plan: silent, nowMs: NOW_MS })).toMatchObject({
      state: { outcome: 'unknown', reason: 'no-observation' },
      sinceMs: assignedMs,
      agents: [{ agent: 'fra', isConfigured: true, state: { outcome: 'unknown' }, last: null }],
    });
  });

  it('says since when, however long ago that was', () => {
    const daily = Array.from({ length: 3 * 2_880 }, (_, index) => run(NOW_MS - index * 30_000)).reverse();
    expect(checkState('shop', { head: headOf([['fra', daily]]), plan, nowMs: NOW_MS }).sinceMs).toBe(
      NOW_MS - (3 * 2_880 - 1) * 30_000,
    );
    const head = headOf([['fra', [run(NOW_MS - 90_000, 'down'), run(NOW_MS - 60_000), run(NOW_MS - 30_000)]]]);
    expect(checkState('shop', { head, plan, nowMs: NOW_MS - 10_000 }).sinceMs).toBe(NOW_MS - 60_000);
  });
});

describe('the strip of the last day', () => {
  it.each([0, 1, QUARTER_MS - 1, QUARTER_MS / 2])(
    'has 96 cells that end at or after now, %d ms into a quarter',
    (into) => {
      const nowMs = Math.floor(NOW_MS / QUARTER_MS) * QUARTER_MS + into;
      const head = headOf([['fra', [run(nowMs - 2 * DAY_MS), run(nowMs - 1)]]]);
      const { strip } = checkState('shop', { head, plan, nowMs });
      expect(strip).toHaveLength(96);
      expect(strip.at(-1)?.toMs).toBeGreaterThanOrEqual(nowMs);
      expect((strip.at(-1)?.toMs ?? 0) - nowMs).toBeLessThan(QUARTER_MS);
      expect(strip.every((cell, index) => index === 0 || cell.fromMs === strip[index - 1]?.toMs)).toBe(true);
      const total = strip.reduce((sum, { upMs, downMs, unknownMs }) => sum + upMs + downMs + unknownMs, 0);
      expect(total).toBe(nowMs - (strip[0]?.fromMs ?? 0));
      expect(strip.at(-1)).toMatchObject({ upMs: 1, downMs: 0 });
    },
  );

  it.each([
    [1, 3_000],
    [95 * 3_000, 3_000],
    [95 * 3_000 + 1, 6_000],
    [95 * QUARTER_MS + 1, QUARTER_MS],
    [30 * DAY_MS, QUARTER_MS],
  ])('has shorter cells for a check that is only %d ms old: %d ms', (ageMs, cellMs) => {
    const { strip } = checkState('shop', { head: headOf([['fra', [run(NOW_MS - ageMs)]]]), plan, nowMs: NOW_MS });
    expect(strip).toHaveLength(96);
    expect((strip[0]?.toMs ?? 0) - (strip[0]?.fromMs ?? 0)).toBe(cellMs);
  });

  it('tells in every cell what looking at every instant tells', async () => {
    await fc.assert(
      fc.asyncProperty(observations, shuffle, assigned, async (all, order, shop) => {
        const journal = new JournalInMemory();
        const head = new Head({ journal });
        for (const batch of deal(all, order)) head.apply(journal.append(batch.agent, batch.observations));
        await head.settle();
        const { strip } = checkState('shop', {
          head,
          plan: planOf({ shop: ['fra'] }, { shop }),
          nowMs: START_MS + STEPS * STEP_MS,
        });
        const seen = all.filter((one) => one.check === 'shop');
        const stateAt = (atMs: number) => voted(votesAt(seen, atMs, shop), 'majority');
        for (const { fromMs, toMs, upMs, downMs, unknownMs, worst } of strip.slice(-22)) {
          const end = Math.min(toMs, START_MS + STEPS * STEP_MS);
          // Cells that the steps do not divide are looked at each second.
          const stepMs = (toMs - fromMs) % STEP_MS === 0 ? STEP_MS : 1_000;
          const { up, down, unknown } = timeByLooking(stateAt, { fromMs, toMs: end, stepMs });
          expect({ upMs, downMs, unknownMs }).toEqual({ upMs: up, downMs: down, unknownMs: unknown });
          expect(worst).toBe(down > 0 ? 'down' : unknown > 0 ? 'unknown' : 'up');
        }
      }),
      { numRuns: 25 },
    );
  });
});

describe('the latency of the last day', () => {
  it('is least, mean and greatest of every five minutes, over all agents and phases, of the runs that were up', () => {
    const cellMs = NOW_MS - 300_000;
    const head = headOf([
      ['ams', [run(NOW_MS - 3 * DAY_MS)]],
      [
        'fra',
        [run(cellMs, 'up', { total: 100, connect: 7 }), run(cellMs + 299_999, 'down', { total: 400, connect: 3 })],
      ],
      ['ams', [run(cellMs + 30_000, 'up', { total: 101 }), run(NOW_MS, 'up', { total: 9 })]],
    ]);
    expect(checkLatency('shop', { head, plan, nowMs: NOW_MS })).toEqual([
      {
        value: 'total',
        cellMs: 300_000,
        cells: [
          // (100 + 101) / 2 = 100.5; the failed run is left out.
          { fromMs: cellMs, count: 2, minMicros: 100, meanMicros: 101, maxMicros: 101 },
          { fromMs: NOW_MS, count: 1, minMicros: 9, meanMicros: 9, maxMicros: 9 },
        ],
      },
      {
        value: 'connect',
        cellMs: 300_000,
        cells: [{ fromMs: cellMs, count: 1, minMicros: 7, meanMicros: 7, maxMicros: 7 }],
      },
    ]);
  });

  it('reaches a day back and no further', () => {
    const head = headOf([['fra', [run(NOW_MS - DAY_MS - 1), run(NOW_MS - DAY_MS), run(NOW_MS)]]]);
    const [total] = checkLatency('shop', { head, plan, nowMs: NOW_MS });
    expect(total?.cells.map((cell) => cell.fromMs)).toEqual([NOW_MS - DAY_MS, NOW_MS]);
  });
});
