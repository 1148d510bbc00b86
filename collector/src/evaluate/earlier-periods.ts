import type { Attainment, JudgedPeriod } from '../sla/attainment.ts';
import type { Contract } from '../sla/contract.ts';
import type { Objective } from '../sla/objective.ts';
import { attain } from './attain.ts';
import type { Evaluation } from './evidence.ts';
import { periodAround } from './judged-period.ts';

/** A period that is over, judged by the version of the contract that bound then. */
export interface EarlierPeriod {
  readonly contract: Contract;
  readonly objective: Objective;
  readonly attainment: Attainment;
}

/** What to look back over: an objective, by all versions of its contract. */
export interface LookBack {
  readonly versions: readonly Contract[];
  readonly objective: Objective;
  readonly count: number;
}

export type EarlierPeriodsOf = (
  back: LookBack,
  before: JudgedPeriod,
  evaluation: Evaluation,
) => Promise<EarlierPeriod[]>;

/**
 * How the objective did in the `count` periods before this one, newest first; a period that two versions share counts as
 * two. They end where no version had the objective, and before the first period of which anything was measured. Rejects
 * with `StoreError`.
 */
export const earlierPeriods: EarlierPeriodsOf = async ({ versions, objective, count }, before, evaluation) => {
  const found: EarlierPeriod[] = [];
  for (let endMs = before.fromMs; found.length < count; ) {
    const bound = boundAt(endMs - 1, versions, objective);
    const period = bound === null ? null : periodAround(bound.objective, endMs - 1, evaluation.nowMs);
    if (bound === null || period === null || period.periodToMs > endMs) break;
    const attainment = await attain(bound.objective, evaluation, period);
    if (attainment.good + attainment.bad === 0) break;
    found.push({ ...bound, attainment });
    endMs = period.fromMs;
  }
  return found;
};

/** The version that bound at that instant, and its objective of the same name; `null` when there was none. */
function boundAt(
  atMs: number,
  versions: readonly Contract[],
  { id }: Objective,
): Pick<EarlierPeriod, 'contract' | 'objective'> | null {
  for (const contract of versions) {
    const { fromMs, toMs } = contract.effective;
    if ((fromMs !== null && atMs < fromMs) || (toMs !== null && atMs >= toMs)) continue;
    const objective = contract.objectives.find((one) => one.id === id);
    return objective === undefined ? null : { contract, objective };
  }
  return null;
}

/** A period that is over changes only when something late comes: what was found is given out again for this long. */
const MAX_AGE_MS = 60_000;

/** The same, remembered for a while: for figures that are looked at every few seconds. */
export function rememberEarlierPeriods(): EarlierPeriodsOf {
  const known = new WeakMap<
    Objective,
    { readonly atMs: number; readonly fromMs: number; readonly found: Promise<EarlierPeriod[]> }
  >();
  return (back, before, evaluation) => {
    const last = known.get(back.objective);
    const isFresh =
      last !== undefined && last.fromMs === before.fromMs && Math.abs(evaluation.nowMs - last.atMs) < MAX_AGE_MS;
    if (isFresh) return last.found;
    const found = earlierPeriods(back, before, evaluation);
    known.set(back.objective, { atMs: evaluation.nowMs, fromMs: before.fromMs, found });
    found.catch(() => known.delete(back.objective));
    return found;
  };
}
