import { describe, expect, it } from 'vitest';
import { attain } from '../../../collector/src/evaluate/attain.ts';
import { Head } from '../../../collector/src/evaluate/head.ts';
import { periodOf } from '../../../collector/src/evaluate/judged-period.ts';
import { MemoryStore } from '../../support/memory-store.ts';
import { loadYaml } from '../../support/nines-file.ts';
import { JournalInMemory } from './journal-in-memory.ts';
import { planOf } from './plan-of.ts';

const { objectives } = loadYaml(`
customers: [{ id: acme }]
contracts:
  - id: support
    customer: acme
    objectives:
      - { id: ratio, indicator: { kind: event_ratio, stream: calls, good: { outcome: [answered] } }, target: "80", period: calendar_month }
      - { id: speed, indicator: { kind: event_statistic, stream: calls, value: wait_s, statistic: mean, at_most: 20 }, target: "100", period: calendar_month }
      - { id: count, indicator: { kind: event_count, stream: calls, at_least: 2 }, target: "100", period: calendar_month }
      - { id: fresh, indicator: { kind: freshness, stream: calls, good: { outcome: [answered] }, at_most: 40d }, target: "99", period: calendar_month }
`);

const MARCH_MS = Date.UTC(2026, 2, 1);
const AFTERWARDS_MS = Date.UTC(2026, 3, 10);

/** The verdict of March, in which two calls were answered within a second; what ended before `keptFromMs` is gone. */
async function verdictOf(id: string, keptFromMs: number | null): Promise<string> {
  const objective = objectives.find((one) => one.id === id);
  if (objective === undefined) throw new Error(`no objective ${id}`);
  const events = new MemoryStore();
  const call = (atMs: number) => ({
    stream: 'calls',
    id: `call-${atMs}`,
    agent: 'pbx1',
    revision: 0,
    atMs,
    endedAtMs: atMs + 1_000,
    outcome: 'answered',
    labels: {},
    values: { wait_s: 1 },
  });
  const calls = [MARCH_MS - 1_000_000, MARCH_MS + 20 * 86_400_000, MARCH_MS + 25 * 86_400_000].map(call);
  const kept = calls.filter(({ endedAtMs }) => keptFromMs === null || endedAtMs >= keptFromMs);
  await events.putEvents({ events: kept, receivedAtMs: AFTERWARDS_MS });
  const head = new Head({ journal: new JournalInMemory() });
  if (keptFromMs !== null) head.setEventsCovered(keptFromMs);
  const period = periodOf(objective, '2026-03', AFTERWARDS_MS);
  if (period === null) throw new Error('no such month');
  return (await attain(objective, { head, plan: planOf({}), nowMs: AFTERWARDS_MS, events }, period)).verdict;
}

describe('a period of which retention has let go of events', () => {
  it.each(['ratio', 'speed', 'count', 'fresh'])('%s: met while all is there, open once a part is gone', async (id) => {
    expect(await verdictOf(id, null)).toBe('met');
    // All that March is judged by is kept: a freshness of 40 days looks back to the middle of January.
    expect(await verdictOf(id, Date.UTC(2026, 0, 1))).toBe('met');
    // What is left would say: one call and not two, nothing for three weeks.
    expect(await verdictOf(id, MARCH_MS + 22 * 86_400_000)).toBe('inconclusive');
  });
});
