import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { baseOf } from '../../../../collector/src/sla/credit/pricing.ts';
import type { PeriodReading, Readings } from '../../../../collector/src/sla/credit/reading.ts';
import { type SettledObjective, type SettledPeriod, settle } from '../../../../collector/src/sla/credit/settle.ts';
import type { CreditTerm, MoneyTerms, Schedule } from '../../../../collector/src/sla/credit/terms.ts';
import { rational } from '../../../../collector/src/sla/rational.ts';
import {
  DAY_MS,
  downtime,
  HOUR_MS,
  MINUTE_MS,
  MONTH_MS,
  outages,
  percentRate,
  ppb,
  reading,
  tiers,
  USD,
} from './cases.ts';

const BLOCKS: Schedule = {
  kind: 'per_block',
  blockMs: 30 * MINUTE_MS,
  credit: percentRate('5'),
  rounding: 'floor',
  downtime: downtime(),
};
const TABLE: Schedule = { kind: 'tiers_below', tiers: tiers(['99.9', '10'], ['99', '25'], ['95', '100']) };

function term(schedule: Schedule, parts: Partial<CreditTerm> = {}): CreditTerm {
  const none = { cap: null, minPayoutMinor: null, after: null, conditions: [], fee: null };
  return { objective: 'uptime', schedule, ...none, ...parts };
}

function money(credits: readonly CreditTerm[], parts: Partial<MoneyTerms> = {}): MoneyTerms {
  const fee = { minor: 20_000, currency: USD, per: 'month' } as const;
  return { fee, credits, combine: 'sum', cap: null, atRisk: null, rewards: [], ...parts };
}

const JUNE: SettledPeriod = {
  name: '2026-06',
  fromMs: Date.UTC(2026, 5, 1),
  toMs: Date.UTC(2026, 6, 1),
  isRunning: false,
  length: { ms: MONTH_MS, months: rational(1) },
};

const sure = (seen: PeriodReading): Readings => ({ best: seen, worst: seen });

function objective(current: Readings, parts: Partial<SettledObjective> = {}): SettledObjective {
  return { id: 'uptime', targetPpb: ppb('99.9'), current, earlier: [], ...parts };
}

/** What is owed for so many minutes of downtime in June, in cents. */
function creditFor(terms: MoneyTerms, minutes: number): number {
  return settle(terms, JUNE, [objective(sure(reading(minutes * MINUTE_MS)))]).credit.high;
}

describe('a cap', () => {
  it.each([
    ['Rackspace: 601 min are 20 blocks, 100 %', BLOCKS, '100', 601, 20_000],
    ['Rackspace: 10,000 min are 333 blocks, 100 %', BLOCKS, '100', 10_000, 20_000],
    ['Safespring: 25 % stay below a cap of 50 %', TABLE, '50', 433, 5_000],
    ['Safespring: 100 % do not', TABLE, '50', 2_161, 10_000],
  ])('%s', (_, schedule, cap, minutes, cents) => {
    expect(creditFor(money([term(schedule, { cap: percentRate(cap) })]), minutes)).toBe(cents);
  });

  it('of the whole contract limits what its terms owe together', () => {
    const both = [term(TABLE), term(BLOCKS)];
    // 433 min: 25 % and 14 blocks, 70 %: 95 % of $200.
    expect(creditFor(money(both), 433)).toBe(19_000);
    expect(creditFor(money(both, { cap: percentRate('50') }), 433)).toBe(10_000);
  });

  it('is never exceeded', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: MONTH_MS }), fc.integer({ min: 0, max: 100 }), (ms, percent) => {
        const terms = money([term(BLOCKS), term(TABLE)], { cap: percentRate(String(percent)) });
        const { credit } = settle(terms, JUNE, [objective(sure(reading(ms)))]);
        expect(credit.high).toBeLessThanOrEqual(200 * percent);
      }),
    );
  });
});

