import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { loadNines } from '../../../collector/src/config/nines.ts';
import type { PeriodReading } from '../../../collector/src/sla/credit/reading.ts';
import { type Settlement, settle } from '../../../collector/src/sla/credit/settle.ts';
import type { MoneyTerms } from '../../../collector/src/sla/credit/terms.ts';
import { rational } from '../../../collector/src/sla/rational.ts';
import { HOUR_MS, MINUTE_MS, MONTH_MS, outages, ppb, reading, sharing } from '../sla/credit/cases.ts';

/** One wording of a hosting contract: examples of what such texts say, not today's terms of anybody. */
interface Agreement {
  readonly name: string;
  readonly target: string;
  /** $1000.00 a month when absent. */
  readonly fee?: string;
  readonly credits: readonly string[];
  /** What was seen in 30 days, and what is owed in cents. */
  readonly owes: readonly (readonly [PeriodReading, number])[];
}

const down = (minutes: number) => reading(minutes * MINUTE_MS);
const tickets = (count: number) => reading(0, { incidents: outages(...Array.from({ length: count }, () => 50)) });
const tiers = (rows: string, more = '') => `{ objective: it, schedule: tiers_below, tiers: [${rows}]${more} }`;
const row = (below: string, credit: string) => `{ below: "${below}", credit: "${credit}" }`;

