import type { Observation } from '@nines/shared/observation.ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkObservations, type ObservationPoint } from '../../../collector/src/evaluate/check-observations.ts';
import { Head } from '../../../collector/src/evaluate/head.ts';
import { HOUR_MS } from '../../../collector/src/evaluate/hour-counters.ts';
import type { Resolution } from '../../../collector/src/evaluate/resolution.ts';
import { collect } from '../../support/batches.ts';
import { longAfter, SealedInMemory } from '../store/sqlite/sealed-in-memory.ts';
import { deal, observations, START_MS, STEP_MS, STEPS, shuffle } from './arbitrary-observations.ts';
import type { Seen } from './oracle.ts';
import { planOf } from './plan-of.ts';

const AGENTS = ['ams', 'fra', 'nyc'];
const ASKED = { fromMs: START_MS + 50 * STEP_MS, toMs: START_MS + (STEPS - 100) * STEP_MS };

/** What was observed, some of it sealed, as the points of a request. */
async function pointsOf(
  all: readonly Seen[],
  { order, sealed, resolution }: { order: readonly number[]; sealed: number; resolution: Resolution },
): Promise<ObservationPoint[]> {
  const store = new SealedInMemory();
  const head = new Head({ journal: store });
  for (const [index, { agent, observations: some }] of deal(all, order).entries()) {
    head.apply(store.append(agent, some));
    if (index < sealed) store.seal(longAfter(all));
  }
  const evaluation = { head, plan: planOf({ shop: AGENTS }), nowMs: longAfter(all) };
  const request = { check: 'shop', agents: AGENTS, ...ASKED, resolution, value: 'total' };
  return (await collect(checkObservations(request, evaluation))).flat();
}

function asked(all: readonly Seen[]): Seen[] {
  return all.filter(({ check, atMs }) => check === 'shop' && atMs >= ASKED.fromMs && atMs < ASKED.toMs);
}

const text = (agent: string, { atMs, everyMs, outcome, reason, values }: Observation) =>
  JSON.stringify([atMs, agent, everyMs, outcome, reason, values]);

describe('the observations of a check', () => {
  it('come once each, in order, whatever arrived when and whatever is sealed of it', async () => {
    await fc.assert(
      fc.asyncProperty(observations, shuffle, fc.nat(8), async (all, order, sealed) => {
        const points = await pointsOf(all, { order, sealed, resolution: 'raw' });
        const found = points.flatMap((one) => (one.kind === 'run' ? [text(one.agent, one.run)] : []));
        const expected = asked(all).map((one) => text(one.agent, one));
        expect(found.toSorted()).toEqual(expected.toSorted());
        const keys = points.map(({ endMs, agent, kind }) => `${endMs} ${agent} ${kind === 'gap' ? 0 : 1}`);
        expect(keys).toEqual(keys.toSorted());
      }),
      { numRuns: 60 },
    );
  });

  it('leave a gap exactly where none of them speaks', async () => {
    await fc.assert(
      fc.asyncProperty(observations, shuffle, async (all, order) => {
        const points = await pointsOf(all, { order, sealed: 4, resolution: 'raw' });
        for (const agent of AGENTS) {
          const gaps = points.flatMap((one) => (one.kind === 'gap' && one.agent === agent ? [one.gap] : []));
          const ofAgent = all.filter((one) => one.check === 'shop' && one.agent === agent);
          for (let atMs = ASKED.fromMs; atMs < ASKED.toMs; atMs += STEP_MS) {
            // Of an agent's observations the newest speaks, for two of its intervals; of one instant the worst does.
            const newest = ofAgent.filter((one) => one.atMs <= atMs).sort((a, b) => a.atMs - b.atMs);
            const lastMs = newest.at(-1)?.atMs ?? Number.NaN;
            const speaks = newest.some((one) => one.atMs === lastMs && atMs < one.atMs + 2 * one.everyMs);
            expect(gaps.some(({ fromMs, toMs }) => atMs >= fromMs && atMs < toMs)).toBe(!speaks);
          }
        }
      }),
      { numRuns: 40 },
    );
  });

  it('are counted once each in their bucket', async () => {
    await fc.assert(
      fc.asyncProperty(
        observations,
        shuffle,
        fc.nat(8),
        fc.constantFrom('minute' as const, 'hour' as const, 'day' as const),
        async (all, order, sealed, resolution) => {
          const points = await pointsOf(all, { order, sealed, resolution });
          for (const { agent, outcome } of AGENTS.flatMap((one) =>
            (['up', 'down', 'unknown'] as const).map((kind) => ({ agent: one, outcome: kind })),
          )) {
            for (const point of points) {
              if (point.kind !== 'bucket' || point.agent !== agent) continue;
              const { fromMs, toMs, runs } = point.bucket;
              const inside = asked(all).filter((one) => one.agent === agent && one.atMs >= fromMs && one.atMs < toMs);
              expect(runs[outcome]).toBe(inside.filter((one) => one.outcome === outcome).length);
            }
          }
          const counted = points.map((one) =>
            one.kind === 'bucket' ? one.bucket.runs : { up: 0, down: 0, unknown: 0 },
          );
          expect(counted.reduce((sum, { up, down, unknown }) => sum + up + down + unknown, 0)).toBe(asked(all).length);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('of years before the first one are a single gap', async () => {
    const store = new SealedInMemory();
    const head = new Head({ journal: store });
    const one = { check: 'shop', everyMs: 60_000, outcome: 'up', reason: null, values: { total: 5 } } as const;
    head.apply(store.append('fra', [{ ...one, atMs: START_MS }]));
    const evaluation = { head, plan: planOf({ shop: ['fra'] }), nowMs: START_MS + HOUR_MS };
    const request = {
      check: 'shop',
      agents: ['fra'],
      fromMs: 0,
      toMs: START_MS + 1,
      resolution: 'hour',
      value: 'total',
    } as const;
    const points = (await collect(checkObservations(request, evaluation))).flat();
    expect(points.map(({ kind, endMs }) => [kind, endMs])).toEqual([
      ['gap', Math.floor(START_MS / HOUR_MS) * HOUR_MS],
      ['bucket', START_MS + 1],
    ]);
  });
});
