import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { attain } from '../../../collector/src/evaluate/attain.ts';
import type { CheckPlan, Evaluation } from '../../../collector/src/evaluate/evidence.ts';
import { Head } from '../../../collector/src/evaluate/head.ts';
import { periodOf } from '../../../collector/src/evaluate/judged-period.ts';
import { thresholdsOf } from '../../../collector/src/evaluate/thresholds.ts';
import type { Attainment, JudgedPeriod } from '../../../collector/src/sla/attainment.ts';
import type { Objective } from '../../../collector/src/sla/objective.ts';
import { type Method, PLAIN_PROFILE } from '../../../collector/src/sla/profile.ts';
import { anObjective, areUp } from '../../support/objectives.ts';
import {
  agentAt,
  checks as drawnChecks,
  combine as drawnCombine,
  denominator as drawnDenominator,
  exclusions as drawnExclusions,
  failure as drawnFailure,
  serviceHours as drawnHours,
  place as drawnPlace,
  quorum as drawnQuorum,
  slice as drawnSlice,
  EVERY_MS,
  excludedAt,
  openHoursOf,
  openness,
  periodAround,
} from '../../support/sla-oracle/cases.ts';
import {
  type Amounts,
  occurrencesByOracle,
  ratiosByOracle,
  type SliceRules,
  slicesByOracle,
  timeByOracle,
} from '../../support/sla-oracle/methods.ts';
import type { Judged } from '../../support/sla-oracle/oracle.ts';
import { JournalInMemory } from './journal-in-memory.ts';

/**
 * Contracts and histories drawn at random, by four methods. The whole proof is NINES_ORACLE_RUNS=2500, which is 10,000 of
 * them and takes some minutes.
 */
const RUNS = Number(process.env.NINES_ORACLE_RUNS ?? '10');
const TIMEOUT_MS = 1_200_000;
const WEIGHTS = [3, 1, 2];

const drawn = fc.record({
  place: drawnPlace,
  unit: fc.constantFrom('day' as const, 'day' as const, 'month' as const),
  checks: drawnChecks,
  hours: drawnHours,
  exclusions: drawnExclusions,
  failure: drawnFailure,
  quorum: drawnQuorum,
  combine: drawnCombine,
  denominator: drawnDenominator,
  slice: drawnSlice,
  /** Where now is, in parts of the period; beyond 1 it is over. */
  now: fc.constantFrom(0.3, 0.61, 0.9, 1, 1.02, 2),
  shuffle: fc.array(fc.integer({ min: 0, max: 99 }), { minLength: 1, maxLength: 20 }),
});

type Drawn = typeof drawn extends fc.Arbitrary<infer Value> ? Value : never;

interface Case {
  readonly judged: Judged;
  readonly objective: Objective;
  readonly evaluation: Evaluation;
  readonly period: JudgedPeriod;
}

