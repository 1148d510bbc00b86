import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { attain } from '../../../collector/src/evaluate/attain.ts';
import { burnWindows } from '../../../collector/src/evaluate/burn.ts';
import type { EventSupply } from '../../../collector/src/evaluate/evidence.ts';
import { Head } from '../../../collector/src/evaluate/head.ts';
import { RecentEvents } from '../../../collector/src/evaluate/recent-events.ts';
import type { Indicator } from '../../../collector/src/sla/indicator.ts';
import { PLAIN_PROFILE } from '../../../collector/src/sla/profile.ts';
import { arbitraryVersion } from '../../support/arbitrary-events.ts';
import { START_MS } from '../../support/batches.ts';
import { MemoryStore } from '../../support/memory-store.ts';
import { anObjective } from '../../support/objectives.ts';
import { JournalInMemory } from './journal-in-memory.ts';
import { planOf } from './plan-of.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

const always = { kind: 'always' } as const;
const quick = { kind: 'value', name: 'wait', atLeast: null, atMost: 1 } as const;
const done = { kind: 'outcome', in: ['done'] } as const;
const daily = { weekdays: [1, 2, 3, 4, 5, 6, 7], kind: 'weekdays' } as const;
const windows = { days: daily, at: { fromMinute: 1_320, toMinute: 1_800 }, timeZone: 'Europe/Berlin' };
const office = {
  timeZone: 'Europe/Berlin',
  week: Array.from({ length: 7 }, () => [{ fromMinute: 510, toMinute: 1_020 }]),
  holidays: [],
};

/** One of each kind, over what begins and over what ends, by anybody and by those who were to run a check. */
const INDICATORS: readonly Indicator[] = (['begin', 'end'] as const).flatMap((at): Indicator[] => {
  const anybody = { stream: 'calls', checks: [], at } as const;
  const pbx = { stream: 'calls', checks: ['pbx'], at } as const;
  const limits = [{ where: always, withinMs: DAY_MS, hours: office }];
  return [
    { kind: 'event_ratio', source: pbx, valid: always, good: quick },
    { kind: 'event_statistic', source: anybody, valid: done, value: 'wait', statistic: { kind: 'mean' }, atMost: 1 },
    {
      kind: 'event_statistic',
      source: anybody,
      valid: done,
      value: 'length',
      statistic: { kind: 'percentile', ppb: 500_000_000, rank: 'linear' },
      atMost: DAY_MS,
    },
    { kind: 'event_statistic', source: pbx, valid: done, value: 'length', statistic: { kind: 'max' }, atMost: DAY_MS },
    { kind: 'event_count', source: anybody, where: quick, atLeast: 20 },
    { kind: 'duration_target', source: anybody, valid: always, until: 'length', paused: null, limits },
    { kind: 'freshness', source: { ...anybody, at: 'end' }, good: quick, atMostMs: 6 * HOUR_MS },
    { kind: 'scheduled_windows', source: { ...anybody, at: 'end' }, good: quick, windows },
  ];
});

function objectivesOf(indicator: Indicator) {
  const isTime = indicator.kind === 'freshness';
  const profile = isTime ? PLAIN_PROFILE : { ...PLAIN_PROFILE, method: { kind: 'occurrences' } as const };
  const fields = { profile, targetPpb: 800_000_000 };
  const month = { kind: 'calendar', calendar: { unit: 'month' } } as const;
  const rolling = { kind: 'rolling', lengthMs: 40 * HOUR_MS } as const;
  return [
    anObjective(indicator, { ...fields, id: 'month', period: month }),
    anObjective(indicator, { ...fields, id: 'rolling', period: rolling }),
    anObjective(indicator, { ...fields, id: 'office', period: month, calendar: office }),
  ];
}

const step = fc.record({
  versions: fc.array(arbitraryVersion, { maxLength: 3 }),
  /** Until it is asked again. */
  laterMs: fc.constantFrom(1, 60_000, 20 * 60_000, HOUR_MS, 7 * HOUR_MS, 26 * HOUR_MS),
});

describe('figures of events that are followed in memory', () => {
  it.each(INDICATORS.map((indicator) => [indicator.kind, indicator] as const))(
    'are those of the store after whatever comes, in whatever order, and however time passes: %s',
    { timeout: 30_000 },
    async (_kind, indicator) => {
      await fc.assert(
        fc.asyncProperty(fc.array(step, { minLength: 2, maxLength: 9 }), async (steps) => {
          const store = new MemoryStore();
          const recent = new RecentEvents(store);
          const objectives = objectivesOf(indicator);
          const head = new Head({ journal: new JournalInMemory() });
          const plan = planOf({ pbx: ['pbx'] });
          let nowMs = START_MS;
          for (const { versions, laterMs } of steps) {
            const received = { events: versions, receivedAtMs: nowMs };
            recent.note(received, await store.putEvents(received));
            nowMs += laterMs;
            const figures = async (events: EventSupply) => {
              const evaluation = { head, plan, nowMs, events };
              const found = [];
              for (const objective of objectives) {
                const attainment = await attain(objective, evaluation);
                found.push(attainment, { ...attainment.badTime }, await burnWindows(objective, evaluation, attainment));
              }
              return found;
            };
            expect(await figures(recent)).toEqual(await figures(store));
            expect(await figures(recent.held)).toEqual(await figures(store));
          }
        }),
        { numRuns: 12 },
      );
    },
  );
});
