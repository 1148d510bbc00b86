import type { Observation } from '@nines/shared/observation.ts';
import { expect, it } from 'vitest';
import { attain } from '../../../collector/src/evaluate/attain.ts';
import { Head } from '../../../collector/src/evaluate/head.ts';
import { periodBetween } from '../../../collector/src/evaluate/judged-period.ts';
import { thresholdsOf } from '../../../collector/src/evaluate/thresholds.ts';
import { anObjective, isFast } from '../../support/objectives.ts';
import { START_MS } from './arbitrary-observations.ts';
import { JournalInMemory } from './journal-in-memory.ts';
import { planOf } from './plan-of.ts';

const HOUR_MS = 3_600_000;

function runs(fromMs: number, count: number, everyMs: number): Observation[] {
  return Array.from({ length: count }, (_, run) => ({
    check: 'shop',
    atMs: fromMs + run * everyMs,
    everyMs,
    outcome: 'up',
    reason: null,
    values: { total: 100_000 },
  }));
}

it('runs that are missing are counted at the interval at which they were due, not at a later one', async () => {
  const fast = anObjective(isFast('shop', 500_000));
  const journal = new JournalInMemory();
  const head = new Head({ journal });
  head.setThresholds(thresholdsOf([fast]));
  head.apply(journal.append('fra', runs(START_MS, 120, 30_000)));
  head.apply(journal.append('fra', runs(START_MS + 2 * HOUR_MS, 12, 300_000)));
  const nowMs = START_MS + 3 * HOUR_MS;
  const evaluation = { head, plan: planOf({ shop: ['fra'] }), nowMs };
  const attained = await attain(fast, evaluation, periodBetween(fast, { fromMs: START_MS, toMs: nowMs }, nowMs));
  // The last run before the gap speaks for half a minute of the hour: 3 570 s are 119 runs of 30 s; of 300 s they were 12.
  expect(attained).toMatchObject({ good: 132, unknown: 119 });
});
