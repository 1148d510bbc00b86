import type { Observation } from '@nines/shared/observation.ts';
import { describe, expect, it } from 'vitest';
import { attain } from '../../../collector/src/evaluate/attain.ts';
import { Head } from '../../../collector/src/evaluate/head.ts';
import { periodBetween } from '../../../collector/src/evaluate/judged-period.ts';
import { randomFrom } from '../../e2e/seeded-random.ts';
import { badTime, type Pages, replay, someRuns } from '../../support/burn-replay.ts';
import { INTERVALS_MS, TROUBLES, type Trouble, WORLD } from '../../support/burn-world.ts';
import { anObjective, areUp } from '../../support/objectives.ts';
import { JournalInMemory } from '../evaluate/journal-in-memory.ts';
import { planOf } from '../evaluate/plan-of.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** When each was called, ms after trouble began, once for each of some random instants. */
function called({ lengthMs, share }: Trouble, everyMs: number, trials: number) {
  return Array.from({ length: trials }, (_, trial): Pages => {
    const random = randomFrom(trial + 1);
    const beginMs = Math.floor((4 + 4 * random()) * HOUR_MS);
    const failing = (atMs: number) => (atMs >= beginMs && atMs < beginMs + lengthMs ? share : 0);
    const pages = replay(someRuns({ days: 0.5, everyMs }, failing, random), WORLD);
    const after = (times: readonly number[]) => times.map((atMs) => atMs - beginMs);
    return { burning: after(pages.burning), down: after(pages.down), sloth: after(pages.sloth) };
  });
}

function trouble(name: string): Trouble {
  const found = TROUBLES.find((one) => one.name === name);
  if (found === undefined) throw new Error(`no trouble ${name}`);
  return found;
}

describe('burn-rate alerts on replayed runs', () => {
  it.each(INTERVALS_MS)(
    'an outage of 30 min calls once each, the budget within three runs and two looks (%i ms)',
    (everyMs) => {
      // 14.4 times over an hour is 51.84 s of it; and three runs have to have failed before anything is a trend.
      const limitMs = Math.max(51_840, 3 * everyMs) + everyMs + 2 * 15_000;
      for (const { burning, down } of called(trouble('outage of 30 min'), everyMs, 2)) {
        expect(burning).toHaveLength(1);
        expect(burning[0]).toBeLessThanOrEqual(limitMs);
        expect(down).toHaveLength(1);
        // A minute after the first failed run.
        expect(down[0]).toBeLessThanOrEqual(MINUTE_MS + everyMs + 15_000);
      }
    },
  );

  it('a minute of outage burns no budget worth a call when probes are too rare to know', () => {
    const pages = called(trouble('outage of 1 min'), 60_000, 3);
    expect(pages.flatMap(({ burning }) => burning)).toEqual([]);
    // The count of runs alone has one of sixty wrong, which is 1.7 % and more than 1.44 %: sloth calls by one lost run.
    expect(pages.every(({ sloth }) => sloth.length > 0)).toBe(true);
  });

  it('5 % of errors are called within two hours however often it is probed', () => {
    for (const everyMs of INTERVALS_MS) {
      for (const { burning } of called(trouble('5 % of runs fail for 12 h'), everyMs, 1)) {
        expect(burning[0]).toBeLessThanOrEqual(2 * HOUR_MS);
      }
    }
  });

  it('single lost runs call nobody, where one in sixty calls by counting runs', () => {
    const runs = someRuns({ days: 7, everyMs: 60_000 }, () => 0.00025, randomFrom(7));
    const { burning, down, sloth } = replay(runs, WORLD);
    expect([burning, down]).toEqual([[], []]);
    expect(sloth.length).toBeGreaterThan(0);
  });

  it('the replay counts bad time as the collector does', async () => {
    const everyMs = 30_000;
    const runs = someRuns({ days: 0.25, everyMs }, () => 0.1, randomFrom(3));
    const observations = [...runs.failed].map((failed, index): Observation => {
      const outcome = failed === 1 ? 'down' : 'up';
      return {
        check: 'shop',
        atMs: index * everyMs,
        everyMs,
        outcome,
        reason: failed === 1 ? 'timeout' : null,
        values: {},
      };
    });
    const journal = new JournalInMemory();
    const head = new Head({ journal });
    head.apply(journal.append('web03', observations));
    const objective = anObjective(areUp('shop'));
    for (const nowMs of [HOUR_MS, 2 * HOUR_MS + 7_000, 5 * HOUR_MS + 29_999]) {
      for (const lengthMs of [5 * MINUTE_MS, 30 * MINUTE_MS, HOUR_MS]) {
        const interval = { fromMs: nowMs - lengthMs, toMs: nowMs };
        const evaluation = { head, plan: planOf({ shop: ['web03'] }), nowMs };
        const { bad } = await attain(objective, evaluation, periodBetween(objective, interval, nowMs));
        expect(badTime(runs, interval)).toBe(bad);
      }
    }
  });
});
