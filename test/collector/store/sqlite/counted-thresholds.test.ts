import { expect, it } from 'vitest';
import { attain } from '../../../../collector/src/evaluate/attain.ts';
import { CountedThresholds } from '../../../../collector/src/evaluate/counted-thresholds.ts';
import { Head } from '../../../../collector/src/evaluate/head.ts';
import { periodBetween } from '../../../../collector/src/evaluate/judged-period.ts';
import { thresholdsOf } from '../../../../collector/src/evaluate/thresholds.ts';
import { anObjective, isFast } from '../../../support/objectives.ts';
import { SealedInMemory } from './sealed-in-memory.ts';

const WEEK_MS = 7 * 86_400_000;
const EVERY_MS = 86_400_000;
const FROM_MS = 2_960 * WEEK_MS;
const WEEKS = 60;
const TO_MS = FROM_MS + WEEKS * WEEK_MS;

const FAST = anObjective(isFast('shop', 500_000), { id: 'fast', timeZone: 'UTC' });
const PLAN = {
  agentsOf: () => ['fra'],
  assignedTimesOf: () => new Map(),
  locationOf: (agent: string) => agent,
  everyMsOf: () => EVERY_MS,
};

it('a new threshold is counted behind the back of a reload: what needs it is inconclusive until then, and exact after', async () => {
  const store = new SealedInMemory();
  for (let atMs = FROM_MS; atMs < TO_MS; atMs += EVERY_MS) {
    const values = { total: 400_000 };
    store.append('fra', [{ check: 'shop', atMs, everyMs: EVERY_MS, outcome: 'up', reason: null, values }]);
  }
  store.seal(TO_MS + WEEK_MS);
  const head = new Head({ journal: store });
  await head.load(store);
  const told: string[] = [];
  const left: number[] = [];
  const thresholds = new CountedThresholds({
    store: { prepareThresholds: async (wanted) => store.prepareThresholds(wanted), holdStill: store.holdStill },
    head,
    log: { info: (...said: unknown[]) => void told.push(String(said.at(-1))) },
    onProgress: (weeks) => left.push(weeks),
    onCounted: () => told.push('figures are made anew'),
  });
  const figures = () =>
    attain(FAST, { head, plan: PLAN, nowMs: TO_MS }, periodBetween(FAST, { fromMs: FROM_MS, toMs: TO_MS }, TO_MS));
  await thresholds.want([]);
  await thresholds.want(thresholdsOf([FAST]));
  expect(await figures()).toMatchObject({ verdict: 'inconclusive', good: 0, bad: 0 });
  expect(left.at(-1)).toBe(WEEKS);
  while (store.step(TO_MS + WEEK_MS)) await thresholds.follow();
  await thresholds.follow();
  expect(left.slice(-2)).toEqual([10, 0]);
  expect(await figures()).toMatchObject({ verdict: 'met', bad: 0, unknown: 0 });
  expect(told.filter((line) => line.startsWith('past of'))).toEqual([
    'past of new thresholds is being counted',
    'past of new thresholds is being counted',
    'past of new thresholds is counted',
  ]);
  expect(told.at(-1)).toBe('figures are made anew');
});
