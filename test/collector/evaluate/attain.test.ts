import type { Observation, Outcome } from '@nines/shared/observation.ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { attain } from '../../../collector/src/evaluate/attain.ts';
import { burnWindows } from '../../../collector/src/evaluate/burn.ts';
import type { Evaluation } from '../../../collector/src/evaluate/evidence.ts';
import { Head } from '../../../collector/src/evaluate/head.ts';
import { currentPeriod, periodBetween } from '../../../collector/src/evaluate/judged-period.ts';
import { thresholdsOf } from '../../../collector/src/evaluate/thresholds.ts';
import type { Objective } from '../../../collector/src/sla/objective.ts';
import { PLAIN_PROFILE } from '../../../collector/src/sla/profile.ts';
import { anObjective, areUp, isFast, seenBy } from '../../support/objectives.ts';
import { assigned, deal, observations, START_MS, STEP_MS, STEPS, shuffle } from './arbitrary-observations.ts';
import { JournalInMemory } from './journal-in-memory.ts';
import { type Assigned, type Seen, saidAt, serviceAt, timeByLooking, votesAt } from './oracle.ts';
import { EVERY_MS, planOf } from './plan-of.ts';

const HOUR_MS = 3_600_000;
const END_MS = START_MS + STEPS * STEP_MS;

const objective = anObjective;
const shopUp = areUp('shop');
const shopFast = isFast('shop', 500_000);

function runs(fromMs: number, count: number, outcome: Outcome = 'up', everyMs = 30_000): Observation[] {
  return Array.from({ length: count }, (_, run) => ({
    check: 'shop',
    atMs: fromMs + run * everyMs,
    everyMs,
    outcome,
    reason: outcome === 'up' ? null : 'timeout',
    values: { total: 100_000 + run },
  }));
}

function headOf(batches: readonly { agent: string; observations: readonly Observation[] }[], objectives: Objective[]) {
  const journal = new JournalInMemory();
  const head = new Head({ journal });
  head.setThresholds(thresholdsOf(objectives));
  for (const { agent, observations: seen } of batches) head.apply(journal.append(agent, seen));
  return { head, journal };
}

const between = fc
  .tuple(fc.integer({ min: -60, max: STEPS + 30 }), fc.integer({ min: -60, max: STEPS + 30 }))
  .map(([a, b]) => ({ fromMs: START_MS + Math.min(a, b) * STEP_MS, toMs: START_MS + Math.max(a, b) * STEP_MS }));

