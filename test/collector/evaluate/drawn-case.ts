import fc from 'fast-check';
import type { CheckPlan, Evaluation } from '../../../collector/src/evaluate/evidence.ts';
import { Head } from '../../../collector/src/evaluate/head.ts';
import { periodOf } from '../../../collector/src/evaluate/judged-period.ts';
import { thresholdsOf } from '../../../collector/src/evaluate/thresholds.ts';
import type { JudgedPeriod } from '../../../collector/src/sla/attainment.ts';
import type { Indicator } from '../../../collector/src/sla/indicator.ts';
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
import type { Judged } from '../../support/sla-oracle/oracle.ts';
import { JournalInMemory } from './journal-in-memory.ts';

/** Of the checks of a weighted mean. */
export const WEIGHTS = [3, 1, 2];

/** A contract and a history. */
export const drawn = fc.record({
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

export type Drawn = typeof drawn extends fc.Arbitrary<infer Value> ? Value : never;

export interface Case {
  readonly judged: Judged;
  readonly objective: Objective;
  readonly evaluation: Evaluation;
  readonly period: JudgedPeriod;
}

/** The same contract and history for the program and for the oracle. */
export function caseOf(one: Drawn, method: Method, indicatorOf: (...checks: string[]) => Indicator = areUp): Case {
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
  const objective = anObjective(indicatorOf(...names), {
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
        combine: one.combine === 'weighted' ? names.map((_, index) => WEIGHTS[index] ?? 1) : one.combine,
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

/** The slices of a drawn contract. */
export function terms(one: Drawn) {
  return { lengthMs: one.slice.lengthMs, minSamples: one.slice.minSamples, empty: 'skipped' as const };
}
