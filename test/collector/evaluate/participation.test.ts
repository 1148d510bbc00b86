import type { Observation, Outcome } from '@nines/shared/observation.ts';
import { describe, expect, it } from 'vitest';
import { attain } from '../../../collector/src/evaluate/attain.ts';
import { Head } from '../../../collector/src/evaluate/head.ts';
import { periodBetween } from '../../../collector/src/evaluate/judged-period.ts';
import { assignedTimes } from '../../../collector/src/evaluate/participation.ts';
import { thresholdsOf } from '../../../collector/src/evaluate/thresholds.ts';
import type { Interval } from '../../../collector/src/sla/interval.ts';
import type { Objective } from '../../../collector/src/sla/objective.ts';
import type { Quorum } from '../../../collector/src/sla/profile.ts';
import { anObjective, areUp, isFast, seenBy } from '../../support/objectives.ts';
import { START_MS } from './arbitrary-observations.ts';
import { JournalInMemory } from './journal-in-memory.ts';
import type { Assigned } from './oracle.ts';
import { EVERY_MS, planOf } from './plan-of.ts';

const MINUTE_MS = 60_000;
const LAST_HOUR = { period: { kind: 'rolling', lengthMs: 60 * MINUTE_MS }, timeZone: 'UTC' } as const;
const FAST = anObjective(isFast('shop', 1_000), { ...LAST_HOUR, id: 'fast' });

function uptime(quorum: Quorum): Objective {
  return anObjective(areUp('shop'), { ...LAST_HOUR, profile: seenBy(quorum) });
}

/** Runs of the shop from one minute to another, twice a minute. */
function runs(fromMinute: number, toMinute: number, outcome: Outcome = 'up'): Observation[] {
  return Array.from({ length: (toMinute - fromMinute) * 2 }, (_, run) => ({
    check: 'shop',
    atMs: START_MS + fromMinute * MINUTE_MS + run * EVERY_MS,
    everyMs: EVERY_MS,
    outcome,
    reason: outcome === 'up' ? null : 'timeout',
    values: { total: 500 },
  }));
}

const minutes = (fromMinute: number, toMinute = Number.POSITIVE_INFINITY): Interval => ({
  fromMs: START_MS + fromMinute * MINUTE_MS,
  toMs: START_MS + toMinute * MINUTE_MS,
});

interface Given {
  readonly heard: Readonly<Record<string, readonly Observation[]>>;
  readonly assigned: Assigned;
  readonly configured?: readonly string[];
}

/** What an objective says of the first minutes, in minutes or runs. */
async function judged(objective: Objective, length: number, { heard, assigned, configured }: Given) {
  const journal = new JournalInMemory();
  const head = new Head({ journal });
  head.setThresholds(thresholdsOf([FAST]));
  for (const [agent, seen] of Object.entries(heard)) head.apply(journal.append(agent, seen));
  const plan = planOf({ shop: configured ?? Object.keys(assigned) }, { shop: assigned });
  const nowMs = START_MS + 120 * MINUTE_MS;
  const period = periodBetween(objective, minutes(0, length), nowMs);
  const { good, bad, unknown } = await attain(objective, { head, plan, nowMs }, period);
  const unit = objective.indicator.kind === 'latency' ? 1 : MINUTE_MS;
  return { good: good / unit, bad: bad / unit, unknown: unknown / unit };
}

