import { describe, expect, it } from 'vitest';
import { httpTarget } from '../support/probe-targets/http-targets.ts';
import { eventually } from '../support/programs.ts';
import { Deployment, type StoredRun } from './deployment.ts';
import { keyOf, missingOf } from './reconcile.ts';

const EVERY_MS = 200;
const CHECKS = ['basket', 'home', 'search'];
const LABELS = '{agent="fra",location="fra"}';

describe('a spool that is full', () => {
  it('loses the oldest, says how many, and their time is unknown', { timeout: 90_000 }, async () => {
    const target = await httpTarget((_, response) => response.end('hello'));
    const deployment = await Deployment.create({
      agents: ['fra'],
      checks: CHECKS.map((id) => ({ id, every: `${EVERY_MS}ms`, probe: { type: 'http', url: target.url } })),
    });
    const before = await deployment.startCollector();
    const settings = { spool: { directory: 'spool-fra', max_size: '5KiB' } };
    const agent = await deployment.startAgent('fra', { settings });
    await eventually('something is stored', async () => (await deployment.stored()).length > 10);
    expect(await before.stop()).toEqual({ code: 0, signal: null });
    const dropped = 'nines_agent_dropped_observations_total';
    await eventually('the agent drops', async () => ((await deployment.agentMetric('fra', dropped)) ?? 0) > 30);
    await deployment.startCollector();
    await eventually('the rest is delivered', () => deployment.hasDelivered('fra'));
    const lost = (await deployment.agentMetric('fra', dropped)) ?? 0;
    const shown = `nines_agent_spool_dropped_observations_total${LABELS}`;
    await eventually('the collector shows it', async () => (await deployment.metric(shown)) === lost);
    expect(await agent.stop()).toEqual({ code: 0, signal: null });
    await target.close();

    const stored = await deployment.stored();
    const recorded = deployment.recorded('fra');
    expect(missingOf(recorded, stored)).toHaveLength(lost);
    const isStored = new Set(stored.map(keyOf));
    expect(stored).toHaveLength(isStored.size);
    for (const check of CHECKS) {
      const own = recorded.filter((run) => run.check === check);
      // One gap, as only the oldest of those that waited went: stored, then lost, then stored again.
      expect(changes(own.map((run) => isStored.has(keyOf(run))))).toEqual([true, false, true]);
      const [fromMs, toMs] = [own[0]?.atMs ?? 0, own.at(-1)?.atMs ?? 0];
      const expected = timeBySpeaker(stored.filter((run) => run.check === check));
      expect(expected.unknown).toBeGreaterThan(1_000);
      expect(await deployment.attainment(check, fromMs, toMs)).toEqual(expected);
    }
  });
});

/** `[a, a, b, a]` → `[a, b, a]`. */
function changes<Value>(values: readonly Value[]): Value[] {
  return values.filter((value, index) => value !== values[index - 1]);
}

/**
 * The time from the first to the last of a check's observations by what they say: each speaks until the next one, for
 * at most two intervals, and what is left is unknown. A machine under load may well miss a deadline, so not all are up.
 */
function timeBySpeaker(runs: readonly StoredRun[]): { good: number; bad: number; unknown: number } {
  const sums = { good: 0, bad: 0, unknown: 0 };
  const inOrder = runs.toSorted((a, b) => a.atMs - b.atMs);
  for (const [index, { atMs, outcome }] of inOrder.entries()) {
    const untilMs = inOrder[index + 1]?.atMs ?? atMs;
    const spokenMs = Math.min(untilMs - atMs, 2 * EVERY_MS);
    sums[WORDS[outcome] ?? 'unknown'] += spokenMs;
    sums.unknown += untilMs - atMs - spokenMs;
  }
  return sums;
}

const WORDS: Readonly<Record<string, 'good' | 'bad'>> = { up: 'good', down: 'bad' };