const AGREEMENTS: readonly Agreement[] = [
  {
    name: 'EC2 instance: a table, and beside it the clock hours with more than 6 bad minutes',
    target: '99.5',
    fee: '{ amount: "0.10", currency: USD, per: hour }',
    credits: [
      tiers([row('99.5', '10'), row('99.0', '30'), row('95.0', '100')].join(', '), ', min_payout: "1.00"'),
      '{ objective: it, schedule: automatic_hour_waiver, more_than: 6m }',
    ],
    owes: [
      // 720 h at 10 cents are $72.00. 217 min in four hours: 10 % is $7.20, and four hours are 40 cents.
      [
        { ...down(217), hours: [0, 1, 2, 3].map((hour) => ({ name: `${hour}`, badMs: HOUR_MS, lengthMs: HOUR_MS })) },
        760,
      ],
      // One hour with 7 bad minutes: 99.98 %, and 10 cents.
      [{ ...down(7), hours: [{ name: '0', badMs: 7 * MINUTE_MS, lengthMs: HOUR_MS }] }, 10],
    ],
  },
  {
    name: 'S3: a table over the mean of the error rates of 5-minute intervals',
    target: '99.9',
    credits: [tiers([row('99.9', '10'), row('99', '25'), row('95', '100')].join(', '))],
    owes: [
      // One interval of 8,640 in which all failed: 99.988…%. Twelve with half: 99.930…%. 18: 99.895…%.
      [{ ...down(0), share: rational(8_639, 8_640) }, 0],
      [{ ...down(0), share: rational(8_634, 8_640) }, 0],
      [{ ...down(0), share: rational(8_631, 8_640) }, 10_000],
    ],
  },
  {
    name: 'Compute Engine: at most half of the bill',
    target: '99.9',
    credits: [tiers([row('99.9', '10'), row('99', '25'), row('95', '50')].join(', '), ', cap: "50"')],
    owes: [
      [down(43), 0],
      [down(44), 10_000],
      [down(433), 25_000],
      [down(2_161), 50_000],
    ],
  },
  {
    name: 'Azure DNS: 100 %, so one minute is owed for',
    target: '100',
    credits: [tiers([row('100', '10'), row('99.99', '25'), row('99.5', '100')].join(', '))],
    owes: [
      [down(0), 0],
      [down(1), 10_000],
      [down(5), 25_000],
      [down(217), 100_000],
    ],
  },
  {
    name: 'Safespring: at most half of the affected service',
    target: '99.99',
    credits: [
      tiers(
        [row('99.99', '10'), row('99', '25'), row('95', '50')].join(', '),
        ', cap: "50", fee: { amount: "200.00", currency: USD, per: month }',
      ),
    ],
    owes: [
      [down(4), 0],
      [down(5), 2_000],
      [down(433), 5_000],
      [down(2_161), 10_000],
    ],
  },
  {
    name: 'Fastly: five rows, for customers with a support plan alone',
    target: '100',
    credits: [
      tiers(
        [row('100', '1'), row('99.99', '5'), row('99.9', '10'), row('99', '25'), row('98', '50')].join(', '),
        ', requires: [{ text: Gold or Enterprise support, holds: true }]',
      ),
    ],
    owes: [
      [down(0), 0],
      [down(1), 1_000],
      [down(44), 10_000],
      [down(865), 50_000],
    ],
  },
  {
    name: 'Rackspace: 5 % per half hour or part of it, at most all of it',
    target: '100',
    credits: ['{ objective: it, schedule: per_block, block: 30m, credit: "5", rounding: ceil, cap: "100" }'],
    owes: [
      [down(0), 0],
      [down(1), 5_000],
      [down(31), 10_000],
      [down(601), 100_000],
    ],
  },
  {
    name: 'OVH storage: 5 % per started 10 minutes',
    target: '100',
    credits: ['{ objective: it, schedule: per_block, block: 10m, credit: "5", rounding: ceil, cap: "100" }'],
    owes: [
      [down(9), 5_000],
      [down(11), 10_000],
      [down(200), 100_000],
    ],
  },
  {
    name: 'WP Managed Secure: 5 % for each hour beyond the target',
    target: '99.9',
    credits: [
      '{ objective: it, schedule: per_block, block: 1h, credit: "5", rounding: floor, counting: excess, allowance: target, cap: "100" }',
    ],
    // 104 − 43.2 min is one hour and 0.8 min; 1,243 − 43.2 min are 19 hours and 59.8 min.
    owes: [
      [down(60), 0],
      [down(104), 5_000],
      [down(1_243), 95_000],
    ],
  },
  {
    name: 'Mailgun: 5 % per 30 minutes after the first 0.01 %, at most half',
    target: '99.99',
    credits: [
      '{ objective: it, schedule: per_block, block: 30m, credit: "5", rounding: floor, counting: excess, allowance: { share: "0.01" }, cap: "50" }',
    ],
    owes: [
      [down(34), 0],
      [down(35), 5_000],
      [down(65), 10_000],
      [down(400), 50_000],
    ],
  },
  {
    name: 'Liquid Web: ten times the time that a replacement took beyond 30 minutes',
    target: '100',
    fee: '{ amount: "200.00", currency: USD, per: month }',
    credits: ['{ objective: it, schedule: multiplier, times: 10, counting: per_incident, allowance: 30m, cap: "100" }'],
    // 10 × $200 × 60 / 43,200 = $2.7777…; 4,320 min beyond are all of it.
    owes: [
      [down(90), 278],
      [down(4_350), 20_000],
      [down(30), 0],
    ],
  },
  {
    name: 'UpCloud: fifty times the price of each outage of more than five minutes',
    target: '99.999',
    fee: '{ amount: "0.03", currency: USD, per: hour }',
    credits: [
      '{ objective: it, schedule: multiplier, times: 50, counting: per_incident, longer_than: 5m, cap: "100" }',
    ],
    owes: [
      [down(20), 50],
      [down(5), 0],
      [down(10_000), 2_160],
    ],
  },
  {
    name: 'DigitalOcean: the lost time at the hourly rate',
    target: '99.99',
    fee: '{ amount: "0.12", currency: USD, per: hour }',
    credits: ['{ objective: it, schedule: prorata }'],
    owes: [
      [down(60), 12],
      [down(90), 18],
    ],
  },
  {
    name: 'Cornerstone: 1/365 of the annual fee for each 0.3 % or part of it',
    target: '99.5',
    fee: '{ amount: "3650.00", currency: USD, per: year }',
    credits: [
      '{ objective: it, schedule: per_shortfall_step, step: "0.3", credit: { fraction: 1/365, of: annual_fee }, rounding: ceil }',
    ],
    owes: [
      [sharing('99.5'), 0],
      [sharing('99.49'), 1_000],
      [sharing('99.2'), 1_000],
      [sharing('99.19'), 2_000],
    ],
  },
  {
    name: 'Stablehost: 10 % per 0.1 % below',
    target: '99.9',
    credits: [
      '{ objective: it, schedule: per_shortfall_step, step: "0.1", credit: "10", rounding: floor, cap: "100" }',
    ],
    owes: [
      [sharing('99.85'), 0],
      [sharing('99.8'), 10_000],
      [sharing('99.75'), 10_000],
      [sharing('98.0'), 100_000],
    ],
  },
  {
    name: 'SAP: 2 % per 1 % below, in proportion',
    target: '99.7',
    credits: ['{ objective: it, schedule: per_shortfall_step, step: "1", credit: "2", rounding: linear, cap: "100" }'],
    owes: [
      [sharing('99.0'), 1_400],
      [sharing('97.7'), 4_000],
    ],
  },
  {
    name: '8x8: rows, and below 99 % five more for each 0.1 %, at most half',
    target: '99.999',
    credits: [
      `{ objective: it, schedule: tiers_then_steps, tiers: [${[row('99.999', '5'), row('99.9', '10'), row('99.5', '30')].join(', ')}], below: "99", step: "0.1", credit: "5", rounding: floor, cap: "50" }`,
    ],
    owes: [
      [sharing('98.99'), 30_000],
      [sharing('98.75'), 40_000],
      [sharing('98.5'), 50_000],
      [sharing('97'), 50_000],
    ],
  },
  {
    name: 'Dynatrace: fee × (commitment − actual), at most a tenth',
    target: '99.5',
    credits: ['{ objective: it, schedule: per_shortfall_step, step: "1", credit: "1", rounding: linear, cap: "10" }'],
    owes: [
      [sharing('99.0'), 500],
      [sharing('80'), 10_000],
    ],
  },
  {
    name: 'HostDime: 5 % for each missed response',
    target: '100',
    credits: ['{ objective: it, schedule: per_incident, credit: "5", cap: "100" }'],
    owes: [
      [tickets(0), 0],
      [tickets(2), 10_000],
      [tickets(21), 100_000],
    ],
  },
  {
    name: 'Notion: 5 % per half hour of outages over an hour, one credit a day, at most a quarter',
    target: '99.9',
    credits: [
      '{ objective: it, schedule: per_block, block: 30m, credit: "5", rounding: floor, counting: per_incident, longer_than: 1h, one_per_day: true, cap: "25" }',
    ],
    owes: [
      [reading(60 * MINUTE_MS), 0],
      [reading(95 * MINUTE_MS), 15_000],
      [reading(600 * MINUTE_MS), 25_000],
    ],
  },
];

