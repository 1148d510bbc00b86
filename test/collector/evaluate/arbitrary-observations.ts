import fc from 'fast-check';
import type { Interval } from '../../../collector/src/sla/interval.ts';
import type { Assigned, Seen } from './oracle.ts';

/** Every instant and interval is a multiple of this, so that looking every step is exact. */
export const STEP_MS = 20_000;
/** Not on an hour: 02:40 UTC on the last day of summer time in Europe. */
export const START_MS = Date.UTC(2026, 9, 24, 21, 40);
export const STEPS = 900;

const identity = ({ check, agent, atMs }: Seen) => `${check} ${agent} ${atMs}`;

/** A series as a healthy agent makes it: at its interval, nearly always the same outcome, here and there a gap. */
const regular = fc
  .record({
    agent: fc.constantFrom('fra', 'ams', 'nyc'),
    first: fc.integer({ min: 0, max: STEPS / 2 }),
    everySteps: fc.constantFrom(3, 15),
    runs: fc.integer({ min: 5, max: 30 }),
    outcome: fc.constantFrom('up' as const, 'up' as const, 'down' as const),
    left: fc.array(fc.integer({ min: 0, max: 30 }), { maxLength: 4 }),
  })
  .map(({ agent, first, everySteps, runs, outcome, left }) =>
    Array.from({ length: runs }, (_, run): Seen | null => {
      const step = first + run * everySteps;
      if (step >= STEPS || left.includes(run)) return null;
      return {
        check: 'shop',
        agent,
        atMs: START_MS + step * STEP_MS,
        everyMs: everySteps * STEP_MS,
        outcome,
        reason: outcome === 'up' ? null : 'timeout',
        values: run % 3 === 0 ? {} : { total: (run % 5) * 200_000 },
      };
    }).filter((one) => one !== null),
  );

/** Any observations at all. */
const scattered = fc
  .uniqueArray(
    fc.record({
      check: fc.constantFrom('shop', 'mail'),
      agent: fc.constantFrom('fra', 'ams', 'nyc'),
      step: fc.integer({ min: 0, max: STEPS - 1 }),
      everySteps: fc.constantFrom(3, 15, 15, 45),
      outcome: fc.constantFrom('up' as const, 'up' as const, 'down' as const, 'unknown' as const),
      reason: fc.constantFrom('timeout', 'http-status'),
      total: fc.option(fc.integer({ min: 0, max: 1_000 })),
    }),
    { selector: ({ check, agent, step }) => `${check} ${agent} ${step}`, minLength: 1, maxLength: 40 },
  )
  .map((found) =>
    found.map(
      ({ check, agent, step, everySteps, outcome, reason, total }): Seen => ({
        check,
        agent,
        atMs: START_MS + step * STEP_MS,
        everyMs: everySteps * STEP_MS,
        outcome,
        reason: outcome === 'up' ? null : reason,
        values: total === null ? {} : { total: total * 1_000 },
      }),
    ),
  );

/** Observations of a few series over five hours: gaps, changes of interval, every outcome; one an instant and series. */
export const observations = fc.tuple(fc.array(regular, { maxLength: 3 }), scattered).map(([regulars, others]) => {
  const all = new Map([...regulars.flat(), ...others].map((one) => [identity(one), one]));
  return [...all.values()];
});

const times = fc.uniqueArray(fc.integer({ min: -60, max: STEPS + 30 }), { maxLength: 5 }).map((steps): Interval[] => {
  const instants = steps.toSorted((a, b) => a - b).map((step) => START_MS + step * STEP_MS);
  return instants.flatMap((fromMs, index) =>
    index % 2 === 0 ? [{ fromMs, toMs: instants[index + 1] ?? Number.POSITIVE_INFINITY }] : [],
  );
});

/** When agents were assigned a check: never, once for all, on and off; `tyo` never says a word. */
export const assigned: fc.Arbitrary<Assigned> = fc
  .record({ fra: times, ams: times, nyc: times, tyo: times })
  .map((all) => Object.fromEntries(Object.entries(all).filter(([, one]) => one.length > 0)));

/** Deals the observations out into batches of one agent each, in an order that has nothing to do with time. */
export function deal(all: readonly Seen[], shuffle: readonly number[]): { agent: string; observations: Seen[] }[] {
  const order = (index: number) => shuffle[index % shuffle.length] ?? 0;
  const shuffled = all.map((one, index) => ({ one, at: order(index) * 1_000 + index })).sort((a, b) => a.at - b.at);
  const batches = new Map<string, { agent: string; observations: Seen[] }>();
  for (const [index, { one, at }] of shuffled.entries()) {
    const key = `${one.agent} ${Math.floor((index + (at % 7)) / 5)}`;
    const batch = batches.get(key) ?? { agent: one.agent, observations: [] };
    batches.set(key, batch);
    batch.observations.push(one);
  }
  return [...batches.values()];
}

export const shuffle = fc.array(fc.integer({ min: 0, max: 99 }), { minLength: 1, maxLength: 60 });