describe('the attainment of availability', () => {
  it('is what looking at every instant gives, for any order of arrival, bounds, quorum and assignments', async () => {
    await fc.assert(
      fc.asyncProperty(
        observations,
        shuffle,
        between,
        fc.constantFrom('any' as const, 'majority' as const, 'all' as const),
        assigned,
        assigned,
        async (all, order, interval, quorum, shop, mail) => {
          const checks = ['shop', 'mail'];
          const uptime = objective(areUp(...checks), { profile: seenBy(quorum) });
          const { head } = headOf(deal(all, order), [uptime]);
          const ofCheck: Readonly<Record<string, Assigned>> = { shop, mail };
          const plan = planOf({ shop: ['fra', 'ams'], mail: ['nyc'] }, ofCheck);
          const evaluation = { head, plan, nowMs: END_MS + HOUR_MS };
          const attained = await attain(uptime, evaluation, periodBetween(uptime, interval, evaluation.nowMs));
          const assignedOf = (check: string) => ofCheck[check] ?? {};
          const looked = timeByLooking((atMs) => serviceAt(all, atMs, { checks, quorum, assignedOf }), {
            ...interval,
            stepMs: STEP_MS,
          });
          expect({ up: attained.good, down: attained.bad, unknown: attained.unknown }).toEqual(looked);
          expect(attained.incidents.reduce((total, one) => total + ((one.toMs ?? 0) - one.fromMs), 0)).toBe(
            looked.down,
          );
        },
      ),
      { numRuns: 150 },
    );
  });

  it('makes an hour without observations unknown, not down', async () => {
    const fromMs = Date.UTC(2026, 9, 10, 6);
    const uptime = objective(shopUp);
    const batches = [
      { agent: 'fra', observations: runs(fromMs, 120) },
      { agent: 'fra', observations: runs(fromMs + 2 * HOUR_MS, 120) },
    ];
    const { head } = headOf(batches, [uptime]);
    const nowMs = fromMs + 3 * HOUR_MS;
    const evaluation = { head, plan: planOf({ shop: ['fra'] }), nowMs };
    const attained = await attain(uptime, evaluation, periodBetween(uptime, { fromMs, toMs: nowMs }, nowMs));
    // The last run before the gap holds one interval longer than the next was due: 30 s of the missing hour are up.
    expect(attained).toMatchObject({ good: 2 * HOUR_MS + 30_000, bad: 0, unknown: HOUR_MS - 30_000 });
    expect(attained).toMatchObject({ attainmentPpb: 1_000_000_000, highPpb: 1_000_000_000, verdict: 'inconclusive' });
    expect(attained.incidents).toEqual([]);
  });

  it('counts to the millisecond at bounds that no observation knows', async () => {
    const uptime = objective(shopUp);
    const downFor = [...runs(START_MS + 7, 4), ...runs(START_MS + 120_007, 2, 'down'), ...runs(START_MS + 180_007, 4)];
    const { head } = headOf([{ agent: 'fra', observations: downFor }], [uptime]);
    const interval = { fromMs: START_MS + 100_001, toMs: START_MS + 150_010 };
    const evaluation = { head, plan: planOf({ shop: ['fra'] }), nowMs: END_MS };
    const attained = await attain(uptime, evaluation, periodBetween(uptime, interval, END_MS));
    // Down from 120 007 on: up 100 001 to 120 007, down 120 007 to 150 010.
    expect(attained).toMatchObject({ good: 20_006, bad: 30_003, unknown: 0 });
  });

  it('of a running month shows shares over what has passed, and judges over the whole month', async () => {
    const monthMs = 1_790_805_600_000;
    const uptime = objective(shopUp);
    const { head } = headOf([{ agent: 'fra', observations: runs(monthMs, 2_880) }], [uptime]);
    const evaluation = { head, plan: planOf({ shop: ['fra'] }), nowMs: monthMs + 24 * HOUR_MS };
    expect(await attain(uptime, evaluation)).toEqual({
      scale: 1,
      workings: null,
      promisedMs: 745 * 3_600_000,
      // The day that has passed was good; of 745 hours.
      whole: {
        low: { good: BigInt(24 * 3_600_000), total: BigInt(745 * 3_600_000) },
        high: { good: BigInt(745 * 3_600_000), total: BigInt(745 * 3_600_000) },
      },
      excluded: 0,
      pending: 721 * HOUR_MS,
      shares: {
        attained: { good: 86_400_000n, total: 86_400_000n },
        low: { good: 86_400_000n, total: 86_400_000n },
        high: { good: 86_400_000n, total: 86_400_000n },
      },
      serviceMs: 745 * HOUR_MS,
      badTime: { best: [], worst: [] },
      uncounted: [],
      reliability: { mttrMs: null, mtbfMs: null },
      statistic: null,
      exclusions: { applied: [], notApplied: [] },
      profile: PLAIN_PROFILE,
      fromMs: monthMs,
      toMs: monthMs + 24 * HOUR_MS,
      // October 2026 has 745 hours in Berlin: 0.1 % of them is 2 682 s.
      periodToMs: 1_793_487_600_000,
      periodName: '2026-10',
      unit: 'ms',
      good: 24 * HOUR_MS,
      bad: 0,
      unknown: 0,
      attainmentPpb: 1_000_000_000,
      lowPpb: 1_000_000_000,
      highPpb: 1_000_000_000,
      coveragePpb: 1_000_000_000,
      verdict: 'inconclusive',
      budget: { total: 2_682_000, used: 0, left: 2_682_000 },
      incidents: [],
    });
  });

  it('of a month with one hour down is met at 99.8 and breached at 99.9 in October, and exact across summer time', async () => {
    const monthMs = 1_790_805_600_000;
    const monthEndMs = 1_793_487_600_000;
    const everyMs = 300_000;
    const month = runs(monthMs, 8_940, 'up', everyMs).map((run, index) =>
      index >= 7_000 && index < 7_012 ? { ...run, outcome: 'down' as const, reason: 'timeout' } : run,
    );
    const nowMs = monthEndMs + HOUR_MS;
    for (const [targetPpb, verdict] of [
      [998_000_000, 'met'],
      [999_000_000, 'breached'],
    ] as const) {
      const uptime = objective(shopUp, { targetPpb });
      const { head } = headOf([{ agent: 'fra', observations: month }], [uptime]);
      const evaluation = { head, plan: planOf({ shop: ['fra'] }), nowMs };
      const october = periodBetween(uptime, { fromMs: monthMs, toMs: monthEndMs }, nowMs);
      const attained = await attain(uptime, evaluation, october);
      // 744 of 745 hours.
      expect(attained).toMatchObject({ good: 744 * HOUR_MS, bad: HOUR_MS, attainmentPpb: 998_657_718, verdict });
      expect(attained.incidents).toEqual([
        {
          fromMs: monthMs + 7_000 * everyMs,
          toMs: monthMs + 7_012 * everyMs,
          countedMs: HOUR_MS,
          checks: ['shop'],
          locations: ['fra'],
          reasons: ['timeout'],
        },
      ]);
    }
  });

  it('shows an outage that goes on as an incident without an end', async () => {
    const uptime = objective(shopUp);
    const { head } = headOf(
      [{ agent: 'fra', observations: [...runs(START_MS, 10), ...runs(START_MS + 300_000, 2, 'down')] }],
      [uptime],
    );
    const evaluation = { head, plan: planOf({ shop: ['fra'] }), nowMs: START_MS + 345_000 };
    const attained = await attain(uptime, evaluation);
    expect(attained.incidents).toEqual([
      {
        fromMs: START_MS + 300_000,
        toMs: null,
        countedMs: 45_000,
        checks: ['shop'],
        locations: ['fra'],
        reasons: ['timeout'],
      },
    ]);
  });

  it('judges nothing before the contract begins', async () => {
    const effectiveFromMs = START_MS + 60_000;
    const uptime = objective(shopUp, { effectiveFromMs });
    const { head } = headOf(
      [{ agent: 'fra', observations: [...runs(START_MS, 2, 'down'), ...runs(START_MS + 60_000, 2)] }],
      [uptime],
    );
    const evaluation = { head, plan: planOf({ shop: ['fra'] }), nowMs: START_MS + 120_000 };
    expect(await attain(uptime, evaluation)).toMatchObject({
      fromMs: effectiveFromMs,
      good: 60_000,
      bad: 0,
      unknown: 0,
    });
  });

  it('of a check that nobody ever ran is unknown throughout and inconclusive', async () => {
    const uptime = objective(shopUp, { targetPpb: 0 });
    const { head } = headOf([], [uptime]);
    const attained = await attain(uptime, { head, plan: planOf({ shop: ['fra'] }), nowMs: END_MS });
    expect(attained).toMatchObject({ good: 0, bad: 0, attainmentPpb: null, coveragePpb: 0, verdict: 'inconclusive' });
  });

  it('waits for late observations to be taken in exactly', async () => {
    const uptime = objective(shopUp);
    const { head, journal } = headOf([{ agent: 'fra', observations: runs(START_MS, 10) }], [uptime]);
    head.apply(journal.append('fra', runs(START_MS + 45_000, 1, 'down')));
    const evaluation = { head, plan: planOf({ shop: ['fra'] }), nowMs: START_MS + 300_000 };
    // Down from 45 s to the next run at 60 s.
    expect(await attain(uptime, evaluation)).toMatchObject({ bad: 15_000 });
  });
});

