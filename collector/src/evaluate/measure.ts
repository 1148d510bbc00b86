import type { Indicator } from '../sla/indicator.ts';
import type { Measured } from '../sla/measured.ts';
import type { Method } from '../sla/profile.ts';
import {
  type Measuring,
  measureAnomaly,
  measureDurations,
  measureEventCount,
  measureEventStatistic,
  measureFreshness,
  measureRatio,
  measureWindows,
} from './measure-events.ts';
import { measureLatency, measureOccurrences, measureScores } from './measure-runs.ts';
import { measureRunSlices, type RunsQuestion } from './measure-slices.ts';
import { measureCheckTime } from './measure-time.ts';
import { availabilityJudge, gaugeJudge } from './run-class.ts';

type MeasureOf<Kind extends Indicator['kind']> = (
  indicator: Extract<Indicator, { kind: Kind }>,
  measuring: Measuring,
) => Promise<Measured>;

/** THE table of indicators: how each is measured. Every entry rejects with `StoreError`. */
const INDICATORS: { readonly [Kind in Indicator['kind']]: MeasureOf<Kind> } = {
  availability: ({ checks }, { objective, evaluation, scope }) => {
    const judge = availabilityJudge(objective.profile.failure);
    return METHODS[objective.profile.method.kind]({ checks, judge, objective }, evaluation, scope);
  },
  latency: measureLatency,
  gauge: (indicator, { objective, evaluation, scope }) =>
    measureCheckTime({ checks: indicator.checks, judge: gaugeJudge(indicator), objective }, evaluation, scope),
  event_ratio: measureRatio,
  event_statistic: measureEventStatistic,
  event_count: measureEventCount,
  duration_target: measureDurations,
  freshness: measureFreshness,
  scheduled_windows: measureWindows,
  anomaly: measureAnomaly,
};

type MeasureRuns = (
  question: RunsQuestion,
  evaluation: Measuring['evaluation'],
  scope: Measuring['scope'],
) => Promise<Measured>;

/** THE table of methods by which the runs of checks are counted. */
const METHODS: Readonly<Record<Method['kind'], MeasureRuns>> = {
  time: measureCheckTime,
  slices: measureRunSlices,
  ratio_of_slices: measureRunSlices,
  occurrences: measureOccurrences,
  scored: measureScores,
};

/** Measures an objective by its indicator and profile. Rejects with `StoreError`. */
export function measure(measuring: Measuring): Promise<Measured> {
  const { indicator } = measuring.objective;
  // Safe: the table's type pairs every kind with its own indicator.
  const measureKind = INDICATORS[indicator.kind] as MeasureOf<Indicator['kind']>;
  return measureKind(indicator, measuring);
}
