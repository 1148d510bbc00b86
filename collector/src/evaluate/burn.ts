import type { Attainment } from '../sla/attainment.ts';
import { burnRate, exhaustsInMs } from '../sla/burn-rate.ts';
import type { Objective } from '../sla/objective.ts';
import { attain } from './attain.ts';
import type { Evaluation } from './evidence.ts';
import { periodBetween } from './judged-period.ts';

/** The long windows of the SRE workbook's alerts (chapter 5, table 5-8). */
export const BURN_WINDOWS = [
  { name: '1h', lengthMs: 3_600_000 },
  { name: '6h', lengthMs: 21_600_000 },
  { name: '1d', lengthMs: 86_400_000 },
  { name: '3d', lengthMs: 259_200_000 },
] as const;

/** How fast the budget went in the window that ends now. */
export interface BurnWindow {
  readonly window: string;
  /** 1 uses the budget up exactly at the period's end; `null` when nothing was measured. */
  readonly rate: number | null;
  /** Time until the budget of `current` is gone at this pace; `null` when nothing goes wrong. */
  readonly exhaustsInMs: number | null;
  /** As `Attainment` has them, for this window. */
  readonly bad: number;
  readonly coveragePpb: number | null;
}

/** Burn rates over each of `BURN_WINDOWS`, against the budget left in `current`. Rejects with `StoreError`. */
export async function burnWindows(
  objective: Objective,
  evaluation: Evaluation,
  current: Pick<Attainment, 'budget'>,
): Promise<BurnWindow[]> {
  const burns: BurnWindow[] = [];
  for (const { name, lengthMs } of BURN_WINDOWS) {
    const interval = { fromMs: evaluation.nowMs - lengthMs, toMs: evaluation.nowMs };
    const seen = await attain(objective, evaluation, periodBetween(objective, interval, evaluation.nowMs));
    burns.push({
      window: name,
      rate: burnRate(seen, objective.targetPpb),
      exhaustsInMs: exhaustsInMs(current.budget.left, { bad: seen.bad, windowMs: lengthMs }),
      bad: seen.bad,
      coveragePpb: seen.coveragePpb,
    });
  }
  return burns;
}
