import { TOTAL } from '@nines/shared/probes/probe.ts';
import { type CountedTime, countedTime, type Scope } from '../sla/counted-time.ts';
import type { Latency } from '../sla/indicator.ts';
import { totalMs } from '../sla/interval.ts';
import type { Tally } from '../sla/judge.ts';
import type { Measured } from '../sla/measured.ts';
import { type AroundLimit, percentileVerdict } from '../sla/percentile-verdict.ts';
import type { ScoreBand } from '../sla/profile.ts';
import {
  addRunCounts,
  availabilityTally,
  latencyTally,
  NO_RUNS,
  type RunCounts,
  scoreTally,
} from '../sla/run-tally.ts';
import { weightedMean } from '../sla/weighted-mean.ts';
import type { Workings } from '../sla/workings.ts';
import type { Evaluation } from './evidence.ts';
import { HOUR_MS, hourOf } from './hour-counters.ts';
import type { Measuring } from './measure-events.ts';
import type { RunsQuestion } from './measure-slices.ts';
import { countRuns } from './run-counts.ts';

/** Good runs of all: the method `occurrences`. Rejects with `StoreError`, as all of these. */
export function measureOccurrences(question: RunsQuestion, evaluation: Evaluation, scope: Scope): Promise<Measured> {
  const { slowMicros } = question.objective.profile.failure;
  const limits = slowMicros === null ? [] : [slowMicros];
  const tally = (counts: RunCounts) => ({ tally: availabilityTally(counts), scale: 1 });
  return measureCounts(question, { evaluation, scope, limits, tally });
}

/** The mean score of runs: the method `scored`. */
export function measureScores(question: RunsQuestion, evaluation: Evaluation, scope: Scope): Promise<Measured> {
  const { method } = question.objective.profile;
  const bands: readonly ScoreBand[] = method.kind === 'scored' ? method.bands : [];
  const limits = bands.flatMap(({ withinMicros }) => withinMicros ?? []);
  return measureCounts(question, { evaluation, scope, limits, tally: (counts) => scoreTally(counts, bands) });
}

interface Counting {
  readonly evaluation: Evaluation;
  readonly scope: Scope;
  readonly limits: readonly number[];
  readonly tally: (counts: RunCounts) => CountedRuns;
}

interface CountedRuns {
  readonly tally: Tally;
  readonly scale: number;
  readonly workings?: Workings;
}

async function measureCounts(
  { checks, objective }: RunsQuestion,
  { evaluation, scope, limits, tally }: Counting,
): Promise<Measured> {
  const time = countedTime(scope);
  const { combination } = objective.profile;
  const counted: RunCounts[] = [];
  for (const check of checks)
    counted.push(await countRuns({ check, value: TOTAL, limits }, evaluation, { scope, time }));
  if (combination.kind !== 'weighted') return ofRuns(tally(counted.reduce(addRunCounts, NO_RUNS)), time);
  return weightedMean(
    counted.map((counts) => ofRuns(tally(counts), time)),
    combination.weights,
    checks,
  );
}

/** What is excluded is not counted run by run; its time is what the contract says. */
function ofRuns(counted: CountedRuns, time: CountedTime): Measured {
  return {
    unit: 'runs',
    ...counted,
    exact: null,
    excluded: 0,
    serviceMs: totalMs(time.denominator),
    badTime: { best: [], worst: [] },
    incidents: [],
    uncounted: [],
    statistic: null,
    verdict: null,
  };
}

/** Quick runs of those that were up; by a named percentile the verdict is that definition's. */
export async function measureLatency(
  { checks, value, withinMicros, rank }: Latency,
  { objective, evaluation, scope }: Measuring,
): Promise<Measured> {
  const time = countedTime(scope);
  let counts = NO_RUNS;
  for (const check of checks) {
    counts = addRunCounts(
      counts,
      await countRuns({ check, value, limits: [withinMicros] }, evaluation, { scope, time }),
    );
  }
  const tally = latencyTally(counts);
  const measured = ofRuns({ tally, scale: 1 }, time);
  if (rank === 'share') return measured;
  const promise = { ppb: objective.targetPpb, rank, limit: withinMicros };
  const certain = percentileVerdict(tally, promise, null);
  const around = certain === null ? await aroundLimit({ checks, value, limit: withinMicros }, evaluation, time) : null;
  const verdict = certain ?? percentileVerdict(tally, promise, around);
  return { ...measured, verdict, workings: { kind: 'percentile', percentile: { ...promise, around } } };
}

/** The values beside the limit: all runs of the period are read, which only an interpolating definition ever asks for. */
async function aroundLimit(
  { checks, value, limit }: { readonly checks: readonly string[]; readonly value: string; readonly limit: number },
  { head }: Evaluation,
  { elapsed }: CountedTime,
): Promise<AroundLimit> {
  const around: { below: number | null; above: number | null } = { below: null, above: null };
  for (const series of checks.flatMap((check) => head.seriesOf(check))) {
    for (const { fromMs, toMs } of elapsed) {
      for (let hour = hourOf(fromMs); hour * HOUR_MS < toMs; hour++) {
        const runs = await head.runHours.load([{ series, hours: [hour] }], value);
        for (const run of runs(series, hour)) {
          if (run.outcome !== 'up' || run.value === null || run.atMs < fromMs || run.atMs >= toMs) continue;
          if (run.value <= limit) around.below = Math.max(around.below ?? run.value, run.value);
          else around.above = Math.min(around.above ?? run.value, run.value);
        }
      }
    }
  }
  return around;
}
