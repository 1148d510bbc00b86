import { type Currency, exactMoneyText, moneyText, roundMoney } from '../money.ts';
import { add, compare, isLess, type Rational, rational, sum, ZERO } from '../rational.ts';
import { assessReward, describeReward } from '../reward/earned.ts';
import { assessTerm, capAt, describeTerm } from './assess.ts';
import { annualFeeStep, type Base, baseOf, feeStep, type Owed, scaleBase } from './pricing.ts';
import type { PeriodLength, Readings, Step } from './reading.ts';
import type { CreditTerm, MoneyTerms, Rate, RewardTerm } from './terms.ts';

/** Amounts between which the truth lies: what is owed for certain, and what at most. Equal when nothing is unknown. */
export interface Band<Amount> {
  readonly low: Amount;
  readonly high: Amount;
}

/** The period that is settled. */
export interface SettledPeriod {
  readonly name: string;
  readonly fromMs: number;
  /** Its end, also while it runs. */
  readonly toMs: number;
  readonly isRunning: boolean;
  readonly length: PeriodLength;
}

/** How one objective did in the period and, newest first, in those before. */
export interface SettledObjective {
  readonly id: string;
  readonly targetPpb: number;
  readonly current: Readings;
  readonly earlier: readonly EarlierSettled[];
}

/** An earlier period, by the version of the contract that bound then. */
export interface EarlierSettled {
  readonly name: string;
  readonly length: PeriodLength;
  readonly readings: Readings;
  /** What that version said about money; `null` when nothing. */
  readonly terms: MoneyTerms | null;
  readonly targetPpb: number;
}

/** One term and what it comes to, exact; `right` is what the customer may do besides, for certain. */
export interface SettledLine {
  readonly objective: string;
  readonly sentence: string;
  readonly exact: Band<Rational>;
  readonly steps: Band<readonly Step[]>;
  readonly right: string | null;
  /** What nobody has found out yet: facts on which the amount hangs, and rights that the unknown time may give. */
  readonly open: readonly string[];
}

/** What one contract owes and has earned for one period. Amounts are integer minor units, rounded once, half up. */
export interface Settlement {
  readonly period: SettledPeriod;
  readonly currency: Currency;
  /** The fee of the period, exact minor units. */
  readonly fee: Rational;
  readonly credits: readonly SettledLine[];
  readonly rewards: readonly SettledLine[];
  readonly credit: Band<number>;
  readonly reward: Band<number>;
  /** Credit less reward; negative when the provider has earned more than it owes. */
  readonly net: Band<number>;
  readonly steps: Band<readonly Step[]>;
}

/**
 * Credits, rewards and net of one period, over the objectives that were judged in it. Each term is computed twice, with
 * the unknown time as good and as bad; the lesser amount is owed for certain. Pure and exact until the last line.
 */
export function settle(terms: MoneyTerms, period: SettledPeriod, objectives: readonly SettledObjective[]): Settlement {
  const base = baseOf(terms.fee, period.length);
  const known = new Map(objectives.map((objective) => [objective.id, objective]));
  const credits = terms.credits.flatMap((term) => {
    const objective = known.get(term.objective);
    return objective === undefined ? [] : [creditLine(term, objective, { terms, period })];
  });
  const rewards = terms.rewards.flatMap((term) => {
    const objective = known.get(term.objective);
    return objective === undefined ? [] : [rewardLine(term, objective, { terms, period })];
  });
  const low = totalCredit(terms, credits, { base, end: 'low' });
  const high = totalCredit(terms, credits, { base, end: 'high' });
  const credit = { low: roundMoney(low.minor), high: roundMoney(high.minor) };
  const reward = { low: roundMoney(totalReward(rewards, 'low')), high: roundMoney(totalReward(rewards, 'high')) };
  return {
    period,
    currency: terms.fee.currency,
    fee: base.fee,
    credits,
    rewards,
    credit,
    reward,
    net: { low: credit.low - reward.high, high: credit.high - reward.low },
    steps: { low: low.steps, high: high.steps },
  };
}

interface Scope {
  readonly terms: MoneyTerms;
  readonly period: SettledPeriod;
}

/** The pool at risk and the weight of the objective narrow what its credits are shares of. */
function baseFor(term: CreditTerm, length: PeriodLength, terms: MoneyTerms): Base {
  const base = baseOf(term.fee ?? terms.fee, length);
  return narrowedBy(term, terms).reduce((narrowed, ppb) => scaleBase(narrowed, rational(ppb, PPB)), base);
}

/** The shares of the fee, in ppb, that are left for an objective; none when all of it is. */
function narrowedBy({ objective: id }: CreditTerm, { atRisk }: MoneyTerms): number[] {
  const weight = atRisk?.weights.find(({ objective }) => objective === id);
  return atRisk === null || weight === undefined ? [] : [atRisk.poolPpb, weight.ppb];
}

const PPB = 1_000_000_000n;

