import type { CountedTime, Scope } from '../sla/counted-time.ts';
import { type Interval, lengthMs, mergeIntervals, totalMs } from '../sla/interval.ts';
import { addRunCounts, missingRuns, NO_RUNS, type RunCounts } from '../sla/run-tally.ts';
import { type AgentLine, agentLines, missingIn } from './agent-lines.ts';
import type { Evaluation } from './evidence.ts';
import type { Head } from './head.ts';
import { HOUR_MS, hourOf } from './hour-counters.ts';
import type { LoadedHours } from './run-hours.ts';
import type { Series } from './series.ts';

/** Which runs are counted: all of a check, and those whose value is at most each of some limits. */
export interface RunCountQuestion {
  readonly check: string;
  readonly value: string;
  readonly limits: readonly number[];
}

/**
 * The runs of a check in counted time, over all its agents. Missing runs: the unknown time of each agent that takes part,
 * at the interval that it had then, and the time in which nobody did, as often as there are agents configured now: nothing
 * else says how many would have run then. Runs of a limit that the head does not count (yet) are missing too. Rejects with
 * `StoreError`.
 */
export async function countRuns(
  question: RunCountQuestion,
  evaluation: Evaluation,
  { scope, time }: { readonly scope: Scope; readonly time: CountedTime },
): Promise<RunCounts> {
  const { head, plan } = evaluation;
  const { check } = question;
  const configuredMs = plan.everyMsOf(check);
  const everyMs = configuredMs ?? head.seriesOf(check).at(-1)?.everyMs ?? null;
  // Nobody ever ran it and nobody is to: there is no interval to count in.
  if (everyMs === null) return NO_RUNS;
  const lines = agentLines(check, evaluation, scope.period);
  const runs = await loadCutHours(lines, question, evaluation, time.elapsed);
  let counts: RunCounts = { ...NO_RUNS, within: question.limits.map(() => 0) };
  for (const line of lines) {
    counts = addRunCounts(counts, { ...NO_RUNS, missing: missingIn(line, time.elapsed) });
    if (line.series !== null) counts = addRunCounts(counts, countSeries(line.series, question, { head, runs, time }));
  }
  const agents = Math.max(1, plan.agentsOf(check).length);
  const missing = agents * missingRuns(untoldMs(lines, time.elapsed), everyMs);
  const pending = agents * missingRuns(configuredMs === null ? 0 : time.pendingMs, everyMs);
  return addRunCounts(counts, { ...NO_RUNS, missing, pending });
}

/** Time in which nobody takes part. */
function untoldMs(lines: readonly AgentLine[], intervals: readonly Interval[]): number {
  const told = mergeIntervals(lines.flatMap(({ timeline }) => timeline));
  const toldMs = intervals.reduce((total, one) => total + toldIn(told, one), 0);
  return totalMs(intervals) - toldMs;
}

function toldIn(told: readonly Interval[], { fromMs, toMs }: Interval): number {
  return told.reduce(
    (total, one) => total + lengthMs({ fromMs: Math.max(one.fromMs, fromMs), toMs: Math.min(one.toMs, toMs) }),
    0,
  );
}

/** The part of an interval in whole hours, and the rest of it. */
function cutByHours({ fromMs, toMs }: Interval): {
  readonly hours: readonly [number, number];
  readonly ends: Interval[];
} {
  const first = Math.ceil(fromMs / HOUR_MS);
  const end = Math.floor(toMs / HOUR_MS);
  if (first > end) return { hours: [0, 0], ends: [{ fromMs, toMs }] };
  const ends = [
    { fromMs, toMs: first * HOUR_MS },
    { fromMs: end * HOUR_MS, toMs },
  ];
  return { hours: [first, end], ends: ends.filter((one) => one.fromMs < one.toMs) };
}

/** Hours that are not counted as a whole are counted run by run. */
async function loadCutHours(
  lines: readonly AgentLine[],
  { value }: RunCountQuestion,
  { head }: Evaluation,
  intervals: readonly Interval[],
): Promise<LoadedHours> {
  const cut = new Set(intervals.flatMap((one) => cutByHours(one).ends.map(({ fromMs }) => hourOf(fromMs))));
  const hours = [...cut].filter((hour) => (hour + 1) * HOUR_MS > head.coveredFromMs);
  const wanted = lines.flatMap(({ series }) => (series === null ? [] : [{ series, hours }]));
  return head.runHours.load(wanted, value);
}

function countSeries(
  series: Series,
  question: RunCountQuestion,
  { head, runs, time }: { readonly head: Head; readonly runs: LoadedHours; readonly time: CountedTime },
): RunCounts {
  const { value, limits } = question;
  const intervals = time.elapsed;
  const counters = limits.flatMap((limit) => series.threshold(value, limit) ?? []);
  // What is new is counted in the background: until it is, nothing is known of how long these runs took.
  if (counters.length < limits.length) return uncounted(series, question, intervals);
  const counts = { ...NO_RUNS, up: 0, down: 0, measured: 0, within: limits.map(() => 0) };
  for (const interval of intervals) {
    const kept = {
      fromMs: Math.min(interval.toMs, Math.max(interval.fromMs, head.coveredFromMs)),
      toMs: interval.toMs,
    };
    if (kept.fromMs >= kept.toMs) continue;
    const { hours, ends } = cutByHours(kept);
    const whole = series.runsBetween(...hours);
    counts.up += whole.up;
    counts.down += whole.down;
    counts.measured += counters[0]?.sum(...hours).measured ?? 0;
    for (const [index, counter] of counters.entries())
      counts.within[index] = (counts.within[index] ?? 0) + counter.sum(...hours).within;
    for (const end of ends) {
      for (const run of runs(series, hourOf(end.fromMs))) {
        if (run.atMs >= end.fromMs && run.atMs < end.toMs) countRun(counts, run, limits);
      }
    }
  }
  return counts;
}

function countRun(
  counts: { up: number; down: number; measured: number; readonly within: number[] },
  { outcome, value }: { readonly outcome: string; readonly value: number | null },
  limits: readonly number[],
): void {
  if (outcome === 'down') counts.down++;
  if (outcome !== 'up') return;
  counts.up++;
  if (value === null) return;
  counts.measured++;
  for (const [index, limit] of limits.entries()) {
    if (value <= limit) counts.within[index] = (counts.within[index] ?? 0) + 1;
  }
}

/** All runs of an interval, by whole hours, as if nobody had seen them. */
function uncounted(series: Series, { limits }: RunCountQuestion, intervals: readonly Interval[]): RunCounts {
  let missing = 0;
  for (const { fromMs, toMs } of intervals) {
    const { up, down } = series.runsBetween(hourOf(fromMs), Math.ceil(toMs / HOUR_MS));
    missing += up + down;
  }
  return { ...NO_RUNS, within: limits.map(() => 0), missing };
}
