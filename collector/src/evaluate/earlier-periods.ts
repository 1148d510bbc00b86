import type { Attainment, JudgedPeriod } from '../sla/attainment.ts';
import type { Objective } from '../sla/objective.ts';
import { attain } from './attain.ts';
import type { Evaluation } from './evidence.ts';
import { periodAround } from './judged-period.ts';

/**
 * How the objective did in the `count` periods before this one, newest first. They end where its version began, and
 * before the first period of which anything was measured. Rejects with `StoreError`.
 */
export async function earlierPeriods(
  objective: Objective,
  { fromMs }: JudgedPeriod,
  { evaluation, count }: { readonly evaluation: Evaluation; readonly count: number },
): Promise<Attainment[]> {
  const found: Attainment[] = [];
  for (let endMs = fromMs; found.length < count; ) {
    const period = periodAround(objective, endMs - 1, evaluation.nowMs);
    // The calendar period in which the version began holds that instant too, and is this very one.
    if (period === null || period.fromMs >= period.periodToMs || period.periodToMs > endMs) break;
    const attainment = await attain(objective, evaluation, period);
    if (attainment.good + attainment.bad === 0) break;
    found.push(attainment);
    endMs = period.fromMs;
  }
  return found;
}
