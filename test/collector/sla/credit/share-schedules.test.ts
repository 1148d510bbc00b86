import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { kindOf } from '../../../../collector/src/sla/credit/schedules.ts';
import type { Schedule, StepTerms } from '../../../../collector/src/sla/credit/terms.ts';
import { compare, divide, multiply, ofPpb, rational } from '../../../../collector/src/sla/rational.ts';
import {
  contextOf,
  DAY_MS,
  MINUTE_MS,
  MONTH_MS,
  owed,
  owedPercent,
  percentRate,
  ppb,
  reading,
  sharing,
  tiers,
} from './cases.ts';

const below = (...rows: readonly (readonly [string, string])[]): Schedule => ({
  kind: 'tiers_below',
  tiers: tiers(...rows),
});

const EC2_INSTANCE = below(['99.5', '10'], ['99.0', '30'], ['95.0', '100']);
const EC2_REGION = below(['99.99', '10'], ['99.0', '30'], ['95.0', '100']);
const S3 = below(['99.9', '10'], ['99', '25'], ['95', '100']);
const AZURE_DNS = below(['100', '10'], ['99.99', '25'], ['99.5', '100']);
const AZURE_BALANCER = below(['99.99', '10'], ['99.9', '25']);
const FASTLY = below(['100', '1'], ['99.99', '5'], ['99.9', '10'], ['99', '25'], ['98', '50']);
const SAFESPRING = below(['99.99', '10'], ['99', '25'], ['95', '50']);

describe('tiers_below: the lowest row that the share is strictly below', () => {
  // Minutes of downtime in a month of so many days. 99.5 % of 30 d (43,200 min) leaves 216 min: 216 is no breach, 217 is.
  it.each([
    [
      'EC2 instance',
      EC2_INSTANCE,
      30,
      [
        [216, 0],
        [217, 10],
        [432, 10],
        [433, 30],
        [2160, 30],
        [2161, 100],
      ],
    ],
    // 31 d = 44,640 min: 0.5 % is 223.2; 28 d = 40,320 min: 201.6.
    [
      'EC2 instance',
      EC2_INSTANCE,
      31,
      [
        [223, 0],
        [224, 10],
      ],
    ],
    [
      'EC2 instance',
      EC2_INSTANCE,
      28,
      [
        [201, 0],
        [202, 10],
      ],
    ],
    // 0.01 % of 30 d is 4.32 min, of 31 d 4.464.
    [
      'EC2 region',
      EC2_REGION,
      30,
      [
        [4, 0],
        [5, 10],
      ],
    ],
    [
      'EC2 region',
      EC2_REGION,
      31,
      [
        [4, 0],
        [5, 10],
      ],
    ],
    // 0.1 % of 30 d is 43.2 min exactly, and equality keeps the better row.
    [
      'S3',
      S3,
      30,
      [
        [43, 0],
        [43.2, 0],
        [44, 10],
        [432, 10],
        [433, 25],
      ],
    ],
    [
      'Azure DNS',
      AZURE_DNS,
      30,
      [
        [0, 0],
        [1, 10],
        [5, 25],
        [216, 25],
        [217, 100],
      ],
    ],
    [
      'Azure load balancer',
      AZURE_BALANCER,
      30,
      [
        [4, 0],
        [5, 10],
        [44, 25],
      ],
    ],
    // 1 % of 30 d is 432 min, 2 % is 864.
    [
      'Fastly',
      FASTLY,
      30,
      [
        [0, 0],
        [1, 1],
        [5, 5],
        [44, 10],
        [433, 25],
        [865, 50],
      ],
    ],
    // 5 % is 2160.
    [
      'Safespring',
      SAFESPRING,
      30,
      [
        [4, 0],
        [5, 10],
        [433, 25],
        [2161, 50],
      ],
    ],
  ] as const)('%s, %i days', (_, schedule, days, rows) => {
    for (const [minutes, credit] of rows) {
      const seen = reading(minutes * MINUTE_MS, { periodMs: days * DAY_MS });
      expect([minutes, owedPercent(schedule, seen)]).toEqual([minutes, rational(credit)]);
    }
  });

  it('one millisecond decides: 43.2 min of 30 d is kept at 99.9 %, a millisecond more is not', () => {
    expect(owedPercent(S3, reading(2_592_000))).toEqual(rational(0));
    expect(owedPercent(S3, reading(2_592_001))).toEqual(rational(10));
  });

  it('rows in any order of the table give the same', () => {
    const shuffled = below(['95.0', '100'], ['99.5', '10'], ['99.0', '30']);
    for (const minutes of [216, 217, 433, 2161]) {
      const seen = reading(minutes * MINUTE_MS);
      expect(owed(shuffled, seen)).toEqual(owed(EC2_INSTANCE, seen));
    }
  });

  it('a share that prints as 99.90 but lies below 99.9 is credited', () => {
    // 2,700 s of 30 d: 99.895833… %, which two rounded decimals show as 99.90.
    expect(owedPercent(S3, reading(2_700_000))).toEqual(rational(10));
  });

  it('nothing due is nothing missed', () => {
    expect(owed(S3, { ...reading(0), share: null })).toEqual(rational(0));
  });
});

