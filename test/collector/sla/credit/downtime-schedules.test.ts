import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { kindOf } from '../../../../collector/src/sla/credit/schedules.ts';
import type { Counting, Rounding, Schedule } from '../../../../collector/src/sla/credit/terms.ts';
import { add, compare, rational } from '../../../../collector/src/sla/rational.ts';
import {
  contextOf,
  downtime,
  HOUR_MS,
  MINUTE_MS,
  MONTH_MS,
  outage,
  outages,
  owed,
  owedPercent,
  percentRate,
  ppb,
  reading,
} from './cases.ts';

const perBlock = (
  minutes: number,
  rounding: Rounding,
  { percent = '5', ...terms }: Parameters<typeof downtime>[0] & { readonly percent?: string } = {},
): Schedule => ({
  kind: 'per_block',
  blockMs: minutes * MINUTE_MS,
  credit: percentRate(percent),
  rounding,
  downtime: downtime(terms),
});

describe('per_block', () => {
  // Rackspace: 5 % for each 30 minutes, or for each half hour or part of it: 31 is one block whole, two begun.
  it.each([
    [0, 0, 0],
    [1, 0, 5],
    [29, 0, 5],
    [30, 5, 5],
    [31, 5, 10],
    [60, 10, 10],
    [61, 10, 15],
    [599, 95, 100],
    [600, 100, 100],
    [601, 100, 105],
  ])('Rackspace, %i min before its cap: complete blocks %i %%, begun ones too %i %%', (minutes, complete, begun) => {
    expect(owedPercent(perBlock(30, 'floor'), reading(minutes * MINUTE_MS))).toEqual(rational(complete));
    expect(owedPercent(perBlock(30, 'ceil'), reading(minutes * MINUTE_MS))).toEqual(rational(begun));
  });

  // OVH: 5 % for each 10 minutes.
  it.each([
    [9, 0, 5],
    [10, 5, 5],
    [11, 5, 10],
    [200, 100, 100],
  ])('OVH, %i min: complete blocks %i %%, begun ones too %i %%', (minutes, complete, begun) => {
    expect(owedPercent(perBlock(10, 'floor'), reading(minutes * MINUTE_MS))).toEqual(rational(complete));
    expect(owedPercent(perBlock(10, 'ceil'), reading(minutes * MINUTE_MS))).toEqual(rational(begun));
  });

  // "5 % per hour" at 99.9 % of 30 d, which allows 43.2 min: 104 − 43.2 = 60.8 min, 1243 − 43.2 = 1199.8 min.
  it.each([
    [43, 0, 0, 0],
    [44, 0, 0, 5],
    [60, 5, 0, 5],
    [104, 5, 5, 10],
    [120, 10, 5, 10],
    [1243, 100, 95, 100],
  ])(
    '"5 %% per hour", %i min: all once breached %i %%, the excess whole %i %%, begun %i %%',
    (minutes, all, excess, begun) => {
      const seen = reading(minutes * MINUTE_MS);
      const by = { by: 'target' } as const;
      expect(owedPercent(perBlock(60, 'floor', { counting: 'total_if_breached', allowance: by }), seen)).toEqual(
        rational(all),
      );
      expect(owedPercent(perBlock(60, 'floor', { counting: 'excess', allowance: by }), seen)).toEqual(rational(excess));
      expect(owedPercent(perBlock(60, 'ceil', { counting: 'excess', allowance: by }), seen)).toEqual(rational(begun));
    },
  );

  it('what the target allows is free to the millisecond: 2,592,000 ms of 30 d at 99.9 %', () => {
    const schedule = perBlock(60, 'ceil', { counting: 'excess', allowance: { by: 'target' } });
    expect(owedPercent(schedule, reading(2_592_000))).toEqual(rational(0));
    expect(owedPercent(schedule, reading(2_592_001))).toEqual(rational(5));
    const all = perBlock(1, 'floor', { counting: 'total_if_breached', allowance: { by: 'target' } });
    expect(owedPercent(all, reading(2_592_000))).toEqual(rational(0));
    // Once exceeded, all of it counts: 43 whole minutes.
    expect(owedPercent(all, reading(2_592_001))).toEqual(rational(215));
  });

  // Mailgun: 5 % per 30 min after the first 0.01 % (4.32 min): 34 − 4.32 = 29.68 min, 35 − 4.32 = 30.68, 400 → 13 whole.
  it.each([
    [4, 0, 0],
    [5, 0, 5],
    [34, 0, 5],
    [35, 5, 10],
    [64, 5, 10],
    [65, 10, 15],
    [400, 65, 70],
  ])('Mailgun, %i min before its cap: complete blocks %i %%, begun ones too %i %%', (minutes, complete, begun) => {
    const terms = { counting: 'excess', allowance: { by: 'share', ppb: ppb('0.01') } } as const;
    expect(owedPercent(perBlock(30, 'floor', terms), reading(minutes * MINUTE_MS))).toEqual(rational(complete));
    expect(owedPercent(perBlock(30, 'ceil', terms), reading(minutes * MINUTE_MS))).toEqual(rational(begun));
  });

  it('counted by outage, 20 + 20 min hold no complete half hour, together one', () => {
    const seen = reading(40 * MINUTE_MS, { incidents: outages(20, 20) });
    expect(owedPercent(perBlock(30, 'floor'), seen)).toEqual(rational(5));
    expect(owedPercent(perBlock(30, 'floor', { counting: 'per_incident' }), seen)).toEqual(rational(0));
    expect(owedPercent(perBlock(30, 'ceil', { counting: 'per_incident' }), seen)).toEqual(rational(10));
  });

  it('Rackspace: 5 % for each hour of an outage beyond the first, which an allowance for each outage says', () => {
    // 150 − 60 = 90 min: one whole hour; 59 min is within the free hour.
    const terms = { counting: 'per_incident', allowance: { by: 'length', ms: HOUR_MS } } as const;
    const seen = reading(209 * MINUTE_MS, { incidents: outages(150, 59) });
    expect(owedPercent(perBlock(60, 'floor', terms), seen)).toEqual(rational(5));
    expect(owedPercent(perBlock(60, 'ceil', terms), seen)).toEqual(rational(10));
  });

  it('only outages of more than an hour, one credit a day: Notion', () => {
    // 60 min is not longer than an hour. Of the second of June only the 150 min count: 5 half hours; the third: 2.
    const incidents = [
      outage(0, HOUR_MS, '2026-06-01'),
      outage(DAY, 90 * MINUTE_MS, '2026-06-02'),
      outage(DAY + 3 * HOUR_MS, 150 * MINUTE_MS, '2026-06-02'),
      outage(2 * DAY, 61 * MINUTE_MS, '2026-06-03'),
    ];
    const terms = { counting: 'per_incident', longerThanMs: HOUR_MS, onePerDay: true } as const;
    expect(owedPercent(perBlock(30, 'floor', terms), reading(361 * MINUTE_MS, { incidents }))).toEqual(rational(35));
  });
});

