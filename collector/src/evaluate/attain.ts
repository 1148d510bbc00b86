import type { Attainment, JudgedPeriod } from '../sla/attainment.ts';
import type { Scope } from '../sla/counted-time.ts';
import type { Indicator } from '../sla/indicator.ts';
import { addRunCounts, latencyTally, NO_RUNS } from '../sla/latency.ts';
import { attainmentOf, type Measured } from '../sla/measured.ts';
import type { Objective } from '../sla/objective.ts';
import type { Evaluation } from './evidence.ts';
import { currentPeriod } from './judged-period.ts';
import { measureCheckTime } from './measure-time.ts';
import { countRuns } from './run-counts.ts';
import { scopeOf } from './scope.ts';

/**
 * How an objective stands in the period that runs now, or in the one given (see `judged-period.ts`). Exact to the
 * millisecond and the run; waits for the head to settle when late observations came. Rejects with `StoreError`.
 */
export async function attain(
  objective: Objective,
  evaluation: Evaluation,
  period: JudgedPeriod = currentPeriod(objective, evaluation.nowMs),
): Promise<Attainment> {
  if (!evaluation.head.isSettled) await evaluation.head.settle();
  const scope = scopeOf(objective, evaluation, period);
  return attainmentOf(await measure(objective, evaluation, scope), objective, scope);
}

async function measure(objective: Objective, evaluation: Evaluation, scope: Scope): Promise<Measured> {
  const { indicator, profile } = objective;
  switch (indicator.kind) {
    case 'availability':
      return measureCheckTime(indicator.checks, profile, { evaluation, scope });
    case 'latency':
      return measureLatency(indicator, evaluation, scope);
    default:
      throw new Error(`${indicator.kind} is not measured yet`);
  }
}

async function measureLatency(
  indicator: Extract<Indicator, { kind: 'latency' }>,
  evaluation: Evaluation,
  { period }: Scope,
): Promise<Measured> {
  let counts = NO_RUNS;
  for (const check of indicator.checks) {
    counts = addRunCounts(counts, await countRuns({ ...indicator, check }, evaluation, period));
  }
  return {
    unit: 'runs',
    scale: 1,
    tally: latencyTally(counts),
    exact: null,
    excluded: 0,
    serviceMs: period.periodToMs - period.fromMs,
    badTime: { best: [], worst: [] },
    incidents: [],
    uncounted: [],
    statistic: null,
  };
}