const steps = (terms: Partial<StepTerms>): StepTerms => ({
  belowPpb: null,
  stepPpb: ppb('0.1'),
  credit: percentRate('10'),
  rounding: 'floor',
  ...terms,
});
const perStep = (terms: Partial<StepTerms>): Schedule => ({ kind: 'per_shortfall_step', steps: steps(terms) });

describe('per_shortfall_step', () => {
  // Stablehost: 10 % for each 0.1 below 99.9: 99.85 is half a step short, 99.75 one and a half, 98.9 ten.
  it.each([
    ['99.9', '0', '0'],
    ['99.85', '0', '10'],
    ['99.8', '10', '10'],
    ['99.75', '10', '20'],
    ['99.7', '20', '20'],
    ['98.9', '100', '100'],
  ])('Stablehost at %s %%: complete steps %s %%, begun ones too %s %%', (share, complete, begun) => {
    expect(owedPercent(perStep({}), sharing(share))).toEqual(rational(Number(complete)));
    expect(owedPercent(perStep({ rounding: 'ceil' }), sharing(share))).toEqual(rational(Number(begun)));
  });

  // SAP: 2 % for each 1 below 99.7: 99.0 is 0.7 short, so none or 1.4 %.
  it.each([
    ['99.7', 0, 0],
    ['99.0', 0, 14],
    ['98.7', 2, 20],
    ['97.7', 4, 40],
  ])('SAP at %s %%: complete steps %i %%, in proportion %i tenths', (share, complete, tenths) => {
    const context = contextOf({ targetPpb: ppb('99.7') });
    const terms = { stepPpb: ppb('1'), credit: percentRate('2') };
    expect(owedPercent(perStep(terms), sharing(share), context)).toEqual(rational(complete));
    expect(owedPercent(perStep({ ...terms, rounding: 'linear' }), sharing(share), context)).toEqual(
      rational(tenths, 10),
    );
  });

  // Cornerstone: 1/365 of the annual fee for each 0.3 or part of it below 99.5.
  it.each([
    ['99.5', 0],
    ['99.49', 1],
    ['99.2', 1],
    ['99.19', 2],
    ['99.0', 2],
  ])('Cornerstone at %s %%: %i/365 of the annual fee', (share, count) => {
    const credit = { of: 'annual_fee', share: { numerator: 1, denominator: 365 } } as const;
    const schedule = perStep({ stepPpb: ppb('0.3'), credit, rounding: 'ceil' });
    const context = contextOf({ targetPpb: ppb('99.5') });
    expect(owed(schedule, sharing(share), context)).toEqual(multiply(context.base.annualFee, rational(count, 365)));
  });

  it('Dynatrace: fee × (commitment − actual): $1000 at 99.0 % of 99.5 % is $5.00', () => {
    const schedule = perStep({ stepPpb: ppb('1'), credit: percentRate('1'), rounding: 'linear' });
    const context = contextOf({ feeMinor: 100_000, targetPpb: ppb('99.5') });
    expect(owed(schedule, sharing('99.0'), context)).toEqual(rational(500));
  });

  it.each([
    // In floats (99.9 − 99.8) / 0.1 = 1.0000000000000853, whose ceiling is 2.
    ['99.9', '99.8', '0.1', 1, 1],
    // (99.5 − 99.2) / 0.3 = 0.9999999999999906, whose floor is 0.
    ['99.5', '99.2', '0.3', 1, 1],
    // (99.5 − 98.9) / 0.3 has the floor 1 in floats.
    ['99.5', '98.9', '0.3', 2, 2],
  ])('is exact where floats are not: %s − %s in steps of %s', (target, share, step, complete, begun) => {
    const context = contextOf({ targetPpb: ppb(target) });
    const terms = { stepPpb: ppb(step), credit: percentRate('1') };
    expect(owedPercent(perStep(terms), sharing(share), context)).toEqual(rational(complete));
    expect(owedPercent(perStep({ ...terms, rounding: 'ceil' }), sharing(share), context)).toEqual(rational(begun));
  });

  it('complete steps cost no more than in proportion, and begun ones no less', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 1_000_000_000 }),
        fc.integer({ min: 0, max: 1_000_000_000 }),
        fc.integer({ min: 1, max: 50_000_000 }),
        (target, share, stepPpb) => {
          const context = contextOf({ targetPpb: target });
          const seen = { ...sharing('0'), share: ofPpb(share) };
          const [floor, linear, ceil] = (['floor', 'linear', 'ceil'] as const).map((rounding) =>
            owed(perStep({ stepPpb, rounding }), seen, context),
          );
          if (floor === undefined || linear === undefined || ceil === undefined) throw new Error('three roundings');
          expect(compare(floor, linear)).toBeLessThanOrEqual(0);
          expect(compare(linear, ceil)).toBeLessThanOrEqual(0);
        },
      ),
    );
  });
});

