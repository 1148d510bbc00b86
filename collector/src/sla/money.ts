import { decimalText, type Rational, rational, roundHalfUp } from './rational.ts';

/** An ISO 4217 currency. `exponent`: decimals of its minor unit (EUR 2, JPY 0, BHD 3). */
export interface Currency {
  readonly code: string;
  readonly exponent: number;
}

/** The largest amount that is read, in minor units: products with shares stay far from where integers end. */
export const MAX_MINOR = 10 ** 13;

/**
 * Decimal text (`"499.00"`, `"499"`) → integer minor units, read digit by digit; `null` when it is none, has more
 * decimals than the currency, or is larger than `MAX_MINOR`.
 */
export function parseAmount(text: string, { exponent }: Currency): number | null {
  const match = /^(\d{1,14})(?:\.(\d{1,4}))?$/.exec(text);
  const decimals = match?.[2] ?? '';
  if (match === null || decimals.length > exponent) return null;
  const minor = Number(`${match[1]}${decimals.padEnd(exponent, '0')}`);
  return minor <= MAX_MINOR ? minor : null;
}

/** Exact minor units → a whole number of them, half up. The one place where money is rounded. */
export function roundMoney(minor: Rational): number {
  const rounded = Number(roundHalfUp(minor));
  if (!Number.isSafeInteger(rounded)) throw new RangeError('an amount of money beyond all contracts');
  return rounded;
}

/** Minor units → decimal text with all decimals of the currency: 49900 → `499.00`, -5 → `-0.05`. */
export function amountText(minor: number, { exponent }: Currency): string {
  const digits = String(Math.abs(minor)).padStart(exponent + 1, '0');
  const whole = digits.slice(0, digits.length - exponent);
  return `${minor < 0 ? '-' : ''}${whole}${exponent === 0 ? '' : `.${digits.slice(-exponent)}`}`;
}

/** `EUR 499.00`. */
export function moneyText(minor: number, currency: Currency): string {
  return `${currency.code} ${amountText(minor, currency)}`;
}

/** Decimals beyond the minor unit that an amount is shown with before it is rounded. */
const MORE_DECIMALS = 4;

/** An amount that is not rounded yet: `2.777777…`, or `2.50` when it is whole. */
export function exactAmountText(minor: Rational, currency: Currency): string {
  if (minor.d === 1n) return amountText(Number(minor.n), currency);
  const major = rational(minor.n, minor.d * 10n ** BigInt(currency.exponent));
  return decimalText(major, currency.exponent + MORE_DECIMALS);
}

/** The same with the currency: `EUR 2.777777…`. */
export function exactMoneyText(minor: Rational, currency: Currency): string {
  return `${currency.code} ${exactAmountText(minor, currency)}`;
}
