import { code, codes } from 'currency-codes';
import type { Currency } from '../sla/money.ts';

/**
 * An ISO 4217 currency, from the standard's own list; `null` when there is none of that code. Not from `Intl`: its
 * decimals are those of shop tills (HUF 0, IQD 0), the standard's are those of invoices (HUF 2, IQD 3).
 */
export function currencyOf(text: string): Currency | null {
  const found = /^[A-Z]{3}$/.test(text) ? code(text) : undefined;
  return found === undefined ? null : { code: found.code, exponent: found.digits };
}

export function currencyCodes(): readonly string[] {
  return codes();
}
