import { describe, expect, it } from 'vitest';
import { attain } from '../../../collector/src/evaluate/attain.ts';
import { Head } from '../../../collector/src/evaluate/head.ts';
import { periodBetween, periodOf } from '../../../collector/src/evaluate/judged-period.ts';
import type { Objective } from '../../../collector/src/sla/objective.ts';
import { MemoryStore } from '../../support/memory-store.ts';
import { loadYaml } from '../../support/nines-file.ts';
import { JournalInMemory } from './journal-in-memory.ts';
import { planOf } from './plan-of.ts';

/** Marketing owes 4 qualified leads a month, and from 16 October on 8: October has 31 days of 24 hours in UTC. */
const [first, second] = loadYaml(`
customers: [{ id: sales }]
contracts:
  - id: leads
    customer: sales
    objectives: [{ id: leads, indicator: { kind: event_count, stream: leads, where: { labels: { quality: qualified } }, at_least: 4 }, target: "100", period: calendar_month }]
  - id: leads
    version: 2
    customer: sales
    effective: { from: 2026-10-17 }
    objectives: [{ id: leads, indicator: { kind: event_count, stream: leads, where: { labels: { quality: qualified } }, at_least: 8 }, target: "100", period: calendar_month }]
`).objectives;

const october = (day: number) => Date.UTC(2026, 9, day, 12);

async function attained(objective: Objective | undefined, days: readonly number[], name: string, nowMs: number) {
  if (objective === undefined) throw new Error('no such objective');
  const events = new MemoryStore();
  const leads = days.map((day) => ({
    stream: 'leads',
    id: `lead-${day}`,
    agent: 'crm',
    revision: 1,
    atMs: october(day),
    endedAtMs: october(day) + 1,
    outcome: 'done',
    labels: { quality: 'qualified' },
    values: {},
  }));
  await events.putEvents({ events: leads, receivedAtMs: nowMs });
  const evaluation = { head: new Head({ journal: new JournalInMemory() }), plan: planOf({}), nowMs, events };
  const period = periodOf(objective, name, nowMs) ?? periodBetween(objective, { fromMs: 0, toMs: 1 }, nowMs);
  return attain(objective, evaluation, period);
}

describe('a promised number of events', () => {
  const afterwards = Date.UTC(2026, 10, 20);

  it('may still be reached while the month runs, and is breached when it was not', async () => {
    const september = Date.UTC(2026, 8, 20);
    expect(await attained(first, [], '2026-09', september)).toMatchObject({ good: 0, bad: 0, verdict: 'inconclusive' });
    expect(await attained(first, [], '2026-09', afterwards)).toMatchObject({ good: 0, bad: 4, verdict: 'breached' });
  });

  it('of a month in which the contract changes is due in parts, each in proportion to its days', async () => {
    // 16 of 31 days at 4 a month: 2.06; 15 of 31 at 8: 3.87.
    const leads = [1, 2, 20, 21, 22];
    expect(await attained(first, leads, '2026-10', afterwards)).toMatchObject({
      unit: 'events',
      good: 2,
      verdict: 'met',
    });
    expect(await attained(second, leads, '2026-10', afterwards)).toMatchObject({ good: 3, bad: 0, verdict: 'met' });
    expect(await attained(second, [20, 21], '2026-10', afterwards)).toMatchObject({
      good: 2,
      bad: 1,
      verdict: 'breached',
    });
  });
});