describe('the terms of a credit', () => {
  it('several add up, or only the highest is owed', () => {
    const both = [term(TABLE), term(BLOCKS)];
    expect(creditFor(money(both, { combine: 'highest' }), 433)).toBe(14_000);
  });

  it('a least payout is not paid at that amount, only beyond it', () => {
    // 5 % of $20.00 is $1.00 exactly; of $20.01 it is $1.0005, more than $1.
    const terms = [term(BLOCKS, { minPayoutMinor: 100 })];
    const cheap = (minor: number) => money(terms, { fee: { minor, currency: USD, per: 'month' } });
    expect(creditFor(cheap(2_000), 30)).toBe(0);
    expect(creditFor(cheap(2_001), 30)).toBe(100);
  });

  it('a credit that needs two bad months in six is owed in the second', () => {
    const after = { belowPpb: ppb('99.9'), periods: 2, of: 6 };
    const earlier = (minutes: number) => [
      {
        name: '2026-05',
        length: JUNE.length,
        readings: sure(reading(minutes * MINUTE_MS)),
        terms: null,
        targetPpb: ppb('99.9'),
      },
    ];
    const terms = money([term(TABLE, { after })]);
    const seen = sure(reading(44 * MINUTE_MS));
    expect(settle(terms, JUNE, [objective(seen, { earlier: earlier(0) })]).credit.high).toBe(0);
    expect(settle(terms, JUNE, [objective(seen, { earlier: earlier(44) })]).credit.high).toBe(2_000);
  });

  it('a month in which nothing was due is no bad one among them', () => {
    const after = { belowPpb: ppb('99.9'), periods: 2, of: 6 };
    const idle = sure({ ...reading(0), share: null });
    const earlier = [{ name: '2026-05', length: JUNE.length, readings: idle, terms: null, targetPpb: ppb('99.9') }];
    const seen = sure(reading(44 * MINUTE_MS));
    expect(settle(money([term(TABLE, { after })]), JUNE, [objective(seen, { earlier })]).credit.high).toBe(0);
  });

  it('a condition that does not hold owes nothing; one that is open makes the credit possible, not certain', () => {
    const terms = (holds: boolean | null) =>
      money([term(TABLE, { conditions: [{ text: 'a ticket was opened', holds }] })]);
    const seen = [objective(sure(reading(44 * MINUTE_MS)))];
    expect(settle(terms(true), JUNE, seen).credit).toEqual({ low: 2_000, high: 2_000 });
    expect(settle(terms(false), JUNE, seen).credit).toEqual({ low: 0, high: 0 });
    const open = settle(terms(null), JUNE, seen);
    expect(open.credit).toEqual({ low: 0, high: 2_000 });
    expect(open.credits[0]?.open).toEqual(['a ticket was opened']);
  });

  it('percentages may be of the fee of the affected service alone', () => {
    const service = { minor: 3_000, currency: USD, per: 'month' } as const;
    expect(creditFor(money([term(TABLE, { fee: service })]), 44)).toBe(300);
  });
});

describe('the fee', () => {
  const credited = (per: 'hour' | 'month' | 'quarter' | 'year', months: ReturnType<typeof rational>) => {
    const terms = money([term(TABLE)], { fee: { minor: 120_000, currency: USD, per } });
    const period = { ...JUNE, length: { ms: MONTH_MS, months } };
    return settle(terms, period, [objective(sure(reading(44 * MINUTE_MS)))]).credit.high;
  };

  it('of a quarter or a year is divided by months, not by days: 10 % of $1200.00 a year is $10.00 a month', () => {
    expect(credited('month', rational(1))).toBe(12_000);
    expect(credited('quarter', rational(1))).toBe(4_000);
    expect(credited('year', rational(1))).toBe(1_000);
  });

  it('of a part of a month is that part: a contract that began on 21 June of 30 days owes a third', () => {
    expect(credited('month', rational(10, 30))).toBe(4_000);
  });

  it('of an hour counts the hours of the period: 10 % of 720 × $0.03 is $2.16', () => {
    const terms = money([term(TABLE)], { fee: { minor: 3, currency: USD, per: 'hour' } });
    expect(creditFor(terms, 44)).toBe(216);
  });

  it('of a year, when it is by the hour, is of 8,760 hours', () => {
    const { annualFee } = baseOf({ minor: 3, currency: USD, per: 'hour' }, JUNE.length);
    expect(annualFee).toEqual(rational(26_280));
  });

  it.each([
    ['JPY', 0, 9_999, 1_000], // 999.9
    ['EUR', 2, 9_995, 1_000], // 999.5: half up
    ['EUR', 2, 9_994, 999], // 999.4
    ['BHD', 3, 1_234_565, 123_457], // 123,456.5 thousandths
  ])('%s with %i decimals is rounded to its own minor unit: 10 %% of %i is %i', (code, exponent, minor, cents) => {
    const fee = { minor, currency: { code, exponent }, per: 'month' } as const;
    expect(creditFor(money([term(TABLE)], { fee }), 44)).toBe(cents);
  });

  it('is rounded once, after the sum: two thirds of a cent and two thirds are one cent, not two', () => {
    // 5 % of 13.33… cents is 0.666… cents; twice that is 1.333…
    const fee = { minor: 40, currency: USD, per: 'quarter' } as const;
    expect(creditFor(money([term(BLOCKS), term(BLOCKS)], { fee }), 30)).toBe(1);
  });
});

