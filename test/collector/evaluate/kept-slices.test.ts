import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { attain } from '../../../collector/src/evaluate/attain.ts';
import { Head } from '../../../collector/src/evaluate/head.ts';
import { thresholdsOf } from '../../../collector/src/evaluate/thresholds.ts';
import type { Objective } from '../../../collector/src/sla/objective.ts';
import { type Method, PLAIN_PROFILE, type Profile } from '../../../collector/src/sla/profile.ts';
import { anObjective, areUp } from '../../support/objectives.ts';
import { JournalInMemory } from './journal-in-memory.ts';
import { planOf } from './plan-of.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
/** 02:00 in Berlin, in the night in which the clocks are put back. */
const BEGIN_MS = Date.UTC(2026, 9, 25, 0);
const EVERY_MS = 10 * MINUTE_MS;

/** Runs of one agent in a row, now or long ago. */
const runs = fc.record({
  agent: fc.constantFrom('fra', 'ams', 'never-assigned'),
  check: fc.constantFrom('shop', 'mail'),
  agoMs: fc.constantFrom(0, 0, 0, 20 * MINUTE_MS, 3 * HOUR_MS, 31 * HOUR_MS, 40 * HOUR_MS),
  count: fc.integer({ min: 1, max: 9 }),
  everyMs: fc.constantFrom(EVERY_MS, EVERY_MS, EVERY_MS, 2 * EVERY_MS),
  outcome: fc.constantFrom('up' as const, 'up' as const, 'down' as const, 'unknown' as const),
  total: fc.constantFrom(10, 200),
});

const step = fc.record({
  batches: fc.array(runs, { maxLength: 3 }),
  laterMs: fc.constantFrom(1, EVERY_MS, 50 * MINUTE_MS, HOUR_MS, 5 * HOUR_MS, 26 * HOUR_MS),
  isExcluded: fc.constantFrom(false, false, false, true),
  change: fc.constantFrom('none', 'none', 'none', 'plan', 'covered', 'damaged'),
});

const slices = (lengthMs: number, minSamples = 1) => ({ lengthMs, minSamples, empty: 'skipped' }) as const;

const METHODS: readonly Method[] = [
  { kind: 'slices', slice: slices(5 * MINUTE_MS), rule: { kind: 'any' } },
  { kind: 'slices', slice: slices(40 * MINUTE_MS, 2), rule: { kind: 'majority' } },
  { kind: 'slices', slice: slices(7 * HOUR_MS), rule: { kind: 'error_share', atLeastPpb: 300_000_000 } },
  { kind: 'ratio_of_slices', slice: slices(30 * MINUTE_MS) },
  { kind: 'ratio_of_slices', slice: slices(5 * HOUR_MS, 3) },
];

/** Each with a limit of slowness and without, over a calendar's month and a length that rolls on. */
const OBJECTIVES: readonly Objective[] = METHODS.flatMap((method, index) => {
  const slowMicros = index % 2 === 0 ? 100 : null;
  const combination = index === 1 ? ({ kind: 'weighted', weights: [1, 2] } as const) : PLAIN_PROFILE.combination;
  const failure = { ...PLAIN_PROFILE.failure, slowMicros };
  const profile: Profile = { ...PLAIN_PROFILE, method, failure, combination };
  // A month that is young: what was before it is no part of it.
  const effectiveFromMs = BEGIN_MS - 29 * HOUR_MS - 5 * MINUTE_MS;
  return [
    anObjective(areUp('shop', 'mail'), { id: `month-${index}`, profile, effectiveFromMs }),
    anObjective(areUp('shop', 'mail'), {
      id: `rolling-${index}`,
      profile,
      period: { kind: 'rolling', lengthMs: 30 * HOUR_MS },
    }),
  ];
});

describe('slices that are kept', () => {
  it('are those that are made anew, whatever comes late, is damaged, excluded or let go, and however time passes', {
    timeout: 60_000,
  }, async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 2, maxLength: 6 }), async (steps) => {
        const journal = new JournalInMemory();
        const head = new Head({ journal });
        head.setThresholds(thresholdsOf(OBJECTIVES));
        const objectives = OBJECTIVES.map((one) => ({ ...one }));
        let nowMs = BEGIN_MS;
        let plan = planOf({ shop: ['fra', 'ams'], mail: ['fra'] });
        for (const { batches, laterMs, isExcluded, change } of steps) {
          for (const { agent, check, agoMs, count, everyMs, outcome, total } of batches) {
            const reason = outcome === 'up' ? null : 'timeout';
            const row = Array.from({ length: count }, (_, index) => {
              const atMs = nowMs - agoMs - (count - index) * everyMs;
              return { check, atMs, everyMs, outcome, reason, values: outcome === 'up' ? { total } : {} };
            });
            head.apply(journal.append(agent, row, { receivedAtMs: nowMs }));
          }
          nowMs += laterMs;
          if (change === 'plan') plan = planOf({ shop: ['fra'], mail: ['fra', 'ams'] });
          if (change === 'covered') head.setCovered(nowMs - 60 * HOUR_MS);
          if (change === 'damaged') {
            const stretch = { fromMs: nowMs - 4 * HOUR_MS, toMs: nowMs - 3 * HOUR_MS, what: 'a test' };
            head.setDamages([{ agent: 'fra', check: 'shop', ...stretch }]);
          }
          const window = { fromMs: nowMs - 9 * HOUR_MS, toMs: nowMs - 8 * HOUR_MS };
          const applied = isExcluded
            ? [{ ...window, kind: 'approved' as const, id: 'x', reason: 'flood', evidence: 'none' }]
            : [];
          const evaluation = { head, plan, nowMs, exclusions: () => ({ applied, notApplied: [] }) };
          for (const objective of objectives) {
            // Nothing is kept for one that nobody asked about before.
            expect(await attain(objective, evaluation)).toEqual(await attain({ ...objective }, evaluation));
          }
        }
      }),
      { numRuns: 12 },
    );
  });
});
