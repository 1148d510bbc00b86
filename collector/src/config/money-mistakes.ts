import { needsOf } from '../sla/credit/schedules.ts';
import { type Currency, parseAmount } from '../sla/money.ts';
import type { MoneyEntry } from './credits.ts';
import type { Path, Report } from './references.ts';

/** What the share of an objective is a share of; `durations`: of work against a clock; `shares`: it is a mean of others. */
export type Counted = 'time' | 'durations' | 'events' | 'runs' | 'shares';

/** One contract's sections about money, where they stand, and the ids of its objectives. */
export interface MoneyPlace {
  readonly entry: MoneyEntry;
  readonly objectives: readonly { readonly id: string; readonly counts: Counted }[];
  readonly place: Path;
}

/** What cannot be computed: amounts that their currency has no unit for, credits of nothing, time where none is counted. */
export function reportBrokenMoney({ entry, objectives, place }: MoneyPlace, report: Report): void {
  const { fee, credits, rewards, at_risk } = entry;
  if (fee === undefined) {
    for (const key of ['credits', 'rewards'] as const) {
      if (entry[key].length > 0) report([...place, key], 'a credit is a part of a fee: say what is paid under fee');
    }
    if (at_risk !== undefined) report([...place, 'at_risk'], 'a share of a fee: say what is paid under fee');
    return;
  }
  reportAmounts(entry, { currency: fee.currency, place }, report);
  for (const [index, credit] of credits.entries()) {
    reportCredit(credit, { entry, objectives, place: [...place, 'credits', index] }, report);
  }
  for (const [index, { objective }] of rewards.entries())
    reportObjective(objective, { objectives, place: [...place, 'rewards', index, 'objective'] }, report);
  for (const [index, { objective }] of (at_risk?.weights ?? []).entries())
    reportObjective(objective, { objectives, place: [...place, 'at_risk', 'weights', index, 'objective'] }, report);
}

type CreditEntry = MoneyEntry['credits'][number];

function reportCredit(credit: CreditEntry, scope: MoneyPlace, report: Report): void {
  const { entry, objectives, place } = scope;
  reportObjective(credit.objective, { objectives, place: [...place, 'objective'] }, report);
  const objective = objectives.find(({ id }) => id === credit.objective);
  const { fee, schedule } = credit;
  if (fee !== undefined && fee.currency.code !== entry.fee?.currency.code)
    report([...place, 'fee', 'currency'], `expected ${entry.fee?.currency.code}, the currency of the contract's fee`);
  if (entry.at_risk !== undefined && schedule !== 'non_monetary') {
    const isWeighted = entry.at_risk.weights.some((weight) => weight.objective === credit.objective);
    if (!isWeighted)
      report([...place, 'objective'], 'has no weight under at_risk, so its credit is a share of nothing');
  }
  if (objective !== undefined) reportNeeds(credit, { objective, place }, report);
  if ('counting' in credit) reportCounting(credit, place, report);
}

/** What a schedule prices has to be what the objective counts. */
function reportNeeds(
  { schedule, ...credit }: CreditEntry,
  { objective, place }: { readonly objective: MoneyPlace['objectives'][number]; readonly place: Path },
  report: Report,
): void {
  const { id, counts } = objective;
  const needs = needsOf(schedule);
  const isOfEach = 'counting' in credit && credit.counting === 'per_incident';
  if (needs === 'downtime' && counts === 'durations' && !isOfEach) {
    report([...place, 'schedule'], `prices the time of each ${id} by itself: say counting: per_incident`);
  } else if (needs === 'downtime' && counts !== 'time' && counts !== 'durations')
    report([...place, 'schedule'], `needs downtime, and ${id} counts ${counts}; use tiers_below or per_shortfall_step`);
  if (needs === 'incidents' && (counts === 'runs' || counts === 'shares'))
    report(
      [...place, 'schedule'],
      `needs single misses, and ${id} counts ${counts}; use tiers_below or per_shortfall_step`,
    );
}

function reportCounting(
  { counting, allowance, longer_than, one_per_day }: Extract<CreditEntry, { readonly counting: unknown }>,
  place: Path,
  report: Report,
): void {
  if (counting === 'total' && allowance !== undefined)
    report([...place, 'allowance'], 'all downtime counts with counting: total; use excess or total_if_breached');
  if ((counting === 'excess' || counting === 'total_if_breached') && allowance === undefined)
    report([...place, 'counting'], `${counting} needs an allowance: a length, { share: "0.01" } or target`);
  if (counting === 'per_incident') return;
  if (longer_than !== undefined)
    report([...place, 'longer_than'], 'is about single outages; use counting: per_incident');
  if (one_per_day) report([...place, 'one_per_day'], 'is about single outages; use counting: per_incident');
}

function reportObjective(id: string, { objectives, place }: Omit<MoneyPlace, 'entry'>, report: Report): void {
  if (objectives.some((objective) => objective.id === id)) return;
  const known = objectives.map((objective) => objective.id).join(', ');
  report(place, `no objective "${id}" in this contract; it has ${known}`);
}

/** Every `amount` below the sections is in the currency of the fee, and has to have no more decimals than that. */
function reportAmounts(
  entry: MoneyEntry,
  { currency, place }: { readonly currency: Currency; readonly place: Path },
  report: Report,
): void {
  const walk = (value: unknown, path: Path): void => {
    if (typeof value !== 'object' || value === null) return;
    for (const [key, inner] of Object.entries(value)) {
      const at = [...path, Array.isArray(value) ? Number(key) : key];
      const isAmount = (key === 'amount' || key === 'min_payout') && typeof inner === 'string';
      if (isAmount && parseAmount(inner, currency) === null) report(at, unfit(currency));
      else walk(inner, at);
    }
  };
  for (const key of ['fee', 'credits', 'credit_limit', 'rewards'] as const) walk(entry[key], [...place, key]);
}

function unfit({ code, exponent }: Currency): string {
  const decimals = exponent === 0 ? 'no decimals' : `at most ${exponent} decimals`;
  return `${code} has ${decimals} (ISO 4217)`;
}
