import type { JudgedPeriod } from '../sla/attainment.ts';
import { type Interval, lengthMs, mergeIntervals } from '../sla/interval.ts';
import { addRunCounts, missingRuns, NO_RUNS, type RunCounts } from '../sla/latency.ts';
import { timeByState } from '../sla/timeline.ts';
import { type Evaluation, participants } from './evidence.ts';
import { HOUR_MS } from './hour-counters.ts';
import type { PartialHours, UpRuns } from './partial-hours.ts';
import { timelineOf } from './participation.ts';
import type { Series } from './series.ts';
import type { Threshold, ThresholdCounter } from './thresholds.ts';

/**
 * The runs of a check in a period, over all its agents. Missing runs: the unknown time of each agent that takes part, at
 * its own interval, and the time in which nobody did, as often as there are agents configured now: nothing else says how
 * many would have run then. Throws when the head was not told the threshold.
 */
export async function countRuns(
  threshold: Threshold,
  evaluation: Evaluation,
  period: JudgedPeriod,
): Promise<RunCounts> {
  const { head, plan } = evaluation;
  const { check } = threshold;
  const kept = { fromMs: Math.min(period.toMs, Math.max(period.fromMs, head.coveredFromMs)), toMs: period.toMs };
  const configuredMs = plan.everyMsOf(check);
  const everyMs = configuredMs ?? head.seriesOf(check).at(-1)?.everyMs ?? null;
  // Nobody ever ran it and nobody is to: there is no interval to count in.
  if (everyMs === null) return NO_RUNS;
  let counts = NO_RUNS;
  let told: Interval[] = [];
  for (const participant of participants(check, evaluation)) {
    const { series } = participant;
    const timeline = timelineOf(participant, period);
    told = mergeIntervals([...told, ...timeline]);
    const missing = missingRuns(timeByState(timeline, period).unknownMs, series?.everyMs ?? everyMs);
    const upRuns =
      series === null ? NO_RUNS : await countUpRuns(series, counterOf(series, threshold), { head, interval: kept });
    counts = addRunCounts(counts, { ...upRuns, missing, pending: 0 });
  }
  const untoldMs = lengthMs(period) - told.reduce((total, one) => total + lengthMs(one), 0);
  const agents = Math.max(1, plan.agentsOf(check).length);
  const restMs = configuredMs === null ? 0 : period.periodToMs - period.toMs;
  const missing = agents * missingRuns(untoldMs, everyMs);
  return addRunCounts(counts, { ...NO_RUNS, missing, pending: agents * missingRuns(restMs, everyMs) });
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
