import { PPB } from '@nines/shared/config/fields.ts';
import { formatDuration } from '@nines/shared/time/duration.ts';
import { DURATION_BUCKETS_MICROS } from '../evaluate/duration-histogram.ts';
import type { Contract } from '../sla/contract.ts';
import { checksOf, type Indicator } from '../sla/indicator.ts';
import type { Objective } from '../sla/objective.ts';
import { PLAIN_PROFILE, type Profile, type SliceRule } from '../sla/profile.ts';
import { CHECKS_ANNOTATION, WITHIN_ANNOTATION } from './document.ts';
import { toShorthand, toTimeWindow } from './time-window.ts';

/** An objective as OpenSLO has it, and what it has no words for. */
export interface ExportedSlo {
  /** `null` when too little of it can be said. */
  readonly document: Readonly<Record<string, unknown>> | null;
  /** What is not said, or said only nearly; in the words of a contract. */
  readonly omissions: readonly string[];
}

export interface ExportOptions {
  /** How often a check runs, in ms; `null` when it is not configured. */
  readonly everyMsOf: (check: string) => number | null;
}

/** One `openslo/v1` SLO. The indicator asks Prometheus for the runs that Nines counts. */
export function exportObjective(objective: Objective, options: ExportOptions): ExportedSlo {
  const name = `${objective.contract}/${objective.id}`;
  const queries = queriesOf(objective.indicator);
  if ('why' in queries) return { document: null, omissions: [`${name}: ${queries.why}`] };
  const counting = countingOf(objective, options);
  if ('why' in counting) return { document: null, omissions: [`${name}: ${counting.why}`] };
  const { id, contract, customer, service, targetPpb, period, timeZone } = objective;
  const timeWindow = toTimeWindow(period, timeZone);
  if (timeWindow === null)
    return { document: null, omissions: [`${name}: a period that is no whole number of minutes`] };
  const metric = (query: string) => ({ metricSource: { type: 'Prometheus', spec: { query } } });
  return {
    document: {
      apiVersion: 'openslo/v1',
      kind: 'SLO',
      metadata: {
        name: id,
        labels: { customer: [customer], contract: [contract] },
        annotations: annotationsOf(objective.indicator),
      },
      spec: {
        service: service ?? contract,
        indicator: {
          metadata: { name: id },
          spec: { ratioMetric: { counter: true, good: metric(queries.good), total: metric(queries.total) } },
        },
        timeWindow: [timeWindow],
        budgetingMethod: counting.budgetingMethod,
        objectives: [{ target: targetPpb / PPB, ...counting.slices }],
      },
    },
    omissions: [...queries.omissions, ...counting.omissions, ...ruleOmissions(objective)].map(
      (one) => `${name}: ${one}`,
    ),
  };
}

function annotationsOf(indicator: Indicator): Readonly<Record<string, string>> {
  const checks = { [CHECKS_ANNOTATION]: checksOf(indicator).join(',') };
  if (indicator.kind !== 'latency') return checks;
  return { ...checks, [WITHIN_ANNOTATION]: formatDuration(indicator.withinMicros / 1_000) };
}

/** What a contract says beside its objectives has no place in OpenSLO. */
export function contractOmissions({
  id,
  money,
  maintenance,
}: Pick<Contract, 'id' | 'money' | 'maintenance'>): string[] {
  const said = [
    money === null ? null : 'fee, credits and rewards',
    maintenance.notice === null && maintenance.recurring.length === 0 ? null : 'maintenance, its notice and its cap',
  ];
  return said.filter((one) => one !== null).map((one) => `${id}: ${one}`);
}

type Queries =
  | { readonly good: string; readonly total: string; readonly omissions: readonly string[] }
  | { readonly why: string };

function queriesOf(indicator: Indicator): Queries {
  // Identifiers may have dots, which would stand for any character.
  const checks = `check=~"${checksOf(indicator).join('|').replaceAll('.', '\\\\.')}"`;
  if (indicator.kind === 'availability') {
    const runs = (outcome: string) => `sum(nines_runs_total{${checks},outcome=~"${outcome}"})`;
    return { good: runs('up'), total: runs('up|down'), omissions: [] };
  }
  if (indicator.kind === 'latency') return latencyQueries(indicator, checks);
  return { why: `an indicator of kind ${indicator.kind} has no counterpart` };
}

