import type { Attainment, JudgedPeriod } from '../sla/attainment.ts';
import { attainmentOf } from '../sla/measured.ts';
import type { Objective } from '../sla/objective.ts';
import type { Evaluation } from './evidence.ts';
import { currentPeriod } from './judged-period.ts';
import { measure } from './measure.ts';
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
  return attainmentOf(await measure({ objective, evaluation, scope }), objective, scope);
}
