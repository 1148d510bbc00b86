import { type Currency, exactMoneyText, moneyText } from '../money.ts';
import { decimalText, multiply, type Rational, rational } from '../rational.ts';
import type { PeriodLength, PeriodReading, Step } from './reading.ts';
import type { Fee, Fraction, Rate } from './terms.ts';

/** What the shares of a credit are shares of, exact and in minor units. */
export interface Base {
  readonly fee: Rational;
  readonly annualFee: Rational;
  readonly currency: Currency;
}

/** What every schedule is told beside the reading. */
export interface CreditContext {
  readonly base: Base;
  readonly targetPpb: number;
  /** Length of the whole period: what the fee is paid for. */
  readonly periodMs: number;
  /** The periods before, newest first, in the same reading; a period before the contract began is not there. */
  readonly earlier: readonly PeriodReading[];
}

/** What a schedule comes to: exact minor units, and how. `right` is what the customer may do besides. */
export interface Owed {
  readonly minor: Rational;
  readonly steps: readonly Step[];
  readonly right?: string;
}

const MONTHS = { month: 1, quarter: 3, year: 12 } as const;
const HOUR_MS = 3_600_000;
/** Of a year of 365 days. */
const HOURS_A_YEAR = 8_760;

/** The fee of a period and of a year. A quarter is three months and a year twelve, whatever their days. */
export function baseOf({ minor, currency, per }: Fee, length: PeriodLength): Base {
  if (per === 'hour') {
    const fee = rational(BigInt(minor) * BigInt(length.ms), HOUR_MS);
    return { fee, annualFee: rational(BigInt(minor) * BigInt(HOURS_A_YEAR)), currency };
  }
  const monthly = rational(minor, MONTHS[per]);
  return { fee: multiply(monthly, length.months), annualFee: multiply(monthly, rational(12)), currency };
}

/** The base when only a share of it stands for the objective (at-risk pool and weight, in ppb). */
export function scaleBase(base: Base, share: Rational): Base {
  return { ...base, fee: multiply(base.fee, share), annualFee: multiply(base.annualFee, share) };
}

export function fractionOf({ numerator, denominator }: Fraction): Rational {
  return rational(numerator, denominator);
}

/** How the fee of the period comes about, with the shares that narrow it: `EUR 499.00 a month × 2 × 20 % = EUR 199.60`. */
export function feeStep({ minor, currency, per }: Fee, length: PeriodLength, { base, narrowed }: FeeOf): Step {
  const months = MONTHS[per === 'hour' ? 'month' : per];
  const count = per === 'hour' ? rational(length.ms, HOUR_MS) : multiply(length.months, rational(1, months));
  const factors = [
    ...(count.n === count.d ? [] : [fractionText(count)]),
    ...narrowed.map((ppb) => percentText(rational(ppb, PPB))),
  ];
  const figure = [`${moneyText(minor, currency)} for each ${per}`, ...factors].join(' × ');
  return { rule: 'fee of the period', figure: `${figure} = ${exactMoneyText(base.fee, currency)}` };
}

/** The same of a year, for terms that are of the annual fee. */
export function annualFeeStep({ minor, currency, per }: Fee, { base, narrowed }: FeeOf): Step {
  const times = per === 'hour' ? HOURS_A_YEAR : 12 / MONTHS[per];
  const shares = narrowed.map((ppb) => percentText(rational(ppb, PPB)));
  const figure = [`${moneyText(minor, currency)} for each ${per}`, String(times), ...shares].join(' × ');
  return { rule: 'fee of a year', figure: `${figure} = ${exactMoneyText(base.annualFee, currency)}` };
}

interface FeeOf {
  readonly base: Base;
  /** The pool at risk and the weight in it, in ppb; empty for the whole fee. */
  readonly narrowed: readonly number[];
}

const PPB = 1_000_000_000;

/** `3`, `1.5`; as a fraction in parentheses when decimals would not be exact. */
function fractionText(count: Rational): string {
  const decimal = decimalText(count, 7);
  return decimal.endsWith('…') ? `(${count.n} / ${count.d})` : decimal;
}

/** A rate in exact minor units. */
export function priceOf(rate: Rate, base: Base): Rational {
  if (rate.of === 'amount') return rational(rate.minor);
  return multiply(fractionOf(rate.share), rate.of === 'fee' ? base.fee : base.annualFee);
}

/** A rate as a person writes it: `10 %`, `1/365 of the annual fee`, `EUR 50.00`. */
export function rateText(rate: Rate, currency: Currency): string {
  if (rate.of === 'amount') return moneyText(rate.minor, currency);
  const share = shareText(fractionOf(rate.share));
  return rate.of === 'fee' ? share : `${share} of the annual fee`;
}

/** `10 %`; as a fraction when a percentage would not be exact. */
function shareText(share: Rational): string {
  const percent = decimalText(multiply(share, rational(100)), 7);
  return percent.endsWith('…') ? `${share.n}/${share.d}` : `${percent} %`;
}

/** A price for `count` of something, as a step: `5 % × 3 = EUR 15.00`. */
export function priceStep(rule: string, { rate, count, base }: { rate: Rate; count: Rational; base: Base }): Step {
  const minor = multiply(priceOf(rate, base), count);
  const of = rate.of === 'fee' ? ` of ${exactMoneyText(base.fee, base.currency)}` : '';
  const annual = rate.of === 'annual_fee' ? ` (${exactMoneyText(base.annualFee, base.currency)})` : '';
  const times = count.n === 1n && count.d === 1n ? '' : ` × ${decimalText(count, 7)}`;
  const figure = `${rateText(rate, base.currency)}${of}${annual}${times} = ${exactMoneyText(minor, base.currency)}`;
  return { rule, figure };
}

/** A share as a percentage, truncated: `99.8981481… %`. */
export function percentText(share: Rational): string {
  return `${decimalText(multiply(share, rational(100)), 7)} %`;
}

const UNITS = [
  ['d', 86_400_000],
  ['h', HOUR_MS],
  ['min', 60_000],
  ['s', 1_000],
] as const;

/** A length as a contract writes it, in the largest unit of which it is a whole number: `30 min`, `1 h`, `90 s`. */
export function lengthText(ms: number): string {
  const unit = UNITS.find(([, size]) => ms % size === 0);
  return unit === undefined ? `${ms} ms` : `${ms / unit[1]} ${unit[0]}`;
}

/** Milliseconds in seconds and, where they are whole hundredths, minutes: `2640 s (44 min)`. */
export function timeText(ms: number | Rational): string {
  const exact = typeof ms === 'number' ? rational(ms) : ms;
  const seconds = `${decimalText(rational(exact.n, exact.d * 1_000n), 6)} s`;
  const minutes = decimalText(rational(exact.n, exact.d * 60_000n), 3);
  return minutes.endsWith('…') || exact.n === 0n ? seconds : `${seconds} (${minutes} min)`;
}
