import { describe, expect, it } from 'vitest';
import type { Readings } from '../../../../collector/src/sla/credit/reading.ts';
import { type Settlement, settle } from '../../../../collector/src/sla/credit/settle.ts';
import type { MoneyTerms, RewardTerm } from '../../../../collector/src/sla/credit/terms.ts';
import { rational } from '../../../../collector/src/sla/rational.ts';
import { rewardLooksBack } from '../../../../collector/src/sla/reward/earned.ts';
import { percentRate, ppb, sharing, tiers, USD } from '../credit/cases.ts';

const LENGTH = { ms: 2_592_000_000, months: rational(1) };
const BACK: RewardTerm = {
  objective: 'uptime',
  atLeastPpb: ppb('99.99'),
  forPeriods: 3,
  reward: { kind: 'cancel_credit', periods: 1 },
  cap: null,
};
const BONUS: RewardTerm = { ...BACK, reward: { kind: 'bonus', rate: percentRate('2') } };

const sure = (share: string): Readings => ({ best: sharing(share), worst: sharing(share) });

/** Months, newest first, with what was attained in each; $1000 a month, 10 % below 99.9 %, 30 % below 99 %. */
function months(reward: RewardTerm, newest: Readings, ...before: readonly Readings[]): Settlement {
  return settled({ reward, isRunning: false }, newest, before);
}

function settled(
  { reward, isRunning }: { readonly reward: RewardTerm; readonly isRunning: boolean },
  newest: Readings,
  before: readonly Readings[],
): Settlement {
  const terms: MoneyTerms = {
    fee: { minor: 100_000, currency: USD, per: 'month' },
    credits: [
      {
        objective: 'uptime',
        schedule: { kind: 'tiers_below', tiers: tiers(['99.9', '10'], ['99', '30']) },
        cap: null,
        minPayoutMinor: null,
        after: null,
        conditions: [],
        fee: null,
      },
    ],
    combine: 'sum',
    cap: null,
    atRisk: null,
    rewards: [reward],
  };
  const earlier = before.map((readings, index) => ({
    name: `${index + 1} before`,
    length: LENGTH,
    readings,
    terms,
    targetPpb: ppb('99.9'),
  }));
  const period = { name: 'now', fromMs: 0, toMs: LENGTH.ms, isRunning, length: LENGTH };
  return settle(terms, period, [{ id: 'uptime', targetPpb: ppb('99.9'), current: newest, earlier }]);
}

const PERFECT = sure('100');
const MISSED = sure('99.5');

describe('earn-back', () => {
  it('a credit comes back once, in the third good month after it, and credit, reward and net stand apart', () => {
    const third = months(BACK, PERFECT, PERFECT, PERFECT, MISSED);
    expect(third.credit).toEqual({ low: 0, high: 0 });
    expect(third.reward).toEqual({ low: 10_000, high: 10_000 });
    expect(third.net).toEqual({ low: -10_000, high: -10_000 });
    expect(months(BACK, PERFECT, PERFECT, MISSED).reward.high).toBe(0);
    expect(months(BACK, PERFECT, PERFECT, PERFECT, PERFECT, MISSED).reward.high).toBe(0);
  });

  it('a month that kept the promise but not the higher target ends the run', () => {
    expect(months(BACK, PERFECT, PERFECT, sure('99.95'), MISSED).reward.high).toBe(0);
    // Now the run has three months, and the month before it owed nothing.
    expect(months(BACK, PERFECT, PERFECT, PERFECT, sure('99.95'), MISSED).reward.high).toBe(0);
  });

  it('of two periods takes both before the run, each by what it owed', () => {
    const two: RewardTerm = { ...BACK, reward: { kind: 'cancel_credit', periods: 2 } };
    expect(months(two, PERFECT, PERFECT, PERFECT, MISSED, sure('98')).reward.high).toBe(40_000);
    expect(rewardLooksBack(two)).toBe(4);
  });

  it('is limited by its cap', () => {
    expect(months({ ...BACK, cap: percentRate('4') }, PERFECT, PERFECT, PERFECT, MISSED).reward.high).toBe(4_000);
  });

  it('with a month that nobody can tell is possible, not certain', () => {
    const unsure = { best: sharing('100'), worst: sharing('99.95') };
    expect(months(BACK, PERFECT, unsure, PERFECT, MISSED).reward).toEqual({ low: 0, high: 10_000 });
  });
});

describe('a bonus', () => {
  it('is not earned over a month in which nothing was due: that ends the run', () => {
    const idle = { ...sharing('100'), share: null };
    expect(months(BONUS, PERFECT, { best: idle, worst: idle }, PERFECT).reward.high).toBe(0);
    expect(months(BONUS, PERFECT, PERFECT, PERFECT).reward.high).toBe(2_000);
  });

  it('is paid each time the run has grown by three months, not in each month of it', () => {
    const paid = [1, 2, 3, 4, 5, 6].map((length) => {
      const run = Array.from({ length: length - 1 }, () => PERFECT);
      return months(BONUS, PERFECT, ...run, MISSED).reward.high;
    });
    // 2 % of $1000.
    expect(paid).toEqual([0, 0, 2_000, 0, 0, 2_000]);
  });

  it('is earned at exactly the higher target', () => {
    const monthly = { ...BONUS, forPeriods: 1 };
    expect(months(monthly, sure('99.99')).reward.high).toBe(2_000);
    expect(months(monthly, sure('99.9899999')).reward.high).toBe(0);
  });

  it('that is open too widens the net: the least credit less the most reward', () => {
    // 99.5 % or 100 %: a credit of $100 or none, a bonus of none or $20.
    const { net } = months({ ...BONUS, forPeriods: 1 }, { best: sharing('100'), worst: sharing('99.5') });
    expect(net).toEqual({ low: -2_000, high: 10_000 });
  });

  it('is not earned while its period runs', () => {
    const monthly = { ...BONUS, forPeriods: 1 };
    expect(months(monthly, PERFECT).reward).toEqual({ low: 2_000, high: 2_000 });
    expect(settled({ reward: monthly, isRunning: true }, PERFECT, []).reward).toEqual({ low: 0, high: 2_000 });
    expect(rewardLooksBack(monthly)).toBe(0);
  });
});

it('says in its steps which credit came back', () => {
  const { rewards } = months(BACK, PERFECT, PERFECT, PERFECT, MISSED);
  expect(rewards[0]?.sentence).toBe(
    'at least 99.99 % in 3 periods in a row: the credit of the period before comes back',
  );
  expect(rewards[0]?.steps.low).toEqual([
    { rule: 'periods in a row that were at least 99.99 %', figure: '3; it takes 3' },
    { rule: 'credit of 3 before earned back', figure: 'USD 100.00' },
  ]);
});
