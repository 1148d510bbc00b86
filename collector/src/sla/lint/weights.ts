import { exactMoneyText } from '../money.ts';
import { decimalText, multiply, ofPpb, rational, sum } from '../rational.ts';
import { monthlyPrice, share } from './lint-text.ts';
import type { LintRule } from './linted.ts';

/** A pool that its weights can never use up: part of what stands at risk does not. */
export const weights: LintRule = ({ money }) => {
  if (money === null || money.atRisk === null) return [];
  const { poolPpb, weights: all } = money.atRisk;
  const together = sum(all.map(({ ppb }) => ofPpb(ppb)));
  if (together.n >= together.d) return [];
  const pool = monthlyPrice({ of: 'fee', share: { numerator: poolPpb, denominator: 1_000_000_000 } }, money.fee);
  const used = multiply(pool, together);
  return [
    {
      path: ['at_risk', 'weights'],
      message: `the weights come to ${decimalText(multiply(together, rational(100)), 7)} %: the pool of ${share(poolPpb)} is never used up`,
      example: `${exactMoneyText(pool, money.fee.currency)} a month stand at risk, at most ${exactMoneyText(used, money.fee.currency)} can be owed`,
    },
  ];
};
