import { type Currency, exactMoneyText, moneyText } from '../money.ts';
import { isLess, ONE, rational, ZERO } from '../rational.ts';
import { type Base, type CreditContext, type Owed, priceOf, priceStep, rateText } from './pricing.ts';
import type { PeriodReading, Step } from './reading.ts';
import { describeRepetition, isRepeated, repetitionStep } from './repetition.ts';
import { kindOf } from './schedules.ts';
import type { Condition, CreditTerm, Rate } from './terms.ts';

/**
 * What one term owes for a period of which nothing is open: condition, repetition, schedule, cap, least payout, in that
 * order. Exact minor units; they are rounded only when all terms of a period are added up.
 */
export function assessTerm(term: CreditTerm, reading: PeriodReading, context: CreditContext): Owed {
  const failed = term.conditions.find(({ holds }) => holds === false);
  if (failed !== undefined) return none([{ rule: `not owed without: ${failed.text}`, figure: foundText(failed) }]);
  const { after } = term;
  const gate = [
    ...term.conditions.map((one) => ({ rule: `provided that ${one.text}`, figure: foundText(one) })),
    ...(after === null ? [] : [repetitionStep(after, reading, context.earlier)]),
  ];
  if (after !== null && !isRepeated(after, reading, context.earlier)) return none(gate);
  const owed = kindOf(term.schedule).owe(term.schedule, reading, context);
  const capped = capAt(term.cap, { ...owed, steps: [...gate, ...owed.steps] }, context.base);
  return leastPayout(term.minPayoutMinor, capped, context.base.currency);
}

/** Whether a condition holds, and who says so. */
function foundText({ holds, found }: Condition): string {
  return found ?? (holds === null ? 'not known yet, taken as if it did' : holds ? 'holds' : 'does not hold');
}

function none(steps: readonly Step[]): Owed {
  return { minor: ZERO, steps };
}

/** At most the cap; the step stands there only when it bites. */
export function capAt<Of extends Pick<Owed, 'minor' | 'steps'>>(cap: Rate | null, owed: Of, base: Base): Of {
  if (cap === null) return owed;
  const limit = priceOf(cap, base);
  if (!isLess(limit, owed.minor)) return owed;
  const step = priceStep('not more than the cap', { rate: cap, count: ONE, base });
  return { ...owed, minor: limit, steps: [...owed.steps, step] };
}

function leastPayout(minMinor: number | null, owed: Owed, currency: Currency): Owed {
  if (minMinor === null || owed.minor.n === 0n || isLess(rational(minMinor), owed.minor)) return owed;
  const figure = `${exactMoneyText(owed.minor, currency)} is not more than ${moneyText(minMinor, currency)}: not paid`;
  return { ...owed, minor: ZERO, steps: [...owed.steps, { rule: 'least payout', figure }] };
}

/** The term as one plain English sentence, without its full stop. */
export function describeTerm(term: CreditTerm, currency: Currency): string {
  const parts = [kindOf(term.schedule).describe(term.schedule, currency)];
  if (term.after !== null) parts.push(`only ${describeRepetition(term.after)}`);
  if (term.cap !== null) parts.push(`at most ${rateText(term.cap, currency)}`);
  if (term.minPayoutMinor !== null) parts.push(`paid only above ${moneyText(term.minPayoutMinor, currency)}`);
  for (const { text } of term.conditions) parts.push(`provided that ${text}`);
  return parts.join('; ');
}