/** The runs of a check, one by one. */
function countedByHand(all: readonly Seen[], { fromMs, toMs }: { fromMs: number; toMs: number }) {
  const up = all.filter((one) => one.check === 'shop' && one.outcome === 'up' && one.atMs >= fromMs && one.atMs < toMs);
  const measured = up.filter((one) => one.values.total !== undefined);
  const within = measured.filter((one) => (one.values.total ?? 0) <= 500_000);
  return { good: within.length, bad: measured.length - within.length, without: up.length - measured.length };
}

/** ⌈unknown time ÷ interval⌉ of each agent that takes part, for each interval that it had, and for each configured one the time in which nobody did. */
function missingByHand(
  all: readonly Seen[],
  interval: { fromMs: number; toMs: number },
  { assignments, configured }: { assignments: Assigned; configured: number },
): number {
  const shop = all.filter((one) => one.check === 'shop');
  const looked = { ...interval, stepMs: STEP_MS };
  const agents = [...new Set([...shop.map((one) => one.agent), ...Object.keys(assignments)])];
  const perAgent = agents.map((agent) => {
    const own = shop.filter((one) => one.agent === agent).toSorted((a, b) => a.atMs - b.atMs);
    const everyMsAt = (atMs: number) => (own.findLast((one) => one.atMs <= atMs) ?? own[0])?.everyMs ?? EVERY_MS;
    return [...new Set([EVERY_MS, ...own.map(({ everyMs }) => everyMs)])].reduce((sum, everyMs) => {
      const said = (atMs: number) => (everyMsAt(atMs) === everyMs ? saidAt(own, atMs, assignments[agent] ?? []) : null);
      return sum + Math.ceil(timeByLooking(said, looked).unknown / everyMs);
    }, 0);
  });
  const isNobody = (atMs: number) => votesAt(shop, atMs, assignments).length === 0;
  const untold = timeByLooking((atMs) => (isNobody(atMs) ? 'unknown' : null), looked).unknown;
  return perAgent.reduce((total, one) => total + one, configured * Math.ceil(untold / EVERY_MS));
}