/** The same contract and history for the program and for the oracle. */
function caseOf(one: Drawn, method: Method): Case {
  const { atMs, zone } = one.place;
  const period = periodAround(one.place, one.unit);
  // What nobody has seen yet cannot be judged: observations end with now.
  const nowMs = Math.floor(period.fromMs + (period.toMs - period.fromMs) * one.now);
  const names = one.checks.map((_, index) => `check-${index}`);
  const checks = one.checks.map((agents, index) => ({
    everyMs: EVERY_MS,
    configured: Math.max(1, agents.length),
    agents: agents.map((agent) => {
      const { runs, assigned } = agentAt(agent, atMs, names[index] ?? '');
      return { runs: runs.filter((run) => run.atMs < nowMs), assigned };
    }),
  }));
  const profile = {
    ...PLAIN_PROFILE,
    method,
    failure: method.kind === 'time' ? one.failure : { ...one.failure, minOutageMs: 0, consecutive: 1 },
    quorum: one.quorum,
    combination:
      one.combine === 'weighted'
        ? { kind: one.combine, weights: names.map((_, index) => WEIGHTS[index] ?? 1) }
        : { kind: one.combine },
    denominator: one.denominator,
  };
  const objective = anObjective(areUp(...names), {
    profile:
      method.kind === 'occurrences' ? { ...profile, failure: { ...profile.failure, ignoredReasons: [] } } : profile,
    period: { kind: 'calendar', calendar: { unit: one.unit } },
    calendar: openHoursOf(one.hours, zone),
    timeZone: zone,
  });
  const excluded = excludedAt(one.exclusions, atMs);
  const { failure } = objective.profile;
  const judgedPeriod = periodOf(objective, one.unit === 'day' ? period.date : period.date.slice(0, 7), nowMs);
  if (judgedPeriod === null) throw new Error(`no period ${period.date}`);
  return {
    objective,
    period: judgedPeriod,
    judged: {
      nowMs,
      fromMs: period.fromMs,
      toMs: period.toMs,
      ...openness(one.hours, zone, period),
      excluded,
      checks,
      rules: {
        ...failure,
        need: one.quorum.need,
        minReporting: one.quorum.minReporting,
        combine:
          objective.profile.combination.kind === 'weighted'
            ? objective.profile.combination.weights
            : objective.profile.combination.kind,
        kept: one.denominator === 'kept',
      },
    },
    evaluation: {
      head: headOf(checks, { objective, shuffle: one.shuffle }),
      plan: planOf(checks, names),
      nowMs,
      exclusions: () => ({ applied: excluded, notApplied: [] }),
    },
  };
}

function planOf(checks: Judged['checks'], names: readonly string[]): CheckPlan {
  const of = (check: string) => checks[names.indexOf(check)];
  return {
    agentsOf: (check) => (of(check)?.agents ?? []).map((_, index) => `agent-${index}`),
    assignedTimesOf: (check) =>
      new Map(
        (of(check)?.agents ?? []).flatMap(({ assigned }, index) =>
          assigned.length > 0 ? [[`agent-${index}`, assigned]] : [],
        ),
      ),
    everyMsOf: () => EVERY_MS,
    locationOf: (agent) => agent,
  };
}

/** Batches of a few runs each, in an order that has nothing to do with time: most of it comes late. */
function headOf(
  checks: Judged['checks'],
  { objective, shuffle }: { readonly objective: Objective; readonly shuffle: readonly number[] },
): Head {
  const journal = new JournalInMemory();
  const head = new Head({ journal });
  head.setThresholds(thresholdsOf([objective]));
  const batches = checks.flatMap(({ agents }) =>
    agents.flatMap(({ runs }, index) =>
      Array.from({ length: Math.ceil(runs.length / 11) }, (_, batch) => ({
        agent: `agent-${index}`,
        runs: runs.slice(11 * batch, 11 * batch + 11),
      })),
    ),
  );
  const order = batches.map((batch, index) => ({ batch, at: (shuffle[index % shuffle.length] ?? 0) * 1_000 + index }));
  for (const { batch } of order.toSorted((a, b) => a.at - b.at)) head.apply(journal.append(batch.agent, batch.runs));
  return head;
}

const amountsOf = ({ good, bad, unknown, excluded, pending }: Attainment): Amounts => ({
  good,
  bad,
  unknown,
  excluded,
  pending,
});

