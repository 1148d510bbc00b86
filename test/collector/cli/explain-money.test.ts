import { describe, expect, it } from 'vitest';
import { moneyLines, moneySchema } from '../../../collector/src/cli/explain-money.ts';

const certain = [{ rule: 'row of the table', figure: '99.95 % is below none of them' }];
const atMost = [
  { rule: 'row of the table', figure: '99.89 % is below 99.9 %' },
  { rule: 'credit of that row', figure: '10 % of EUR 499.00 = EUR 49.90' },
];
const credit = {
  terms: '10 % below 99.9 %',
  low: '0.00',
  high: '49.90',
  right: null,
  open: [],
  steps: { low: certain, high: atMost },
};
const money = moneySchema.parse({ currency: 'EUR', credits: [credit], rewards: [{ ...credit, high: '0.00' }] });

describe('money below an attainment', () => {
  it('is one line for each term that costs something, and no line for what costs nothing', () => {
    expect(moneyLines(money, false)).toEqual(['    credit EUR 0.00 to 49.90: 10 % below 99.9 %']);
    expect(moneyLines({ ...money, currency: null }, true)).toEqual([]);
  });

  it('explained has every step, both ways when they differ', () => {
    expect(moneyLines({ ...money, rewards: [] }, true)).toEqual([
      '    credit EUR 0.00 to 49.90: 10 % below 99.9 %',
      '      for certain:',
      '        row of the table: 99.95 % is below none of them',
      '      at most:',
      '        row of the table: 99.89 % is below 99.9 %',
      '        credit of that row: 10 % of EUR 499.00 = EUR 49.90',
    ]);
    const sure = { ...credit, low: '49.90', steps: { low: atMost, high: atMost } };
    expect(moneyLines({ ...money, credits: [sure], rewards: [] }, true)).toEqual([
      '    credit EUR 49.90: 10 % below 99.9 %',
      '        row of the table: 99.89 % is below 99.9 %',
      '        credit of that row: 10 % of EUR 499.00 = EUR 49.90',
    ]);
  });

  it('names a right that is due, and what nobody knows yet', () => {
    const right = { ...credit, high: '0.00', right: 'may terminate', open: ['a ticket was opened'] };
    expect(moneyLines({ ...money, credits: [right] }, false)).toEqual([
      '    credit EUR 0.00: 10 % below 99.9 % [may terminate] [not known yet: a ticket was opened]',
    ]);
  });
});
