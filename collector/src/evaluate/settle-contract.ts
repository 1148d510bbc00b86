import { formatInstant } from '@nines/shared/time/calendar.ts';
import type { Attainment } from '../sla/attainment.ts';
import type { Contract } from '../sla/contract.ts';
import { type LocalTime, readingsOf } from '../sla/credit/readings.ts';
import { type SettledObjective, type Settlement, settle } from '../sla/credit/settle.ts';
import type { MoneyTerms } from '../sla/credit/terms.ts';
import type { Objective } from '../sla/objective.ts';
import { rewardLooksBack } from '../sla/reward/earned.ts';
import { attain } from './attain.ts';
import { type EarlierPeriodsOf, earlierPeriods } from './earlier-periods.ts';
import type { Evaluation } from './evidence.ts';
import { periodOf } from './judged-period.ts';
import { periodLength } from './period-length.ts';

/** An objective of the contract and how it stands in the period that is settled. */
export interface Judged {
  readonly objective: Objective;
  readonly attainment: Attainment;
}

/** What money is settled from: the evidence, every version of the contract, and how periods that are over are found. */
export interface SettleOptions {
  readonly evaluation: Evaluation;
  readonly versions: readonly Contract[];
  readonly earlierPeriodsOf?: EarlierPeriodsOf;
}

/**
 * What one version of a contract owes and has earned, one settlement for each period in which objectives were judged,
 * from what they attained. Empty for a contract without a fee. Rejects with `StoreError`.
 */
export async function settleContract(
  contract: Contract,
  judged: readonly Judged[],
  options: SettleOptions,
): Promise<Settlement[]> {
  const { money } = contract;
  if (money === null) return [];
  const inForce = judged.filter(({ attainment }) => attainment.fromMs < attainment.periodToMs);
  const byPeriod = Map.groupBy(inForce, ({ attainment }) => `${attainment.fromMs}/${attainment.periodToMs}`);
  const settlements: Settlement[] = [];
  for (const together of byPeriod.values()) {
    const [first] = together;
    if (first === undefined || !together.some(({ objective }) => isAboutMoney(objective, money))) continue;
    const period = settledPeriod(first);
    const terms = asFoundOut(money, { contract, periodName: period.name }, options);
    const objectives: SettledObjective[] = [];
    for (const one of together) objectives.push(await settledObjective(one, terms, options));
    settlements.push(settle(terms, period, objectives));
  }
  return settlements;
}

/** The same for a period by its name, such as `2026-10`; empty when no objective has one of that name. */
export async function settleNamed(contract: Contract, name: string, options: SettleOptions): Promise<Settlement[]> {
  const { evaluation } = options;
  const judged: Judged[] = [];
  for (const objective of contract.money === null ? [] : contract.objectives) {
    const period = periodOf(objective, name, evaluation.nowMs);
    if (period !== null && period.fromMs < period.periodToMs)
      judged.push({ objective, attainment: await attain(objective, evaluation, period) });
  }
  return settleContract(contract, judged, options);
}

/** The terms with the conditions of their credits as they are known for that period. */
function asFoundOut(
  money: MoneyTerms,
  about: { readonly contract: Contract; readonly periodName: string },
  { evaluation: { conditions: find } }: Pick<SettleOptions, 'evaluation'>,
): MoneyTerms {
  if (find === undefined) return money;
  const credits = money.credits.map((term) => ({
    ...term,
    conditions: term.conditions.map((condition) => find(about, condition)),
  }));
  return { ...money, credits };
}

function isAboutMoney({ id }: Objective, { credits, rewards }: MoneyTerms): boolean {
  return [...credits, ...rewards].some(({ objective }) => objective === id);
}

function settledPeriod({ objective, attainment }: Judged): Settlement['period'] {
  const { periodName, fromMs, toMs, periodToMs } = attainment;
  const length = periodLength(objective, attainment);
  return { name: periodName, fromMs, toMs: periodToMs, isRunning: toMs < periodToMs, length };
}

async function settledObjective(
  { objective, attainment }: Judged,
  money: MoneyTerms,
  { evaluation, versions, earlierPeriodsOf = earlierPeriods }: SettleOptions,
): Promise<SettledObjective> {
  const count = looksBack(objective, money);
  const earlier = count === 0 ? [] : await earlierPeriodsOf({ versions, objective, count }, attainment, evaluation);
  return {
    id: objective.id,
    targetPpb: objective.targetPpb,
    current: readingsOf(attainment, localTime(objective)),
    earlier: earlier.map((past) => ({
      name: past.attainment.periodName,
      length: periodLength(past.objective, past.attainment),
      readings: readingsOf(past.attainment, localTime(past.objective)),
      terms:
        past.contract.money &&
        asFoundOut(
          past.contract.money,
          { contract: past.contract, periodName: past.attainment.periodName },
          { evaluation },
        ),
      targetPpb: past.objective.targetPpb,
    })),
  };
}

function localTime({ timeZone }: Objective): LocalTime {
  const instant = (atMs: number) => formatInstant(atMs, timeZone);
  return { instant, day: (atMs) => instant(atMs).slice(0, 10) };
}

/** How many earlier periods the terms of an objective speak of. */
export function looksBack({ id }: Objective, { credits, rewards }: MoneyTerms): number {
  const repeated = credits
    .filter(({ objective }) => objective === id)
    .map(({ after, schedule }) => (schedule.kind === 'non_monetary' ? schedule.after.of : (after?.of ?? 1)) - 1);
  const back = rewards.filter(({ objective }) => objective === id).map(rewardLooksBack);
  const most = Math.max(0, ...repeated, ...back);
  // A credit that comes back was owed by its own repetition: that looks further back from where it stood.
  return back.length === 0 ? most : Math.max(0, ...back) + Math.max(0, ...repeated);
}