const DAY = 24 * HOUR_MS;

describe('multiplier and prorata', () => {
  const tenfold: Schedule = {
    kind: 'multiplier',
    times: 10,
    downtime: downtime({ counting: 'per_incident', allowance: { by: 'length', ms: 30 * MINUTE_MS } }),
  };

  it('Liquid Web: ten times the price of what a replacement took beyond 30 min: 60 min of $200 a month', () => {
    // 10 × 200 × 60 / 43,200 = 2.7777…
    const seen = reading(90 * MINUTE_MS, { incidents: outages(90) });
    expect(owed(tenfold, seen, contextOf({ feeMinor: 20_000 }))).toEqual(rational(20_000n * 10n * 60n, 43_200n));
  });

  it('ten times three days is the whole month: 4,320 min of $200 is $200', () => {
    const seen = reading(4_320 * MINUTE_MS);
    const schedule: Schedule = { kind: 'multiplier', times: 10, downtime: downtime() };
    expect(owed(schedule, seen, contextOf({ feeMinor: 20_000 }))).toEqual(rational(20_000));
  });

  it('UpCloud: 50 times the price of each outage of more than 5 min, $0.03 an hour', () => {
    const schedule: Schedule = {
      kind: 'multiplier',
      times: 50,
      downtime: downtime({ counting: 'per_incident', longerThanMs: 5 * MINUTE_MS }),
    };
    // 720 h at 3 cents = 2,160 cents a month; 50 × 3 × 20 / 60 = 50 cents.
    const context = contextOf({ feeMinor: 2_160 });
    expect(owed(schedule, reading(20 * MINUTE_MS), context)).toEqual(rational(50));
    expect(owed(schedule, reading(5 * MINUTE_MS), context)).toEqual(rational(0));
  });

  it('DigitalOcean: lost time at its price: one hour of $720 in 30 days is $1', () => {
    const schedule: Schedule = { kind: 'prorata', downtime: downtime() };
    expect(owed(schedule, reading(HOUR_MS), contextOf({ feeMinor: 72_000 }))).toEqual(rational(100));
  });

  it('prorata is a multiplier of one', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: MONTH_MS }), (ms) => {
        const one: Schedule = { kind: 'multiplier', times: 1, downtime: downtime() };
        expect(owed({ kind: 'prorata', downtime: downtime() }, reading(ms))).toEqual(owed(one, reading(ms)));
      }),
    );
  });
});

