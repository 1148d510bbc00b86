import type { Attainment, JudgedPeriod } from '../sla/attainment.ts';
import { availability } from '../sla/availability.ts';
import { combineAll } from '../sla/combine.ts';
import { incidentsOf } from '../sla/incidents.ts';
import { addRunCounts, latency, NO_RUNS } from '../sla/latency.ts';
import type { Indicator, Objective } from '../sla/objective.ts';
import { checkEvidence, type Evaluation } from './evidence.ts';
import { currentPeriod } from './judged-period.ts';
import { countRuns } from './run-counts.ts';

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
  const { indicator } = objective;
  switch (indicator.kind) {
    case 'availability':
      return attainAvailability({ ...objective, indicator }, evaluation, period);
    case 'latency':
      return attainLatency({ ...objective, indicator }, evaluation, period);
  }
}

type ObjectiveOf<Kind extends Indicator['kind']> = Objective & {
  readonly indicator: Extract<Indicator, { kind: Kind }>;
};

function attainAvailability(
  { indicator, targetPpb }: ObjectiveOf<'availability'>,
  { head, plan, nowMs }: Evaluation,
  period: JudgedPeriod,
): Attainment {
  const scope = { head, plan, interval: period };
  const checks = indicator.checks.map((check) => checkEvidence(check, indicator.quorum, scope));
  const timeline = combineAll(
    checks.map((one) => one.timeline),
    period,
  );
  const openAtMs = period.toMs === nowMs ? nowMs : null;
  const incidents = incidentsOf(timeline, checks, { interval: period, openAtMs });
  return availability({ timeline, incidents }, period, targetPpb);
}

async function attainLatency(
  { indicator, targetPpb }: ObjectiveOf<'latency'>,
  evaluation: Evaluation,
  period: JudgedPeriod,
): Promise<Attainment> {
  let counts = NO_RUNS;
  for (const check of indicator.checks) {
    counts = addRunCounts(counts, await countRuns({ ...indicator, check }, evaluation, period));
  }
  return latency(counts, period, targetPpb);
}
