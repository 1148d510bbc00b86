import { PPB } from '@nines/shared/config/fields.ts';
import type { Plan } from '../config/plan.ts';
import { attain } from '../evaluate/attain.ts';
import type { BurnWindow } from '../evaluate/burn.ts';
import type { Evaluation } from '../evaluate/evidence.ts';
import { periodBetween } from '../evaluate/judged-period.ts';
import type { Standing } from '../evaluate/standings.ts';
import type { Attainment } from '../sla/attainment.ts';
import { burnRate } from '../sla/burn-rate.ts';
import type { Objective } from '../sla/objective.ts';
import { burnPairs, leastBad } from './burn-pairs.ts';
import type { Blocked } from './dependencies.ts';
import type { BurnPairNow, ObjectiveNow } from './finding.ts';
import type { QuietNow } from './quiet/now.ts';
import { recentWindow } from './recent.ts';
import type { Settings } from './settings.ts';

export interface ObjectivesSource extends Evaluation {
  readonly plan: Plan;
  readonly quiet: QuietNow;
  readonly settings: Settings;
  readonly blocked: Blocked;
}

/** How a promise stands. Rejects with `StoreError`. */
export async function objectiveNow(standing: Standing, source: ObjectivesSource): Promise<ObjectiveNow> {
  const { objective, attainment, burns } = standing;
  const { quiet, blocked } = source;
  const window = recentWindow(objective.indicator);
  const recent = window === null ? null : await lastMs(objective, window.windowMs, source);
  return {
    objective,
    attainment,
    burns: await burnsNow(standing, source),
    exhaustsInMs: burns.find((one) => one.window === '1d')?.exhaustsInMs ?? null,
    recent: window === null || recent === null ? null : { ...window, good: recent.good, bad: recent.bad },
    recentCoveragePpb: burns[0]?.coveragePpb ?? null,
    quiet: quiet.objective(objective) ?? blocked.objective(objective),
  };
}

async function burnsNow({ objective, attainment, burns }: Standing, source: ObjectivesSource): Promise<BurnPairNow[]> {
  const { contract, id, period, targetPpb } = objective;
  const isTime = attainment.unit === 'ms';
  const least = leastBad(objective, source.plan.everyMsOf);
  const limits = source.settings.limits({ contract, objective: id }).budget_burning;
  const pairs: BurnPairNow[] = [];
  for (const pair of burnPairs({ period, targetPpb, leastBadMs: isTime ? least.ms : null }, limits)) {
    const long = burns.find(({ window }) => window === pair.window);
    const longRate = long?.rate ?? null;
    // Most of the time the long window says no, and nobody has to look at the short one.
    const isHigh = longRate !== null && longRate > pair.limit;
    const shortRate = isHigh ? burnRate(await lastMs(objective, pair.shortMs, source), targetPpb) : null;
    const hasEnoughBad = (long?.bad ?? 0) >= (isTime ? least.ms : least.runs * attainment.scale);
    pairs.push({ ...pair, longRate, leastRate: leastRate(long), shortRate, hasEnoughBad });
  }
  return pairs;
}

/** A minute of data is no day: what was measured of the window alone could say anything of it. */
function leastRate(long: BurnWindow | undefined): number | null {
  if (long === undefined || long.rate === null || long.coveragePpb === null) return null;
  return (long.rate * long.coveragePpb) / PPB;
}

function lastMs(objective: Objective, lengthMs: number, source: Evaluation): Promise<Attainment> {
  const { nowMs } = source;
  return attain(objective, source, periodBetween(objective, { fromMs: nowMs - lengthMs, toMs: nowMs }, nowMs));
}
