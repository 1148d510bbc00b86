import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConfigError } from '@nines/shared/errors.ts';
import { describe, expect, it } from 'vitest';
import { currencyCodes, currencyOf } from '../../../collector/src/config/currency.ts';
import { loadNines, type Nines } from '../../../collector/src/config/nines.ts';
import type { MoneyTerms } from '../../../collector/src/sla/credit/terms.ts';

const FEE = 'fee: { amount: "499.00", currency: EUR, per: month }';

/** A contract with an availability objective `uptime` and a latency objective `speed`, and these lines about money. */
function contractWith(...lines: readonly string[]): string {
  return `checks: [{ id: shop, probe: { type: tcp, host: shop.example, port: 443 } }]
customers: [{ id: acme }]
contracts:
  - id: hosting
    customer: acme
    objectives:
      - { id: uptime, indicator: { kind: availability, checks: [shop] }, target: "99.95", period: calendar_month }
      - { id: speed, indicator: { kind: latency, checks: [shop], within: 300ms }, target: "95", period: calendar_month }
${lines.map((line) => `    ${line}`).join('\n')}
`;
}

function load(yaml: string): Nines {
  const path = join(mkdtempSync(join(tmpdir(), 'nines-credits-')), 'nines.yaml');
  writeFileSync(path, yaml);
  return loadNines(path);
}

function moneyOf(...lines: readonly string[]): MoneyTerms {
  const money = load(contractWith(...lines)).contracts[0]?.money;
  if (money === undefined || money === null) throw new Error('no money in this contract');
  return money;
}

/** Each mistake as `line:column message`; the lines about money begin at line 9. */
function mistakesOf(...lines: readonly string[]): string[] {
  try {
    load(contractWith(...lines));
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.mistakes.map(({ line, column, message }) => `${line}:${column} ${message}`);
  }
  return [];
}

describe('currencies', () => {
  it.each([
    ['EUR', 2],
    ['JPY', 0],
    ['BHD', 3],
    ['CLF', 4],
    // What tills in the shop no longer use stands on invoices: ISO 4217 has fillér and fils.
    ['HUF', 2],
    ['IQD', 3],
    ['ISK', 0],
  ])('%s has %i decimals by ISO 4217', (code, exponent) => {
    expect(currencyOf(code)).toEqual({ code, exponent });
  });

  it('each of the list has a whole number of decimals from 0 to 4, and nothing else is a currency', () => {
    const exponents = new Set(currencyCodes().map((code) => currencyOf(code)?.exponent));
    expect([...exponents].sort()).toEqual([0, 2, 3, 4]);
    expect(currencyOf('eur')).toBeNull();
    expect(currencyOf('XYZ')).toBeNull();
  });
});

describe('a contract about money', () => {
  it('without a fee has none', () => {
    expect(load(contractWith()).contracts[0]?.money).toBeNull();
  });

  it('is read into the words of the arithmetic', () => {
    const money = moneyOf(
      FEE,
      'credits:',
      '  - { objective: uptime, schedule: tiers_below, tiers: [{ below: "99.95", credit: "10" }, { below: "99.0", credit: "25" }], cap: "100" }',
      'rewards: [{ objective: uptime, at_least: "99.99", for_periods: 3, reward: { cancel_credit: 1 } }]',
    );
    expect(money).toEqual({
      fee: { minor: 49_900, currency: { code: 'EUR', exponent: 2 }, per: 'month' },
      credits: [
        {
          objective: 'uptime',
          schedule: {
            kind: 'tiers_below',
            tiers: [
              { belowPpb: 999_500_000, credit: percent(100_000_000), atLeastPpb: null, printedDowntimeMs: null },
              { belowPpb: 990_000_000, credit: percent(250_000_000), atLeastPpb: null, printedDowntimeMs: null },
            ],
          },
          cap: percent(1_000_000_000),
          minPayoutMinor: null,
          after: null,
          conditions: [],
          fee: null,
        },
      ],
      combine: 'sum',
      cap: null,
      atRisk: null,
      rewards: [
        {
          objective: 'uptime',
          atLeastPpb: 999_900_000,
          forPeriods: 3,
          reward: { kind: 'cancel_credit', periods: 1 },
          cap: null,
        },
      ],
    });
  });

  it.each([
    ['tiers_then_steps', 'tiers: [{ below: "99", credit: "30" }], step: "0.1", credit: "5", rounding: floor'],
    ['per_block', 'block: 30m, credit: "5", rounding: ceil, counting: excess, allowance: target'],
    ['multiplier', 'times: 10, counting: per_incident, allowance: 30m, longer_than: 5m, one_per_day: true'],
    ['prorata', 'counting: excess, allowance: { share: "0.01" }'],
    ['per_shortfall_step', 'step: "0.3", credit: { fraction: 1/365, of: annual_fee }, rounding: ceil'],
    ['per_incident', 'credit: { amount: "50.00" }, one_per_day: true, free: 1'],
    ['automatic_hour_waiver', 'more_than: 6m'],
    ['non_monetary', 'remedy: may terminate, after: { below: "99.5", periods: 3, of: 6 }'],
  ])('may have the schedule %s', (schedule, terms) => {
    const { credits } = moneyOf(FEE, `credits: [{ objective: uptime, schedule: ${schedule}, ${terms} }]`);
    expect(credits[0]?.schedule.kind).toBe(schedule);
  });

  it('reads limits, conditions, a fee of the service and a pool at risk', () => {
    const money = moneyOf(
      FEE,
      'credit_limit: { combine: highest, cap: { percent: "25", of: annual_fee } }',
      'at_risk: { pool: "15", weights: [{ objective: uptime, weight: "60" }] }',
      'credits:',
      '  - objective: uptime',
      '    schedule: prorata',
      '    min_payout: "1.00"',
      '    after: { below: "99.95", periods: 2 }',
      '    requires: [a ticket was opened, { text: the account is paid, holds: true }]',
      '    fee: { amount: "30.00", currency: EUR, per: year }',
    );
    expect(money).toMatchObject({
      combine: 'highest',
      cap: { of: 'annual_fee', share: { numerator: 250_000_000, denominator: 1_000_000_000 } },
      atRisk: { poolPpb: 150_000_000, weights: [{ objective: 'uptime', ppb: 600_000_000 }] },
    });
    expect(money.credits[0]).toMatchObject({
      minPayoutMinor: 100,
      after: { belowPpb: 999_500_000, periods: 2, of: 2 },
      conditions: [
        { text: 'a ticket was opened', holds: null },
        { text: 'the account is paid', holds: true },
      ],
      fee: { minor: 3_000, per: 'year' },
    });
  });
});

