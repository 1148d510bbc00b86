import type { JudgedPeriod } from '../sla/attainment.ts';
import { type Interval, lengthMs } from '../sla/interval.ts';
import { addRunCounts, missingRuns, NO_RUNS, type RunCounts } from '../sla/latency.ts';
import { timeByState } from '../sla/timeline.ts';
import { type Evaluation, isConfigured, neverHeard } from './evidence.ts';
import { HOUR_MS } from './hour-counters.ts';
import type { PartialHours, UpRuns } from './partial-hours.ts';
import type { Series } from './series.ts';
import type { Threshold, ThresholdCounter } from './thresholds.ts';

/**
 * The runs of a check in a period, over all its agents. Missing runs: the unknown time of each agent from its first
 * observation on; for each configured agent the time in which nobody had begun, and for one that was never heard the
 * whole period. Throws when the head was not told the threshold.
 */
export async function countRuns(
  threshold: Threshold,
  evaluation: Evaluation,
  period: JudgedPeriod,
): Promise<RunCounts> {
  const { head, plan } = evaluation;
  const series = head.seriesOf(threshold.check);
  const everyMs = plan.everyMsOf(threshold.check) ?? series.at(-1)?.everyMs ?? null;
  const restMs = period.periodToMs - period.toMs;
  let counts = NO_RUNS;
  for (const one of series) {
    const upRuns = await countUpRuns(one, counterOf(one, threshold), { head, interval: period });
    const missing = missingRunsOf(one, evaluation, period);
    const pending = isConfigured(one, plan) ? missingRuns(restMs, one.everyMs) : 0;
    counts = addRunCounts(counts, { ...upRuns, missing, pending });
  }
  if (everyMs === null) return counts;
  const silent = neverHeard(threshold.check, evaluation).length;
  const begun = Math.max(silent === 0 ? 1 : 0, plan.agentsOf(threshold.check).length - silent);
  const untold = missingRuns(timeBeforeAnySeries(series, period), everyMs);
  const missing = begun * untold + silent * missingRuns(lengthMs(period), everyMs);
  return addRunCounts(counts, { ...NO_RUNS, missing, pending: silent * missingRuns(restMs, everyMs) });
}

function missingRunsOf(series: Series, { plan }: Evaluation, period: Interval): number {
  const { unknownMs } = timeByState(series.timeline(period, isConfigured(series, plan)), period);
  return missingRuns(unknownMs, series.everyMs);
}

function timeBeforeAnySeries(series: readonly Series[], period: Interval): number {
  const firstAtMs = series.reduce((first, one) => Math.min(first, one.firstAtMs ?? first), Number.POSITIVE_INFINITY);
  return lengthMs({ fromMs: period.fromMs, toMs: Math.min(period.toMs, firstAtMs) });
}

function counterOf(series: Series, { check, value, withinMicros }: Threshold): ThresholdCounter {
  const counter = series.threshold(value, withinMicros);
  if (counter === null) throw new Error(`the head does not count ${value} <= ${withinMicros} of ${check}`);
  return counter;
}

/** Whole hours from the counters, the parts of hours at both ends run by run. */
async function countUpRuns(
  series: Series,
  counter: ThresholdCounter,
  { head, interval }: { readonly head: { readonly partialHours: PartialHours }; readonly interval: Interval },
): Promise<UpRuns> {
  const firstHour = Math.ceil(interval.fromMs / HOUR_MS);
  const endHour = Math.floor(interval.toMs / HOUR_MS);
  if (firstHour > endHour) return head.partialHours.count(series, counter, interval);
  let { measured, within } = counter.sum(firstHour, endHour);
  let { up } = series.runsBetween(firstHour, endHour);
  const ends = [
    { fromMs: interval.fromMs, toMs: firstHour * HOUR_MS },
    { fromMs: endHour * HOUR_MS, toMs: interval.toMs },
  ];
  for (const end of ends) {
    if (end.fromMs >= end.toMs) continue;
    const part = await head.partialHours.count(series, counter, end);
    up += part.up;
    measured += part.measured;
    within += part.within;
  }
  return { up, measured, within };
}