describe('an attainment is what the oracle says', () => {
  it(
    'by time, to the millisecond',
    async () => {
      await fc.assert(
        fc.asyncProperty(drawn, async (one) => {
          const { judged, objective, evaluation, period } = caseOf(one, { kind: 'time' });
          const parts = timeByOracle(judged);
          const isWeighted = one.combine === 'weighted';
          const expected = {
            good: isWeighted ? weighed(parts, (part) => part.good) : parts[0]?.good,
            bad: isWeighted ? weighed(parts, (part) => part.bad) : parts[0]?.bad,
            unknown: isWeighted ? weighed(parts, (part) => part.unknown) : parts[0]?.unknown,
            excluded: isWeighted ? weighed(parts, (part) => part.excluded) : parts[0]?.excluded,
            pending: isWeighted ? weighed(parts, (part) => part.pending) : parts[0]?.pending,
          };
          const attained = await attain(objective, evaluation, period);
          expect(amountsOf(attained)).toEqual(expected);
          expect(attained.periodToMs - attained.fromMs).toBe(judged.toMs - judged.fromMs);
        }),
        { numRuns: RUNS },
      );
    },
    TIMEOUT_MS,
  );

  it(
    'by slices, to the slice',
    async () => {
      await fc.assert(
        fc.asyncProperty(drawn, async (one) => {
          const { judged, objective, evaluation, period } = caseOf(one, {
            kind: 'slices',
            slice: terms(one),
            rule: one.slice.rule,
          });
          const rules = sliceRules(one, judged);
          const attained = await attain(objective, evaluation, period);
          if (one.combine !== 'weighted') {
            expect(amountsOf(attained)).toEqual(slicesByOracle(judged, rules));
            return;
          }
          const parts = judged.checks.map((check) => slicesByOracle({ ...judged, checks: [check] }, rules));
          expect({ good: attained.good, bad: attained.bad, unknown: attained.unknown }).toEqual({
            good: weighed(parts, (part) => part.good),
            bad: weighed(parts, (part) => part.bad),
            unknown: weighed(parts, (part) => part.unknown),
          });
        }),
        { numRuns: RUNS },
      );
    },
    TIMEOUT_MS,
  );

  it(
    'by the mean share of slices, as exact fractions',
    async () => {
      await fc.assert(
        fc.asyncProperty(drawn, async (one) => {
          const { judged, objective, evaluation, period } = caseOf(
            { ...one, combine: 'all' },
            { kind: 'ratio_of_slices', slice: terms(one) },
          );
          const attained = await attain(objective, evaluation, period);
          expect({ attained: attained.attainmentPpb, low: attained.lowPpb, high: attained.highPpb }).toEqual(
            ratiosByOracle(judged, sliceRules(one, judged)),
          );
        }),
        { numRuns: RUNS },
      );
    },
    TIMEOUT_MS,
  );

  it(
    'by occurrences, to the run',
    async () => {
      await fc.assert(
        fc.asyncProperty(drawn, async (one) => {
          const { judged, objective, evaluation, period } = caseOf(one, { kind: 'occurrences' });
          const parts = occurrencesByOracle(judged);
          const isWeighted = one.combine === 'weighted';
          const sum = (read: (part: (typeof parts)[number]) => number) =>
            isWeighted ? weighed(parts, read) : parts.reduce((total, part) => total + read(part), 0);
          const { good, bad, unknown, pending } = await attain(objective, evaluation, period);
          expect({ good, bad, unknown, pending }).toEqual({
            good: sum((part) => part.good),
            bad: sum((part) => part.bad),
            unknown: sum((part) => part.unknown),
            pending: sum((part) => part.pending),
          });
        }),
        { numRuns: RUNS },
      );
    },
    TIMEOUT_MS,
  );
});

function weighed<T>(parts: readonly T[], read: (part: T) => number): number {
  return parts.reduce((sum, part, index) => sum + (WEIGHTS[index] ?? 1) * read(part), 0);
}

function terms(one: Drawn) {
  return { lengthMs: one.slice.lengthMs, minSamples: one.slice.minSamples, empty: 'skipped' as const };
}

function sliceRules(one: Drawn, { fromMs }: Judged): SliceRules {
  const { lengthMs, minSamples, rule } = one.slice;
  return {
    lengthMs,
    minSamples,
    anchorMs: fromMs,
    rule: rule.kind === 'error_share' ? { errorPpb: rule.atLeastPpb } : rule.kind,
  };
}