describe('tiers_then_steps', () => {
  const table = tiers(['99.999', '5'], ['99.9', '10'], ['99.5', '30']);
  const tail = (rounding: 'floor' | 'ceil'): Schedule => ({
    kind: 'tiers_then_steps',
    tiers: table,
    steps: steps({ belowPpb: ppb('99'), stepPpb: ppb('0.1'), credit: percentRate('5'), rounding }),
  });

  // 8x8: below 99 % it is 30 % and 5 % for each 0.1 % more: 98.99 is 0.01 short, 98.75 is 0.25, 98.5 five whole steps (55).
  it.each([
    ['99.999', 0, 0],
    ['99.95', 5, 5],
    ['99.0', 30, 30],
    ['98.99', 30, 35],
    ['98.75', 40, 45],
    ['98.5', 55, 55],
  ])('8x8 at %s %%, before its cap of 50 %%: complete steps %i %%, begun ones too %i %%', (share, complete, begun) => {
    expect(owedPercent(tail('floor'), sharing(share))).toEqual(rational(complete));
    expect(owedPercent(tail('ceil'), sharing(share))).toEqual(rational(begun));
  });
});

describe('every schedule of a share', () => {
  const table = fc
    .uniqueArray(fc.tuple(fc.integer({ min: 1, max: 1_000 }), fc.integer({ min: 0, max: 100 })), {
      minLength: 1,
      maxLength: 6,
      selector: ([below]) => below,
    })
    .map((rows) => [...rows].sort(([a], [b]) => b - a))
    .map((rows) => {
      const credits = rows.map(([, credit]) => credit).sort((a, b) => a - b);
      return tiers(...rows.map(([below], index) => [`${below / 10}`, String(credits[index])] as const));
    });

  it('never owes more for a better share, when its rows do not', () => {
    const share = fc.integer({ min: 0, max: 1_000_000_000 });
    fc.assert(
      fc.property(table, share, share, fc.constantFrom('floor', 'ceil', 'linear'), (rows, one, other, rounding) => {
        const [worse, better] = [Math.min(one, other), Math.max(one, other)];
        const schedules: Schedule[] = [
          { kind: 'tiers_below', tiers: rows },
          perStep({ rounding }),
          { kind: 'tiers_then_steps', tiers: rows, steps: steps({ rounding }) },
        ];
        for (const schedule of schedules) {
          const [forWorse, forBetter] = [worse, better].map((ppb) =>
            owed(schedule, { ...reading(0), share: ofPpb(ppb) }),
          );
          if (forWorse === undefined || forBetter === undefined) throw new Error('two shares');
          expect(compare(forWorse, forBetter)).toBeGreaterThanOrEqual(0);
        }
      }),
    );
  });

  it('agrees with walking the rows from the top, on whole counts instead of fractions', () => {
    fc.assert(
      fc.property(
        table,
        fc.integer({ min: 0, max: 10_000 }),
        fc.integer({ min: 1, max: 10_000 }),
        (rows, bad, more) => {
          const whole = bad + more;
          // bad ≥ whole × (1 − below) exactly when the share is at most `below`: the other way round than the product.
          let expected = 0n;
          for (const row of [...rows].sort((a, b) => b.belowPpb - a.belowPpb)) {
            const isBelow = BigInt(bad) * 1_000_000_000n > BigInt(whole) * BigInt(1_000_000_000 - row.belowPpb);
            if (isBelow && row.credit.of === 'fee') expected = BigInt(row.credit.share.numerator);
          }
          const seen = { ...reading(0), share: rational(whole - bad, whole) };
          const credit = owed({ kind: 'tiers_below', tiers: rows }, seen);
          expect(divide(credit, contextOf().base.fee)).toEqual(rational(expected, 1_000_000_000n));
        },
      ),
    );
  });
});

it('what a table owes is shown in steps that can be redone by hand', () => {
  // 44 of 43,200 min: 43,156 / 43,200 = 99.8981481… %; 10 % of $1000.
  expect(contextSteps(S3, 44)).toEqual([
    ['row of the table', '99.8981481… % is below 99.9 %'],
    ['credit of that row', '10 % of USD 1000.00 = USD 100.00'],
  ]);
});

function contextSteps(schedule: Schedule, minutes: number): (readonly string[])[] {
  const seen = reading(minutes * MINUTE_MS, { periodMs: MONTH_MS });
  return kindOf(schedule)
    .owe(schedule, seen, contextOf())
    .steps.map(({ rule, figure }) => [rule, figure]);
}
