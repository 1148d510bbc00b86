import type { Event } from '@nines/shared/event.ts';
import type { Observation } from '@nines/shared/observation.ts';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { CheckPlan, Evaluation } from '../../../collector/src/evaluate/evidence.ts';
import { Head } from '../../../collector/src/evaluate/head.ts';
import { thresholdsOf } from '../../../collector/src/evaluate/thresholds.ts';
import { toStatement } from '../../../collector/src/ledger/statement.ts';
import { statementContent } from '../../../collector/src/ledger/statement-content.ts';
import { periodsEnded } from '../../../collector/src/ledger/statement-periods.ts';
import { MemoryStore } from '../../support/memory-store.ts';
import { loadYaml } from '../../support/nines-file.ts';
import { SealedInMemory } from '../store/sqlite/sealed-in-memory.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const EVERY_MS = HOUR_MS / 2;
/** A Monday, and the week that is stated. */
const MONDAY_MS = Date.UTC(2026, 9, 19);
const WEEK_MS = 7 * DAY_MS;
const NOW_MS = MONDAY_MS + 2 * WEEK_MS;

/** Every method and every kind of indicator, and credits that look back over a period. */
const CONTRACTS = loadYaml(`
agents: [{ name: fra }, { name: ams }]
checks:
  - { id: shop, every: 30m, probe: { type: http, url: https://shop.example/ } }
  - { id: nightly, every: 30m, from: [fra], probe: { type: files, directory: /backups } }
customers: [{ id: acme }]
contracts:
  - id: hosting
    customer: acme
    effective: { from: 2026-09-01 }
    time_zone: UTC
    fee: { amount: "100.00", currency: EUR, per: month }
    credits:
      - { objective: time, after: { below: "99", periods: 2, of: 2 }, schedule: tiers_below, tiers: [{ below: "99", credit: "10" }] }
      - { objective: ratio, schedule: tiers_below, tiers: [{ below: "90", credit: "5" }] }
    objectives:
      - { id: time, indicator: { kind: availability, checks: [shop], min_outage: 45m }, target: "99", period: calendar_week }
      - { id: rows, indicator: { kind: availability, checks: [shop], failures: 2 }, target: "99", period: calendar_week }
      - { id: slices, indicator: { kind: availability, checks: [shop], method: slices, slice: 40m, rule: majority }, target: "99", period: calendar_week }
      - { id: means, indicator: { kind: availability, checks: [shop], method: ratio_of_slices, slice: 3h }, target: "99", period: calendar_week }
      - { id: runs, indicator: { kind: availability, checks: [shop], method: occurrences }, target: "99", period: calendar_week }
      - { id: scores, indicator: { kind: availability, checks: [shop], method: scored, scores: [{ within: 1s, score: "100" }, { score: "40" }] }, target: "99", period: calendar_week }
      - { id: quick, indicator: { kind: latency, checks: [shop], within: 1s, percentile: linear }, target: "95", period: calendar_week }
      - { id: ratio, indicator: { kind: event_ratio, stream: backups, checks: [nightly], good: { outcome: good } }, target: "90", period: calendar_week }
      - { id: fresh, indicator: { kind: freshness, stream: backups, checks: [nightly], good: { outcome: good }, at_most: 26h }, target: "90", period: calendar_week }
      - { id: windows, indicator: { kind: scheduled_windows, stream: backups, good: { outcome: good }, windows: { every: day, at: 22:00-04:00, time_zone: UTC } }, target: "90", period: calendar_week }
`).contracts;

const plan: CheckPlan = {
  agentsOf: (check) => (check === 'shop' ? ['fra', 'ams'] : ['fra']),
  assignedTimesOf: (check) =>
    new Map(
      (check === 'shop' ? ['fra', 'ams'] : ['fra']).map((agent) => [
        agent,
        [{ fromMs: 0, toMs: Number.POSITIVE_INFINITY }],
      ]),
    ),
  everyMsOf: () => EVERY_MS,
  locationOf: (agent) => agent,
};

/** Runs of an agent in a row, some hours of the two weeks. */
const rows = fc.record({
  agent: fc.constantFrom('fra', 'ams'),
  check: fc.constantFrom('shop', 'shop', 'nightly'),
  hour: fc.integer({ min: -6, max: 2 * 7 * 24 }),
  count: fc.integer({ min: 1, max: 60 }),
  outcome: fc.constantFrom('up' as const, 'up' as const, 'up' as const, 'down' as const, 'unknown' as const),
  total: fc.constantFrom(200_000, 1_400_000),
});