describe('per_incident', () => {
  const terms = { kind: 'per_incident', credit: percentRate('5'), longerThanMs: 0, onePerDay: false, free: 0 } as const;

  it('HostDime: 5 % for each missed response: two are 10 %, which is 72 h of a month of 30 days', () => {
    const seen = reading(0, { incidents: outages(50, 60) });
    expect(owedPercent(terms, seen)).toEqual(rational(10));
    expect(owedPercent({ kind: 'prorata', downtime: downtime() }, reading(72 * HOUR_MS))).toEqual(rational(10));
  });

  it('one a day at most, and the first of a period free when it says so', () => {
    const incidents = [outage(0, 1, '2026-06-01'), outage(5, 1, '2026-06-01'), outage(DAY, 1, '2026-06-02')];
    expect(owedPercent({ ...terms, onePerDay: true }, reading(3, { incidents }))).toEqual(rational(10));
    expect(owedPercent({ ...terms, free: 1 }, reading(3, { incidents }))).toEqual(rational(10));
    expect(owedPercent({ ...terms, free: 5 }, reading(3, { incidents }))).toEqual(rational(0));
  });
});

describe('automatic_hour_waiver', () => {
  it('EC2: an hour with more than 6 bad minutes is free; 6 exactly are not more', () => {
    const hour = (badMs: number) => ({ name: '2026-06-01T10:00:00Z', badMs, lengthMs: HOUR_MS });
    const schedule = { kind: 'automatic_hour_waiver', moreThanMs: 6 * MINUTE_MS } as const;
    const seen = reading(20 * MINUTE_MS, {
      hours: [hour(6 * MINUTE_MS), hour(6 * MINUTE_MS + 1), hour(7 * MINUTE_MS)],
    });
    // Two of 720 hours of $1000.
    expect(owed(schedule, seen)).toEqual(rational(2 * 100_000, 720));
  });
});

describe('non_monetary', () => {
  const bad = reading(400 * MINUTE_MS);
  const good = reading(0);
  const kinds = (periods: number, of: number): Schedule => ({
    kind: 'non_monetary',
    remedy: 'may terminate without penalty',
    after: { belowPpb: ppb('99.5'), periods, of },
  });

  it.each([
    ['one that is exactly at the threshold', 1, 1, [{ ...good, share: rational(995, 1_000) }], false],
    ['two in a row', 2, 2, [bad, bad], true],
    ['two in a row, with a good one between', 2, 2, [bad, good, bad], false],
    ['three of six', 3, 6, [bad, good, bad, good, good, bad], true],
    ['three of six, the third of them seven months back', 3, 6, [bad, good, bad, good, good, good, bad], false],
    ['three of six while the contract is two months old', 3, 6, [bad, bad], false],
    ['three of six that were due before: this month was good', 3, 6, [good, bad, bad, bad], false],
    ['one alone', 1, 1, [bad], true],
  ] as const)('%s', (_, periods, of, [current, ...earlier], isDue) => {
    // 400 of 43,200 min: 99.07 %, below 99.5 %.
    const context = contextOf({ earlier });
    const { right, minor } = kindOf(kinds(periods, of)).owe(kinds(periods, of), current, context);
    expect(right).toBe(isDue ? 'may terminate without penalty' : undefined);
    expect(minor).toEqual(rational(0));
  });
});

