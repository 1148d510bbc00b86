import { describe, expect, it } from 'vitest';
import { httpTarget } from '../support/probe-targets/http-targets.ts';
import { eventually } from '../support/programs.ts';
import { Deployment, type RecordedRun } from './deployment.ts';
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
      const unknown = silentMs(own.filter((run) => isStored.has(keyOf(run))));
      expect(unknown).toBeGreaterThan(1_000);
      expect(await deployment.attainment(check, fromMs, toMs)).toEqual({
        good: toMs - fromMs - unknown,
        bad: 0,
        unknown,
      });
    }
  });
});

/** `[a, a, b, a]` → `[a, b, a]`. */
function changes<Value>(values: readonly Value[]): Value[] {
  return values.filter((value, index) => value !== values[index - 1]);
}

/** Time for which no observation speaks: each does so until the next one, for at most two intervals. */
function silentMs(runs: readonly RecordedRun[]): number {
  const instants = runs.map(({ atMs }) => atMs).toSorted((a, b) => a - b);
  return instants.reduce((sum, atMs, index) => {
    const lengthMs = atMs - (instants[index - 1] ?? atMs);
    return sum + Math.max(0, lengthMs - 2 * EVERY_MS);
  }, 0);
}
