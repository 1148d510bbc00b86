import { capAt } from '../credit/assess.ts';
import { baseOf, feeStep, type Owed, percentText, priceOf, priceStep, rateText } from '../credit/pricing.ts';
import type { PeriodLength, PeriodReading, Step } from '../credit/reading.ts';
import type { Fee, RewardTerm } from '../credit/terms.ts';
import { exactMoneyText } from '../money.ts';
import { isLess, ONE, ofPpb, type Rational, sum, ZERO } from '../rational.ts';

/** An earlier period, with what all credit terms of the objective owed for it. */
export interface CreditedPeriod {
  readonly name: string;
  readonly reading: PeriodReading;
  /** Exact minor units, before the limit of the whole contract; computed when it is asked for. */
  readonly credited: () => Rational;
}

export interface RewardContext {
  readonly fee: Fee;
  readonly length: PeriodLength;
  /** Newest first; a period before the contract began is not there. */
  readonly earlier: readonly CreditedPeriod[];
}

/**
 * What the provider earned in this period. The run of periods that kept the higher target, this one last, decides: a
 * bonus is paid each time it has grown by `forPeriods`; credits of the periods just before it come back once, in the
 * period in which it is `forPeriods` long, so that none comes back twice.
 */
export function assessReward(term: RewardTerm, current: PeriodReading, context: RewardContext): Owed {
  const base = baseOf(context.fee, context.length);
  const run = runLength(term, current, context.earlier);
  const steps: Step[] = [
    {
      rule: `periods in a row that were at least ${percentText(ofPpb(term.atLeastPpb))}`,
      figure: `${run}; it takes ${term.forPeriods}`,
    },
  ];
  switch (term.reward.kind) {
    case 'bonus': {
      if (run === 0 || run % term.forPeriods !== 0) return { minor: ZERO, steps };
      const minor = priceOf(term.reward.rate, base);
      const bonus = priceStep('bonus', { rate: term.reward.rate, count: ONE, base });
      const fee = feeStep(context.fee, context.length, { base, narrowed: [] });
      return capAt(term.cap, { minor, steps: [...steps, fee, bonus] }, base);
    }
    case 'cancel_credit': {
      if (run !== term.forPeriods) return { minor: ZERO, steps };
      const before = context.earlier
        .slice(run - 1, run - 1 + term.reward.periods)
        .map(({ name, credited }) => ({ name, credited: credited() }));
      const minor = sum(before.map(({ credited }) => credited));
      const taken = before.map(({ name, credited }) => ({
        rule: `credit of ${name} earned back`,
        figure: exactMoneyText(credited, base.currency),
      }));
      const amounts = before.map(({ credited }) => exactMoneyText(credited, base.currency));
      const together = { rule: 'together', figure: `${amounts.join(' + ')} = ${exactMoneyText(minor, base.currency)}` };
      return capAt(term.cap, { minor, steps: [...steps, ...taken, ...(before.length > 1 ? [together] : [])] }, base);
    }
  }
}

/** Periods in a row, this one last, that were at least as good; one in which nothing was due ends the run. */
function runLength(term: RewardTerm, current: PeriodReading, earlier: readonly CreditedPeriod[]): number {
  let run = 0;
  for (const reading of [current, ...earlier.map((period) => period.reading)]) {
    if (reading.share === null || isLess(reading.share, ofPpb(term.atLeastPpb))) break;
    run += 1;
  }
  return run;
}

/** The longest run that is looked back over for a bonus of several periods. */
const LONGEST_RUN = 120;

/** How many earlier periods a term has to be told about. */
export function rewardLooksBack({ forPeriods, reward }: RewardTerm): number {
  if (reward.kind === 'cancel_credit') return forPeriods - 1 + reward.periods;
  return forPeriods === 1 ? 0 : LONGEST_RUN;
}

/** The term as one plain English sentence, without its full stop. */
export function describeReward({ atLeastPpb, forPeriods, reward, cap }: RewardTerm, { currency }: Fee): string {
  const when = `at least ${percentText(ofPpb(atLeastPpb))} in ${forPeriods === 1 ? 'a period' : `${forPeriods} periods in a row`}`;
  const what =
    reward.kind === 'bonus'
      ? `a bonus of ${rateText(reward.rate, currency)}`
      : `the credit of the ${reward.periods === 1 ? 'period' : `${reward.periods} periods`} before comes back`;
  return `${when}: ${what}${cap === null ? '' : `, at most ${rateText(cap, currency)}`}`;
}