const backup = fc.record({
  id: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'),
  agent: fc.constantFrom('fra', 'fra', 'ams'),
  revision: fc.nat({ max: 2 }),
  hour: fc.integer({ min: -30, max: 2 * 7 * 24 }),
  hours: fc.option(fc.constantFrom(0, 1, 30)),
  outcome: fc.constantFrom('good', 'failed'),
});

const history = fc
  .record({ rows: fc.array(rows, { minLength: 1, maxLength: 14 }), backups: fc.array(backup, { maxLength: 10 }) })
  .map(({ rows: drawn, backups }) => ({ runs: drawn.map(runsOf), events: backups.map(eventOf) }));

type Drawn<Of> = Of extends fc.Arbitrary<infer Value> ? Value : never;

function runsOf({ agent, check, hour, count, outcome, total }: Drawn<typeof rows>) {
  const reason = outcome === 'up' ? null : 'timeout';
  const observations = Array.from({ length: count }, (_, index): Observation => {
    const atMs = MONDAY_MS + hour * HOUR_MS + index * EVERY_MS;
    return { check, atMs, everyMs: EVERY_MS, outcome, reason, values: outcome === 'up' ? { total } : {} };
  });
  return { agent, observations: observations.filter(({ atMs }) => atMs < NOW_MS) };
}

function eventOf({ id, agent, revision, hour, hours, outcome }: Drawn<typeof backup>): Event {
  const atMs = MONDAY_MS + hour * HOUR_MS;
  const course = {
    atMs,
    endedAtMs: hours === null ? null : atMs + hours * HOUR_MS,
    outcome: hours === null ? null : outcome,
  };
  return { stream: 'backups', id, agent, revision, ...course, labels: { check: 'nightly' }, values: {} };
}

/** How it came: what after what, which of it twice, and where everything closed was sealed, or the program ended. */
const arrival = fc.record({
  order: fc.array(fc.nat({ max: 999 }), { minLength: 30, maxLength: 30 }),
  between: fc.array(fc.constantFrom('nothing', 'nothing', 'seal', 'restart'), { minLength: 30, maxLength: 30 }),
});

function shuffled<One>(list: readonly One[], order: readonly number[]): One[] {
  const placed = list.map((one, index) => ({ one, at: (order[index % order.length] ?? 0) * 1_000 + index }));
  return placed.toSorted((a, b) => a.at - b.at).map(({ one }) => one);
}

/** The digests of the week's statement, after the history came in that way. */
async function stated({ runs, events }: Drawn<typeof history>, { order, between }: Drawn<typeof arrival>) {
  const store = new SealedInMemory();
  const eventStore = new MemoryStore();
  const objectives = CONTRACTS.flatMap((contract) => contract.objectives);
  const begin = async (): Promise<Head> => {
    const head = new Head({ journal: store });
    head.setThresholds(thresholdsOf(objectives));
    await head.load(store);
    for await (const entry of store.tail(0)) head.apply(entry);
    return head;
  };
  let head = await begin();
  for (const [index, { agent, observations }] of shuffled(runs, order).entries()) {
    if (observations.length > 0) head.apply(store.append(agent, observations));
    if (between[index] === 'nothing') continue;
    store.seal(NOW_MS);
    if (between[index] === 'restart') head = await begin();
  }
  for (const event of [...shuffled(events, order), ...events.slice(0, 3)])
    await eventStore.putEvents({ events: [event], receivedAtMs: NOW_MS });
  await head.settle();
  const evaluation: Evaluation = { head, plan, nowMs: NOW_MS, events: eventStore };
  const [contract] = CONTRACTS;
  const [period] = contract === undefined ? [] : periodsEnded(contract, MONDAY_MS, MONDAY_MS + WEEK_MS);
  if (period === undefined) throw new Error('the week is not over');
  const content = await statementContent(period, { evaluation, versions: CONTRACTS });
  return toStatement(content, { atMs: NOW_MS, program: 'test', previous: null, why: [] });
}

it('a statement says the same and has the same digests, in whatever order everything came, was sealed, or began anew', {
  timeout: 60_000,
}, async () => {
  await fc.assert(
    fc.asyncProperty(history, arrival, arrival, async (past, one, other) => {
      const first = await stated(past, one);
      const second = await stated(past, other);
      expect(second.figures).toEqual(first.figures);
      expect(second.inputs_digest).toBe(first.inputs_digest);
      expect(second.digest).toBe(first.digest);
    }),
    { numRuns: Number(process.env.NINES_ORACLE_RUNS ?? '12') },
  );
});