function creditLine(term: CreditTerm, objective: SettledObjective, { terms, period }: Scope): SettledLine {
  const base = baseFor(term, period.length, terms);
  const of = { base, narrowed: narrowedBy(term, terms) };
  const paid = term.fee ?? terms.fee;
  const fees = [feeStep(paid, period.length, of), ...(isOfAnnualFee(term) ? [annualFeeStep(paid, of)] : [])];
  const owed = (reading: keyof Readings, of: CreditTerm): Owed => {
    const { steps, ...rest } = assessTerm(of, objective.current[reading], {
      base,
      targetPpb: objective.targetPpb,
      periodMs: period.length.ms,
      earlier: objective.earlier.map(({ readings }) => readings[reading]),
    });
    return { ...rest, steps: [...fees, ...steps] };
  };
  // Nothing is certain that hangs on a fact which nobody has found out.
  const certain = term.conditions.map((one) =>
    one.holds === null ? { ...one, holds: false, found: 'not known yet, so nothing is owed for certain' } : one,
  );
  const best = owed('best', { ...term, conditions: certain });
  const worst = owed('worst', term);
  const open = term.conditions.flatMap(({ text, holds }) => (holds === null ? [text] : []));
  const isPerhaps = worst.right !== undefined && best.right === undefined;
  return lineOf(best, worst, {
    objective: term.objective,
    sentence: describeTerm(term, terms.fee.currency),
    open: isPerhaps ? [...open, `whether the customer ${worst.right}`] : open,
  });
}

function isOfAnnualFee({ cap, schedule }: CreditTerm): boolean {
  const rates: (Rate | null)[] = [
    cap,
    ...('credit' in schedule ? [schedule.credit] : []),
    ...('tiers' in schedule ? schedule.tiers.map(({ credit }) => credit) : []),
    ...('steps' in schedule ? [schedule.steps.credit] : []),
  ];
  return rates.some((rate) => rate?.of === 'annual_fee');
}

/** What all terms of an objective owed in an earlier period, each by its own rules, which were those of its version. */
function creditedIn(
  { id, earlier }: SettledObjective,
  index: number,
  { reading, currency }: { readonly reading: keyof Readings; readonly currency: Currency },
): Rational {
  const period = earlier[index];
  const terms = period?.terms;
  // What was owed in another currency cannot be taken back from this one.
  if (period === undefined || terms?.fee.currency.code !== currency.code) return ZERO;
  const context = {
    targetPpb: period.targetPpb,
    periodMs: period.length.ms,
    earlier: earlier.slice(index + 1).map(({ readings }) => readings[reading]),
  };
  return sum(
    terms.credits
      .filter((term) => term.objective === id)
      .map((term) => {
        const base = baseFor(term, period.length, terms);
        return assessTerm(term, period.readings[reading], { ...context, base }).minor;
      }),
  );
}

function rewardLine(term: RewardTerm, objective: SettledObjective, { terms, period }: Scope): SettledLine {
  const earned = (reading: keyof Readings): Owed =>
    assessReward(term, objective.current[reading], {
      fee: terms.fee,
      length: period.length,
      earlier: objective.earlier.map(({ name, readings }, index) => ({
        name,
        reading: readings[reading],
        credited: () => creditedIn(objective, index, { reading, currency: terms.fee.currency }),
      })),
    });
  const line = { objective: term.objective, sentence: describeReward(term, terms.fee), open: [] };
  // While the period runs nothing is earned for certain: it may still be missed.
  const running = { minor: ZERO, steps: [{ rule: 'the period still runs', figure: 'nothing is earned yet' }] };
  return lineOf(period.isRunning ? running : earned('worst'), earned('best'), line);
}

function lineOf(one: Owed, other: Owed, line: Pick<SettledLine, 'objective' | 'sentence' | 'open'>): SettledLine {
  const [low, high] = compare(one.minor, other.minor) <= 0 ? [one, other] : [other, one];
  return {
    ...line,
    exact: { low: low.minor, high: high.minor },
    steps: { low: low.steps, high: high.steps },
    right: one.right ?? null,
  };
}

interface Total {
  readonly minor: Rational;
  readonly steps: readonly Step[];
}

function totalCredit(
  terms: MoneyTerms,
  lines: readonly SettledLine[],
  { base, end }: { base: Base; end: keyof Band<unknown> },
): Total {
  const amounts = lines.map(({ exact }) => exact[end]);
  const isHighest = terms.combine === 'highest';
  const minor = isHighest ? amounts.reduce((a, b) => (isLess(a, b) ? b : a), ZERO) : sum(amounts);
  const rule = isHighest ? 'the highest credit of the period' : 'credits of the period together';
  const text = (amount: Rational) => exactMoneyText(amount, base.currency);
  const all = amounts.map(text).join(isHighest ? ', ' : ' + ');
  const figure = amounts.length < 2 ? text(minor) : isHighest ? `${all}: ${text(minor)}` : `${all} = ${text(minor)}`;
  let total: Total = { minor, steps: [{ rule, figure }] };
  for (const limit of limitsOf(terms)) total = capAt(limit, total, base);
  const rounded = moneyText(roundMoney(total.minor), base.currency);
  return { minor: total.minor, steps: [...total.steps, { rule: 'rounded once, half up', figure: rounded }] };
}

/** What all credits of a period stay below: the contract's cap, and the pool that stands at risk. */
function limitsOf({ cap, atRisk }: MoneyTerms): readonly (Rate | null)[] {
  if (atRisk === null) return [cap];
  return [cap, { of: 'fee', share: { numerator: atRisk.poolPpb, denominator: Number(PPB) } }];
}

function totalReward(lines: readonly SettledLine[], end: keyof Band<unknown>): Rational {
  return lines.reduce((total, { exact }) => add(total, exact[end]), ZERO);
}
