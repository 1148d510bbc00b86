import { baseOf, percentText, priceOf } from '../credit/pricing.ts';
import type { Fee, Rate } from '../credit/terms.ts';
import { moneyText, roundMoney } from '../money.ts';
import { decimalText, multiply, ONE, ofPpb, type Rational, rational, subtract } from '../rational.ts';

/** 30 days: the month in which examples are told. */
export const EXAMPLE_MS = 2_592_000_000;
const MINUTE_MS = 60_000n;

/** A share in ppb as `99.95 %`. */
export function share(ppb: number): string {
  return percentText(ofPpb(ppb));
}

/** How much downtime a share allows in so long a time. */
export function allowedMs(ppb: number, periodMs: number): Rational {
  return multiply(rational(periodMs), subtract(ONE, ofPpb(ppb)));
}

/** `43.2 min`, or `26.784 s` when it is less than a minute. */
export function minutes(ms: Rational | number): string {
  const exact = typeof ms === 'number' ? rational(ms) : ms;
  if (exact.n < MINUTE_MS * exact.d) return `${decimalText(rational(exact.n, exact.d * 1_000n), 3)} s`;
  return `${decimalText(rational(exact.n, exact.d * MINUTE_MS), 3)} min`;
}

/** What a rate comes to in a month, rounded: `EUR 49.90`. */
export function monthly(rate: Rate, fee: Fee): string {
  return moneyText(roundMoney(monthlyPrice(rate, fee)), fee.currency);
}

export function monthlyPrice(rate: Rate, fee: Fee): Rational {
  return priceOf(rate, baseOf(fee, { ms: EXAMPLE_MS, months: ONE }));
}

/** Nothing, in the fee's currency. */
export function nothing(fee: Fee): string {
  return moneyText(0, fee.currency);
}