describe('every schedule of downtime', () => {
  const lengths = fc.array(fc.integer({ min: 0, max: 10_000_000 }), { maxLength: 8 });
  const counting = fc.constantFrom<Counting>('total', 'excess', 'total_if_breached', 'per_incident');
  const free = fc.oneof(
    fc.integer({ min: 0, max: 5_000_000 }).map((ms) => ({ by: 'length', ms }) as const),
    fc.constant({ by: 'target' } as const),
    fc.integer({ min: 0, max: 10_000_000 }).map((ppb) => ({ by: 'share', ppb }) as const),
  );
  const seen = (ms: readonly number[]) => {
    const incidents = ms.filter((one) => one > 0).map((one, index) => outage(index * DAY, one, `day ${index}`));
    return reading(
      ms.reduce((a, b) => a + b, 0),
      { incidents },
    );
  };

  it('never owes less when one outage is longer', () => {
    fc.assert(
      fc.property(lengths, fc.integer({ min: 0, max: 5_000_000 }), counting, free, (ms, more, how, allowance) => {
        const longer = [(ms[0] ?? 0) + more, ...ms.slice(1)];
        const terms = downtime({ counting: how, allowance });
        for (const schedule of [
          { kind: 'prorata', downtime: terms },
          { kind: 'per_block', blockMs: 600_000, credit: percentRate('5'), rounding: 'floor', downtime: terms },
          { kind: 'per_block', blockMs: 600_000, credit: percentRate('5'), rounding: 'ceil', downtime: terms },
        ] as const) {
          expect(compare(owed(schedule, seen(longer)), owed(schedule, seen(ms)))).toBeGreaterThanOrEqual(0);
        }
      }),
    );
  });

  it('splitting an outage changes nothing in a total, owes no more in complete blocks and no less in begun ones', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 50_000_000 }), fc.integer({ min: 1, max: 49_999_999 }), (whole, cut) => {
        fc.pre(cut < whole);
        const one = seen([whole]);
        const two = seen([cut, whole - cut]);
        const block = (rounding: Rounding, how: Counting) => perBlock(10, rounding, { counting: how });
        expect(owed(block('floor', 'total'), two)).toEqual(owed(block('floor', 'total'), one));
        const floor = block('floor', 'per_incident');
        expect(compare(owed(floor, two), owed(floor, one))).toBeLessThanOrEqual(0);
        const ceil = block('ceil', 'per_incident');
        expect(compare(owed(ceil, two), owed(ceil, one))).toBeGreaterThanOrEqual(0);
      }),
    );
  });

  it('agrees with counting block by block from the first millisecond on', () => {
    fc.assert(
      fc.property(
        lengths,
        counting,
        fc.integer({ min: 0, max: 3_000_000 }),
        fc.integer({ min: 60_000, max: 3_000_000 }),
        fc.constantFrom<Rounding>('floor', 'ceil'),
        (ms, how, freeMs, blockMs, rounding) => {
          const schedule: Schedule = {
            kind: 'per_block',
            blockMs,
            credit: percentRate('1'),
            rounding,
            downtime: downtime({ counting: how, allowance: { by: 'length', ms: freeMs } }),
          };
          expect(owedPercent(schedule, seen(ms))).toEqual(
            rational(countBlocks({ ms, how, freeMs, blockMs, rounding })),
          );
        },
      ),
    );
  });
});

/** The oracle: what is left of each length after its free part is taken away, block after block. */
function countBlocks(given: {
  ms: readonly number[];
  how: Counting;
  freeMs: number;
  blockMs: number;
  rounding: Rounding;
}): number {
  const { ms, how, freeMs, blockMs, rounding } = given;
  const together = ms.reduce((a, b) => a + b, 0);
  const left =
    how === 'per_incident'
      ? ms.filter((one) => one > freeMs).map((one) => one - freeMs)
      : how === 'total'
        ? [together]
        : together > freeMs
          ? [how === 'excess' ? together - freeMs : together]
          : [];
  let blocks = 0;
  for (let rest of left) {
    while (rest >= blockMs) {
      rest -= blockMs;
      blocks += 1;
    }
    if (rest > 0 && rounding === 'ceil') blocks += 1;
  }
  return blocks;
}

it('outages by themselves add up to what each would owe alone', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 9_000_000 }), fc.integer({ min: 1, max: 9_000_000 }), (a, b) => {
      const schedule = perBlock(30, 'ceil', { counting: 'per_incident' });
      const both = reading(a + b, { incidents: [outage(0, a), outage(DAY, b)] });
      expect(owed(schedule, both)).toEqual(add(owed(schedule, reading(a)), owed(schedule, reading(b))));
    }),
  );
});