function latencyQueries({ value, withinMicros }: Indicator & { readonly kind: 'latency' }, checks: string): Queries {
  const bucket = DURATION_BUCKETS_MICROS.find((bound) => bound === withinMicros);
  if (value !== 'total' || bucket === undefined)
    return { why: 'its limit is not one of the buckets of nines_run_duration_seconds, so no counter tells it' };
  return {
    good: `sum(nines_run_duration_seconds_bucket{${checks},le="${bucket / 1e6}"})`,
    total: `sum(nines_run_duration_seconds_count{${checks}})`,
    omissions: ['runs that failed are counted too'],
  };
}

type Counting =
  | {
      readonly budgetingMethod: 'Occurrences' | 'Timeslices' | 'RatioTimeslices';
      readonly slices: { readonly timeSliceTarget?: number; readonly timeSliceWindow?: string };
      readonly omissions: readonly string[];
    }
  | { readonly why: string };

function countingOf({ indicator, profile: { method } }: Objective, { everyMsOf }: ExportOptions): Counting {
  if (method.kind === 'scored') return { why: 'scores by speed have no counterpart' };
  if (method.kind === 'occurrences' || indicator.kind === 'latency')
    return { budgetingMethod: 'Occurrences', slices: {}, omissions: [] };
  if (method.kind === 'time') return nearestToTime(checksOf(indicator), everyMsOf);
  const timeSliceWindow = toShorthand(method.slice.lengthMs);
  if (timeSliceWindow === null) return { why: 'its slices are no whole number of minutes' };
  if (method.kind === 'ratio_of_slices')
    return { budgetingMethod: 'RatioTimeslices', slices: { timeSliceWindow }, omissions: [] };
  const timeSliceTarget = leastGoodPpb(method.rule) / PPB;
  return { budgetingMethod: 'Timeslices', slices: { timeSliceTarget, timeSliceWindow }, omissions: [] };
}

const MINUTE_MS = 60_000;

/** The mean of equal slices, each as good as its runs: the shorter they are, the nearer it comes to time. */
function nearestToTime(checks: readonly string[], everyMsOf: ExportOptions['everyMsOf']): Counting {
  const longest = Math.max(MINUTE_MS, ...checks.map((check) => everyMsOf(check) ?? MINUTE_MS));
  const timeSliceWindow = `${Math.ceil(longest / MINUTE_MS)}m`;
  return {
    budgetingMethod: 'RatioTimeslices',
    slices: { timeSliceWindow },
    omissions: [`time is counted to the millisecond; the mean of slices of ${timeSliceWindow} comes near it`],
  };
}

/** The least share of good samples of a good slice. A part per billion tells "at least" from "more than" for any count. */
export function leastGoodPpb(rule: SliceRule): number {
  if (rule.kind === 'error_share') return PPB - rule.atLeastPpb + 1;
  return { all: 1, majority: PPB / 2, any: PPB }[rule.kind];
}

/** A rule of the contract that is not the plain one, as people say it. */
const RULES: readonly { readonly says: string; readonly part: (profile: Profile) => unknown }[] = [
  { says: 'what makes an outage count', part: ({ failure }) => failure },
  { says: 'how many locations have to agree', part: ({ quorum }) => quorum },
  { says: 'how its checks are one service', part: ({ combination }) => combination },
  { says: 'what the unknown counts as', part: ({ unknown }) => unknown },
  { says: 'that excluded time stays in the whole', part: ({ denominator }) => denominator },
];

function ruleOmissions({ profile, calendar }: Objective): string[] {
  const differs = RULES.filter(({ part }) => JSON.stringify(part(profile)) !== JSON.stringify(part(PLAIN_PROFILE)));
  return [...differs.map(({ says }) => says), ...(calendar === null ? [] : ['its service hours'])];
}