describe('an inconclusive period', () => {
  it('owes for certain what it owes with the unknown time as up, and at most what it owes with it as down', () => {
    // 30 min down, 20 min unknown of 30 d: 99.930…% or 99.884…%; 99.9 % was promised.
    const readings = { best: reading(30 * MINUTE_MS), worst: reading(50 * MINUTE_MS) };
    const settled = settle(money([term(TABLE), term(BLOCKS)]), JUNE, [objective(readings)]);
    // The table owes 0 or 10 % of $200, the blocks one of 5 % either way.
    expect(settled.credit).toEqual({ low: 1_000, high: 3_000 });
    expect(settled.credits.map(({ exact }) => exact.low)).toEqual([rational(0), rational(1_000)]);
  });

  it('gives a right only for certain; one that the unknown time may give is said to be open', () => {
    const right: Schedule = {
      kind: 'non_monetary',
      remedy: 'may terminate',
      after: { belowPpb: ppb('99.9'), periods: 1, of: 1 },
    };
    const line = (best: number, worst: number) => {
      const readings = { best: reading(best * MINUTE_MS), worst: reading(worst * MINUTE_MS) };
      const [first] = settle(money([term(right)]), JUNE, [objective(readings)]).credits;
      return [first?.right, first?.open];
    };
    expect(line(44, 50)).toEqual(['may terminate', []]);
    expect(line(30, 50)).toEqual([null, ['whether the customer may terminate']]);
    expect(line(0, 40)).toEqual([null, []]);
  });

  it('never owes for certain more than at most, also where one long outage costs less than two short ones', () => {
    // 10 + 10 min are two begun half hours; with the 5 min between them unknown and down they are one.
    const ceil: Schedule = { ...BLOCKS, rounding: 'ceil', downtime: downtime({ counting: 'per_incident' }) };
    const best = reading(20 * MINUTE_MS, { incidents: outages(10, 10) });
    const worst = reading(25 * MINUTE_MS, { incidents: outages(25) });
    expect(settle(money([term(ceil)]), JUNE, [objective({ best, worst })]).credit).toEqual({ low: 1_000, high: 2_000 });
  });
});

describe('a pool at risk', () => {
  const atRisk = {
    poolPpb: ppb('15'),
    weights: [
      { objective: 'uptime', ppb: ppb('60') },
      { objective: 'answered', ppb: ppb('60') },
    ],
  };
  const all: Schedule = { kind: 'tiers_below', tiers: tiers(['99.9', '100']) };
  const bad = sure(reading(44 * MINUTE_MS));

  it('15 % of $200 with a weight of 60 % puts $18 on a miss', () => {
    expect(creditFor(money([term(all)], { atRisk }), 44)).toBe(1_800);
  });

  it('is the most that all misses cost together: 60 % + 60 % of the pool are the pool, $30', () => {
    const terms = money([term(all), term(all, { objective: 'answered' })], { atRisk });
    const settled = settle(terms, JUNE, [objective(bad), objective(bad, { id: 'answered' })]);
    expect(settled.credit.high).toBe(3_000);
  });
});

describe('what is shown', () => {
  it('every step from the downtime to the rounded amount', () => {
    const { credits, steps } = settle(money([term(BLOCKS, { cap: percentRate('20') })]), JUNE, [
      objective(sure(reading(5 * HOUR_MS))),
    ]);
    expect(credits[0]?.sentence).toBe('5 % for each 30 min of downtime; at most 20 %');
    expect(credits[0]?.steps.low.map(({ rule, figure }) => `${rule}: ${figure}`)).toEqual([
      'fee of the period: USD 200.00 for each month = USD 200.00',
      'downtime counted: 18000 s (300 min)',
      'complete blocks of 1800 s (30 min): 18000 s (300 min) / 1800 s (30 min) → 10, together 10',
      'credit of the blocks: 5 % of USD 200.00 × 10 = USD 100.00',
      'not more than the cap: 20 % of USD 200.00 = USD 40.00',
    ]);
    expect(steps.low.map(({ rule, figure }) => `${rule}: ${figure}`)).toEqual([
      'credits of the period together: USD 40.00',
      'rounded once, half up: USD 40.00',
    ]);
  });
});

it('an objective that was not judged in the period has no line in it', () => {
  const terms = money([term(TABLE), term(TABLE, { objective: 'quarterly' })]);
  const settled = settle(terms, JUNE, [objective(sure(reading(DAY_MS)))]);
  expect(settled.credits.map(({ objective: id }) => id)).toEqual(['uptime']);
});