describe('a mistake about money is named with its place and what would be right', () => {
  const credit = (terms: string) => `credits: [{ objective: uptime, ${terms} }]`;

  it.each([
    ['a number', 'fee: { amount: 499.00, currency: EUR, per: month }', '9:20 expected an amount as text in quotes'],
    [
      'half a cent',
      'fee: { amount: "0.005", currency: EUR, per: month }',
      '9:20 EUR has at most 2 decimals (ISO 4217)',
    ],
    ['parts of a yen', 'fee: { amount: "1.5", currency: JPY, per: month }', '9:20 JPY has no decimals (ISO 4217)'],
    [
      'no currency',
      'fee: { amount: "1", currency: EURO, per: month }',
      '9:35 no currency "EURO" in ISO 4217, did you mean EUR?',
    ],
    ['a comma', 'fee: { amount: "1,50", currency: EUR, per: month }', '9:20 expected an amount such as "499.00"'],
    ['a period', 'fee: { amount: "1", currency: EUR, per: week }', '9:45 expected one of hour, month, quarter, year'],
  ])('%s', (_, line, message) => {
    expect(mistakesOf(line)[0]).toContain(message);
  });

  it.each([
    [
      'a percentage as a number',
      credit('schedule: tiers_below, tiers: [{ below: 99.9, credit: "10" }]'),
      '10:76 expected a percentage as text',
    ],
    [
      'a schedule that is none',
      credit('schedule: tier_below, tiers: []'),
      '10:46 unknown schedule, did you mean tiers_below?',
    ],
    ['an option of another schedule', credit('schedule: prorata, block: 30m'), '10:55 unknown key'],
    ['excess of nothing', credit('schedule: prorata, counting: excess'), '10:65 excess needs an allowance'],
    [
      'an allowance that is not used',
      credit('schedule: prorata, allowance: 5m'),
      '10:66 all downtime counts with counting: total',
    ],
    ['single outages of a total', credit('schedule: prorata, one_per_day: true'), 'is about single outages'],
    [
      'a credit for what nobody promised',
      'credits: [{ objective: uptme, schedule: prorata }]',
      '10:28 no objective "uptme" in this contract; it has uptime, speed',
    ],
    [
      'misses of what is counted in runs',
      'credits: [{ objective: speed, schedule: per_incident, credit: "5" }]',
      '10:45 needs single misses, and speed counts runs',
    ],
    [
      'time of what is counted in runs',
      'credits: [{ objective: speed, schedule: prorata }]',
      '10:45 needs downtime, and speed counts runs',
    ],
    [
      'another currency',
      credit('schedule: prorata, fee: { amount: "1", currency: USD, per: month }'),
      '10:85 expected EUR, the currency of the contract',
    ],
    ['more of than in', credit('schedule: prorata, after: { below: "99", periods: 3, of: 2 }'), 'expected at least 3'],
  ])('%s', (_, line, message) => {
    expect(mistakesOf(FEE, line)[0]).toContain(message);
  });

  it('a mean of the shares of slices has no length of downtime and no single misses', () => {
    for (const schedule of ['prorata', 'per_incident, credit: "5"']) {
      const yaml = contractWith(FEE, credit(`schedule: ${schedule}`));
      const mean = yaml.replace('checks: [shop] }', 'checks: [shop], method: ratio_of_slices, slice: 5m }');
      expect(() => load(mean)).toThrow('uptime counts shares; use tiers_below or per_shortfall_step');
      expect(() => load(yaml)).not.toThrow();
    }
  });

  it('credits without a fee are parts of nothing', () => {
    expect(mistakesOf(credit('schedule: prorata'))).toEqual([
      '9:14 a credit is a part of a fee: say what is paid under fee',
    ]);
  });

  it('an objective without a weight has no part of the pool at risk', () => {
    const pool = 'at_risk: { pool: "15", weights: [{ objective: speed, weight: "60" }] }';
    expect(mistakesOf(FEE, pool, credit('schedule: prorata'))[0]).toContain('11:28 has no weight under at_risk');
  });
});

it('a version that says more about money has another digest, and the defaults say nothing', () => {
  const digest = (...lines: readonly string[]) => load(contractWith(...lines)).contracts[0]?.digest;
  expect(digest(FEE)).not.toBe(digest());
  expect(digest(FEE, 'credit_limit: { combine: sum }', 'credits: []')).toBe(digest(FEE));
});

function percent(numerator: number) {
  return { of: 'fee', share: { numerator, denominator: 1_000_000_000 } };
}
