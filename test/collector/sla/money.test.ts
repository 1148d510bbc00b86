import { describe, expect, it } from 'vitest';
import {
  amountText,
  type Currency,
  exactMoneyText,
  MAX_MINOR,
  parseAmount,
  roundMoney,
} from '../../../collector/src/sla/money.ts';
import { rational } from '../../../collector/src/sla/rational.ts';

const EUR: Currency = { code: 'EUR', exponent: 2 };
const JPY: Currency = { code: 'JPY', exponent: 0 };
const BHD: Currency = { code: 'BHD', exponent: 3 };

describe('an amount', () => {
  it.each([
    ['499.00', EUR, 49_900],
    ['499', EUR, 49_900],
    ['0.5', EUR, 50],
    ['1000', JPY, 1_000],
    ['1.234', BHD, 1_234],
    ['0.001', BHD, 1],
  ])('%s %o is %i minor units', (text, currency, minor) => {
    expect(parseAmount(text, currency)).toBe(minor);
  });

  it.each([
    ['499.005', EUR], // half a cent is no price
    ['1.5', JPY],
    ['1,50', EUR],
    ['-1', EUR],
    ['1e3', EUR],
    ['', EUR],
    [String(MAX_MINOR), EUR], // a hundred times the largest
  ])('%s %o is refused, not rounded', (text, currency) => {
    expect(parseAmount(text, currency)).toBeNull();
  });

  it('is written with all decimals of its currency', () => {
    expect(amountText(49_900, EUR)).toBe('499.00');
    expect(amountText(-5, EUR)).toBe('-0.05');
    expect(amountText(1_000, JPY)).toBe('1000');
    expect(amountText(7, BHD)).toBe('0.007');
  });

  it('that is not rounded yet shows that it goes on', () => {
    expect(exactMoneyText(rational(25_000, 90), EUR)).toBe('EUR 2.777777…');
    expect(exactMoneyText(rational(250), EUR)).toBe('EUR 2.50');
    expect(exactMoneyText(rational(1, 2), JPY)).toBe('JPY 0.5');
  });

  it('is rounded half up in its last minor unit', () => {
    expect(roundMoney(rational(2_775, 10))).toBe(278);
    expect(roundMoney(rational(2_774, 10))).toBe(277);
  });
});