describe('who takes part in a check', () => {
  it('an agent that is assigned and has never spoken is silent, not absent', async () => {
    const heard = { fra: runs(0, 10) };
    const given = { heard, assigned: { fra: [minutes(0)], ams: [minutes(4)] } };
    expect(await judged(uptime('any'), 10, given)).toEqual({ good: 4, bad: 0, unknown: 6 });
    expect(await judged(uptime('all'), 10, given)).toEqual({ good: 10, bad: 0, unknown: 0 });
    // 20 runs of one agent; the other owes two a minute for six minutes.
    expect(await judged(FAST, 10, given)).toEqual({ good: 20, bad: 0, unknown: 12 });
  });

  it('one of two agents cannot declare an outage by majority while the other is silent', async () => {
    const heard = { fra: [...runs(0, 5), ...runs(5, 10, 'down')] };
    const alone = { heard, assigned: { fra: [minutes(0)] } };
    expect(await judged(uptime('majority'), 10, alone)).toEqual({ good: 5, bad: 5, unknown: 0 });
    const ofTwo = { heard, assigned: { fra: [minutes(0)], ams: [minutes(0)] } };
    expect(await judged(uptime('majority'), 10, ofTwo)).toEqual({ good: 5, bad: 0, unknown: 5 });
    const ofThree = { heard, assigned: { ...ofTwo.assigned, nyc: [minutes(0)] } };
    expect(await judged(uptime('majority'), 10, ofThree)).toEqual({ good: 0, bad: 0, unknown: 10 });
  });

  it('an agent added later does not change the past', async () => {
    const heard = { fra: [...runs(0, 5), ...runs(5, 10, 'down'), ...runs(10, 20)] };
    const before = { heard, assigned: { fra: [minutes(0)] } };
    const after = { heard, assigned: { fra: [minutes(0)], ams: [minutes(10)] } };
    for (const objective of [uptime('any'), uptime('majority'), FAST]) {
      expect(await judged(objective, 10, after)).toEqual(await judged(objective, 10, before));
    }
    expect(await judged(uptime('any'), 20, after)).toEqual({ good: 5, bad: 5, unknown: 10 });
  });

  it('an agent that is taken away was nonetheless silent while it was assigned', async () => {
    const heard = { fra: runs(0, 20) };
    const given = { heard, assigned: { fra: [minutes(0)], ams: [minutes(0, 10)] }, configured: ['fra'] };
    expect(await judged(uptime('any'), 20, given)).toEqual({ good: 10, bad: 0, unknown: 10 });
    expect(await judged(FAST, 20, given)).toEqual({ good: 40, bad: 0, unknown: 20 });
  });

  it('an agent does not take part between two assignments but while its last run holds', async () => {
    const heard = { fra: runs(0, 20), ams: [...runs(0, 5), ...runs(15, 20)] };
    const given = { heard, assigned: { fra: [minutes(0)], ams: [minutes(0, 5), minutes(14)] } };
    expect(await judged(uptime('any'), 20, given)).toEqual({ good: 19, bad: 0, unknown: 1 });
    const down = { ...given, heard: { fra: runs(0, 20), ams: runs(0, 5, 'down') } };
    // The run at 4:30 holds two intervals, half a minute longer than the assignment.
    expect(await judged(uptime('any'), 10, down)).toEqual({ good: 4.5, bad: 5.5, unknown: 0 });
  });

  it('an agent that spoke before it was assigned takes part from its first run on', async () => {
    const given = { heard: { fra: runs(0, 10), ams: runs(2, 3) }, assigned: { fra: [minutes(0)], ams: [minutes(8)] } };
    // Known until 2:00, while the other speaks to 3:30, and unknown since.
    expect(await judged(uptime('any'), 10, given)).toEqual({ good: 3.5, bad: 0, unknown: 6.5 });
  });

  it('an agent that nobody assigned takes part from its first run until its last no longer holds', async () => {
    const given = { heard: { fra: runs(0, 10), ams: [...runs(2, 3), ...runs(5, 6)] }, assigned: { fra: [minutes(0)] } };
    // The other is silent from 3:30 to 5:00.
    expect(await judged(uptime('any'), 10, given)).toEqual({ good: 8.5, bad: 0, unknown: 1.5 });
  });

  it('time in which nobody took part is unknown, in runs once for each agent that is configured now', async () => {
    const given = { heard: { fra: runs(5, 10), ams: runs(5, 10) }, assigned: { fra: [minutes(5)], ams: [minutes(5)] } };
    expect(await judged(uptime('majority'), 10, given)).toEqual({ good: 5, bad: 0, unknown: 5 });
    expect(await judged(FAST, 10, given)).toEqual({ good: 20, bad: 0, unknown: 20 });
  });
});

describe('the times of assignments', () => {
  it('are ordered and touch nowhere, whatever clock recorded them; an empty one never was', () => {
    const row = (agent: string, fromMs: number, toMs: number | null) => ({ check: 'shop', agent, fromMs, toMs });
    const rows = [row('fra', 10, 30), row('fra', 20, null), row('fra', 2, 5), row('ams', 7, 7)];
    const times = assignedTimes(rows).get('shop');
    expect([...(times ?? [])]).toEqual([
      [
        'fra',
        [
          { fromMs: 2, toMs: 5 },
          { fromMs: 10, toMs: Number.POSITIVE_INFINITY },
        ],
      ],
    ]);
  });
});