let folder = '';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'nines-agreements-'));
});

function moneyOf({ target, fee = '{ amount: "1000.00", currency: USD, per: month }', credits }: Agreement): MoneyTerms {
  const path = join(folder, 'nines.yaml');
  writeFileSync(
    path,
    `checks: [{ id: shop, every: 10s, probe: { type: tcp, host: shop.example, port: 443 } }]
customers: [{ id: acme }]
contracts:
  - id: hosting
    customer: acme
    objectives: [{ id: it, indicator: { kind: availability, checks: [shop] }, target: "${target}", period: calendar_month }]
    fee: ${fee}
    credits:
${credits.map((credit) => `      - ${credit}`).join('\n')}
`,
  );
  const money = loadNines(path).contracts[0]?.money;
  if (money === undefined || money === null) throw new Error('no money');
  return money;
}

const MONTH = { ms: MONTH_MS, months: rational(1) };

/** One month of 30 days after others, each with its share; newest last. */
function settled(agreement: Agreement, history: readonly PeriodReading[]): Settlement {
  const targetPpb = ppb(agreement.target);
  const terms = moneyOf(agreement);
  const sure = (seen: PeriodReading) => ({ best: seen, worst: seen });
  const [current, ...before] = history.toReversed();
  if (current === undefined) throw new Error('no month');
  const earlier = before.map((seen) => ({ name: 'before', length: MONTH, readings: sure(seen), terms, targetPpb }));
  const period = { name: '2026-06', fromMs: 0, toMs: MONTH_MS, isRunning: false, length: MONTH };
  return settle(terms, period, [{ id: 'it', targetPpb, current: sure(current), earlier }]);
}

describe('wordings of hosting contracts, from the file to the cent', () => {
  it.each(AGREEMENTS.map((agreement) => [agreement.name, agreement] as const))('%s', (_, agreement) => {
    for (const [index, [seen, cents]] of agreement.owes.entries()) {
      expect([index, settled(agreement, [seen]).credit.high]).toEqual([index, cents]);
    }
  });
});

describe('wordings that look at several months', () => {
  const months = (...shares: readonly string[]) => shares.map(sharing);
  const right = (below: string, periods: string) =>
    `{ objective: it, schedule: non_monetary, remedy: may terminate, after: { below: "${below}", ${periods} } }`;

  it('HubSpot: a credit from the second consecutive month below 99.95 % on', () => {
    const credits = [tiers(row('99.95', '10'), ', after: { below: "99.95", periods: 2 }')];
    const agreement = { name: 'HubSpot', target: '99.95', credits, owes: [] };
    expect(settled(agreement, months('99.9')).credit.high).toBe(0);
    expect(settled(agreement, months('99.9', '99.96', '99.9')).credit.high).toBe(0);
    expect(settled(agreement, months('99.9', '99.9')).credit.high).toBe(10_000);
  });

  it('Docebo: two months in any six', () => {
    const credits = [
      tiers(`${row('99.9', '10')}, ${row('98', '30')}`, ', after: { below: "99.9", periods: 2, of: 6 }'),
    ];
    const agreement = { name: 'Docebo', target: '99.9', credits, owes: [] };
    expect(settled(agreement, months('99.5', '100', '100', '100', '100', '97')).credit.high).toBe(30_000);
    expect(settled(agreement, months('99.5', '100', '100', '100', '100', '100', '97')).credit.high).toBe(0);
  });

  it.each([
    ['Segment', ['99.8', '99.8'], true],
    ['Segment', ['99.8', '100', '99.8', '100', '100', '99.8'], true],
    ['Segment', ['99.8', '100', '99.8'], false],
    ['New Relic', ['98.4', '98.4'], true],
    ['New Relic', ['96.4'], true],
    ['New Relic', ['98.4', '100', '98.4'], false],
  ] as const)('%s after %j may be terminated: %s', (name, shares, isDue) => {
    const credits =
      name === 'Segment'
        ? [right('99.9', 'periods: 2'), right('99.9', 'periods: 3, of: 6')]
        : [right('98.5', 'periods: 2'), right('96.5', 'periods: 1')];
    const { credits: lines } = settled({ name, target: '99.9', credits, owes: [] }, months(...shares));
    expect(lines.some((line) => line.right === 'may terminate')).toBe(isDue);
  });
});
