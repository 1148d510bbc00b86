import { type CountedTime, countedTime, type Scope } from '../sla/counted-time.ts';
import { clipIntervals, type Interval } from '../sla/interval.ts';
import type { Measured } from '../sla/measured.ts';
import type { Objective } from '../sla/objective.ts';
import type { Profile, Slice } from '../sla/profile.ts';
import { measureRatios } from '../sla/ratio-method.ts';
import { judgeSlice, type Samples } from '../sla/slice-rule.ts';
import { measureSlices } from '../sla/slices-method.ts';
import { type SliceGrid, slicedTime } from '../sla/slicing.ts';
import { weightedMean } from '../sla/weighted-mean.ts';
import type { Evaluation } from './evidence.ts';
import { type GatheredSlice, gatherSlices } from './gather-slices.ts';
import { type SlicesOfTime, slicesOver } from './kept-slices.ts';
import type { RunJudge } from './run-class.ts';

export interface RunsQuestion {
  readonly checks: readonly string[];
  readonly judge: RunJudge;
  readonly objective: Objective;
}

/** Where slices begin: with a calendar period, or (a rolling one) at multiples of their length from 1970. */
export function gridOf({ period }: Objective, scope: Scope, { lengthMs }: Slice): SliceGrid {
  return { lengthMs, anchorMs: period.kind === 'rolling' ? 0 : scope.period.fromMs };
}

/** Slices of runs, by a profile of the method `slices` or `ratio_of_slices`. Rejects with `StoreError`. */
export async function measureRunSlices(
  question: RunsQuestion,
  evaluation: Evaluation,
  scope: Scope,
): Promise<Measured> {
  const { combination } = question.objective.profile;
  if (combination.kind !== 'weighted') return measureTogether(question, evaluation, scope);
  const parts: Measured[] = [];
  for (const check of question.checks) {
    parts.push(await measureTogether({ ...question, checks: [check] }, evaluation, scope));
  }
  return weightedMean(parts, combination.weights, question.checks);
}

async function measureTogether(
  { checks, judge, objective }: RunsQuestion,
  evaluation: Evaluation,
  scope: Scope,
): Promise<Measured> {
  const { method, quorum } = objective.profile;
  if (method.kind !== 'slices' && method.kind !== 'ratio_of_slices') throw new Error(`${method.kind} has no slices`);
  const { slice } = method;
  const grid = gridOf(objective, scope, slice);
  const over = overOf(countedTime(scope), grid, scope);
  const minReporting = Math.max(1, quorum.minReporting ?? 1);
  const needsCounts = method.kind === 'ratio_of_slices';
  const question = { checks, judge, grid, slice, minReporting, needsCounts };
  const slicesIn = async (interval: Interval): Promise<SlicesOfTime> => {
    const period = { ...scope.period, ...interval, periodToMs: interval.toMs };
    const part = { scope: { ...scope, period }, over: clipIntervals(over, interval) };
    const gathered = await gatherSlices(question, evaluation, part);
    return needsCounts ? sampledOf(gathered) : judgedOf(gathered, objective.profile);
  };
  const { judged, sampled } = await slicesOver({ objective, checks, grid }, { evaluation, scope }, slicesIn);
  return needsCounts ? measureRatios(sampled, scope, { grid, slice }) : measureSlices(judged, scope, { grid, slice });
}

function sampledOf(slices: readonly GatheredSlice[]): SlicesOfTime {
  const sampled = slices.map(({ parts, checks }) => ({ parts, ...pooled(checks.flat()) }));
  return { judged: [], sampled: sampled.filter(({ good, bad, open }) => good === 0 || bad + open > 0) };
}

function judgedOf(slices: readonly GatheredSlice[], profile: Profile): SlicesOfTime {
  const all = slices.map((one) => judged(one, profile));
  return { judged: all.filter(({ state }) => state !== 'good'), sampled: [] };
}

function overOf(time: CountedTime, grid: SliceGrid, { period }: Scope): CountedTime['elapsed'] {
  return slicedTime(time, grid, period.toMs).over;
}

function pooled(places: readonly Samples[]): Samples {
  const sum = (read: (one: Samples) => number) => places.reduce((total, one) => total + read(one), 0);
  return { good: sum(({ good }) => good), bad: sum(({ bad }) => bad), open: sum(({ open }) => open) };
}

function judged({ parts, checks }: GatheredSlice, profile: Profile) {
  const bad = checks.flat().filter((one) => one.bad > 0);
  return {
    parts,
    state: judgeSlice(checks, profile),
    checks: bad.map(({ check }) => check),
    locations: bad.map(({ location }) => location),
    reasons: bad.flatMap(({ reasons }) => reasons),
  };
}