describe('the attainment of latency', () => {
  it('is what counting run by run gives, whether hours are whole or cut, recent or long ago', async () => {
    await fc.assert(
      fc.asyncProperty(
        observations,
        shuffle,
        between,
        fc.boolean(),
        assigned,
        async (all, order, interval, isLongAgo, shop) => {
          const fast = objective(shopFast);
          const { head, journal } = headOf(deal(all, order), [fast]);
          const plan = planOf({ shop: ['fra', 'ams', 'nyc'] }, { shop });
          const laterMs = END_MS + 40 * HOUR_MS;
          // A run two days later pushes the hours in question out of what is kept run by run.
          const later = ['fra', 'ams', 'nyc'].flatMap((agent) => {
            const has = all.some((one) => one.check === 'shop' && one.agent === agent);
            return isLongAgo && has ? [{ agent, observations: runs(laterMs, 1, 'up', 15 * STEP_MS) }] : [];
          });
          for (const one of later) head.apply(journal.append(one.agent, one.observations));
          const seen = [
            ...all,
            ...later.flatMap((one) => one.observations.map((run) => ({ ...run, agent: one.agent }))),
          ];
          const evaluation = { head, plan, nowMs: laterMs + HOUR_MS };
          const attained = await attain(fast, evaluation, periodBetween(fast, interval, evaluation.nowMs));
          const { good, bad, without } = countedByHand(seen, interval);
          expect({ good: attained.good, bad: attained.bad }).toEqual({ good, bad });
          expect(attained.unknown).toBe(without + missingByHand(seen, interval, { assignments: shop, configured: 3 }));
        },
      ),
      { numRuns: 150 },
    );
  });

  it('reads a cut hour of long ago from the journal once, and again when a run was added to it', async () => {
    const fast = objective(shopFast, { period: { kind: 'rolling', lengthMs: 48 * HOUR_MS } });
    const { head, journal } = headOf([{ agent: 'fra', observations: runs(START_MS, 8_000) }], [fast]);
    const plan = planOf({ shop: ['fra'] });
    const at = (nowMs: number): Evaluation => ({ head, plan, nowMs });
    const nowMs = START_MS + 48 * HOUR_MS + 15_000;
    expect(await attain(fast, at(nowMs))).toMatchObject({ good: 5_760, bad: 0, periodName: 'rolling 2d' });
    const reads = journal.reads;
    // Ten minutes on: the window still begins in the same hour.
    expect(await attain(fast, at(nowMs + 600_000))).toMatchObject({ good: 5_760 });
    expect(journal.reads).toBe(reads);
    head.apply(journal.append('fra', runs(START_MS + 605_000 + 15_000, 1)));
    expect(await attain(fast, at(nowMs + 600_000))).toMatchObject({ good: 5_761 });
    expect(journal.reads).toBe(reads + 1);
  });

  it('counts a run once when its batch is read twice, for its own time and for a place that was moved', async () => {
    const fast = objective(shopFast);
    const { head, journal } = headOf([], [fast]);
    const hourMs = Math.ceil(START_MS / HOUR_MS) * HOUR_MS;
    const far = 20 * HOUR_MS;
    // One batch has runs in both hours; another came from a clock that is 20 h behind and was moved into the hour.
    head.apply(
      journal.append('fra', [...runs(hourMs - far, 2), ...runs(hourMs, 2), ...runs(hourMs + 40 * HOUR_MS, 1)]),
    );
    head.apply(journal.append('ams', runs(hourMs - far, 2), { skewMs: far, receivedAtMs: hourMs + 60_000 }));
    const nowMs = hourMs + 41 * HOUR_MS;
    const period = periodBetween(fast, { fromMs: hourMs, toMs: hourMs + 90_000 }, nowMs);
    const attained = await attain(fast, { head, plan: planOf({ shop: ['fra'] }), nowMs }, period);
    expect(attained).toMatchObject({ good: 2, bad: 0 });
  });

  it('expects the runs of the rest of a running month, and estimates its budget from them', async () => {
    const monthMs = 1_790_805_600_000;
    const fast = objective(shopFast, { targetPpb: 950_000_000 });
    const { head } = headOf([{ agent: 'fra', observations: runs(monthMs, 2_880) }], [fast]);
    const attained = await attain(fast, { head, plan: planOf({ shop: ['fra'] }), nowMs: monthMs + 24 * HOUR_MS });
    // 745 h at 120 runs an hour: 89 400 runs, of which 5 % may be slow.
    expect(attained).toMatchObject({ unit: 'runs', good: 2_880, unknown: 0, verdict: 'inconclusive' });
    expect(attained.budget).toEqual({ total: 4_470, used: 0, left: 4_470 });
  });

  it('of a running month without any run expects them all, of every agent', async () => {
    const monthMs = 1_790_805_600_000;
    const fast = objective(shopFast, { targetPpb: 950_000_000 });
    const { head } = headOf([], [fast]);
    const attained = (agents: readonly string[]) =>
      attain(fast, { head, plan: planOf({ shop: agents }), nowMs: monthMs + HOUR_MS });
    const none = { attainmentPpb: null, verdict: 'inconclusive' };
    expect(await attained(['fra'])).toMatchObject({ ...none, unknown: 120, budget: { total: 4_470 } });
    expect(await attained(['fra', 'ams'])).toMatchObject({ ...none, unknown: 240, budget: { total: 8_940 } });
  });

  it('a threshold that the head does not count yet makes its figure inconclusive, not wrong', async () => {
    const { head } = headOf([{ agent: 'fra', observations: runs(START_MS, 1) }], []);
    const evaluation = { head, plan: planOf({ shop: ['fra'] }), nowMs: END_MS };
    expect(await attain(objective(shopFast), evaluation)).toMatchObject({ verdict: 'inconclusive', good: 0, bad: 0 });
  });

  it('stays exact for a value that does not fit the memory of the last day', async () => {
    const slow = isFast('shop', 5_000_000_000);
    const fast = objective(slow);
    const totals = [4_999_999_999, 5_000_000_000, 5_000_000_001];
    const observed = runs(START_MS, 3).map((run, index) => ({ ...run, values: { total: totals[index] ?? 0 } }));
    const { head } = headOf([{ agent: 'fra', observations: observed }], [fast]);
    const evaluation = { head, plan: planOf({ shop: ['fra'] }), nowMs: START_MS + 90_000 };
    const interval = { fromMs: START_MS, toMs: START_MS + 90_000 };
    const attained = await attain(fast, evaluation, periodBetween(fast, interval, evaluation.nowMs));
    expect(attained).toMatchObject({ good: 2, bad: 1 });
  });
});

describe('burn rates', () => {
  it('tell for each window how fast the budget goes and when it is gone', async () => {
    const uptime = objective(shopUp);
    const nowMs = Date.UTC(2026, 9, 20);
    const start = nowMs - 72 * HOUR_MS;
    const seen = [...runs(start, 8_634), ...runs(nowMs - 180_000, 6, 'down')];
    const { head } = headOf([{ agent: 'fra', observations: seen }], [uptime]);
    const evaluation = { head, plan: planOf({ shop: ['fra'] }), nowMs };
    const current = await attain(uptime, evaluation, currentPeriod(uptime, nowMs));
    const [hour, , , threeDays] = await burnWindows(uptime, evaluation, current);
    // Three minutes of sixty bad is 5 %: 50 times what 99.9 % allows; of 72 hours 0.0694 %: 0.694 times.
    expect(hour?.rate).toBeCloseTo(50, 9);
    expect(threeDays?.rate).toBeCloseTo(180 / 259.2, 9);
    // 2 682 s allowed, 180 s gone: 2 502 s at 3 minutes an hour.
    expect(hour?.exhaustsInMs).toBe(50_040_000);
  });
});
