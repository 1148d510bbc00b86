import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { judge as judgeBy, type Tally } from '../../../collector/src/sla/judge.ts';
import { PLAIN_PROFILE } from '../../../collector/src/sla/profile.ts';
import { sharePpb } from '../../../collector/src/sla/share.ts';

const judge = (tally: Tally, targetPpb: number) => judgeBy(tally, { targetPpb, unknown: PLAIN_PROFILE.unknown });

const TARGET_99_9 = 999_000_000;

/** Worked by exact rationals: 30 days at 99.9 %, with some seconds down and some unknown. */
const BRACKETS = [
  {
    downS: 1800,
    unknownS: 1200,
    low: 998842592,
    high: 999305555,
    share: 999305233,
    coverage: 999537037,
    verdict: 'inconclusive',
  },
  { downS: 1800, unknownS: 0, low: 999305555, high: 999305555, share: 999305555, coverage: 1000000000, verdict: 'met' },
  {
    downS: 2700,
    unknownS: 0,
    low: 998958333,
    high: 998958333,
    share: 998958333,
    coverage: 1000000000,
    verdict: 'breached',
  },
  {
    downS: 3000,
    unknownS: 100,
    low: 998804012,
    high: 998842592,
    share: 998842547,
    coverage: 999961419,
    verdict: 'breached',
  },
] as const;

describe('a verdict', () => {
  it.each(BRACKETS)('with $downS s down and $unknownS s unknown of 30 days at 99.9 % is $verdict', (bracket) => {
    const bad = bracket.downS * 1000;
    const unknown = bracket.unknownS * 1000;
    const judged = judge({ good: 2_592_000_000 - bad - unknown, bad, unknown, pending: 0 }, TARGET_99_9);
    expect(judged).toMatchObject({
      lowPpb: bracket.low,
      highPpb: bracket.high,
      attainmentPpb: bracket.share,
      coveragePpb: bracket.coverage,
      verdict: bracket.verdict,
    });
  });

  it('is met at exactly the target and breached one millisecond below it', () => {
    expect(judge({ good: 999, bad: 1, unknown: 0, pending: 0 }, TARGET_99_9).verdict).toBe('met');
    expect(judge({ good: 998_999, bad: 1_001, unknown: 0, pending: 0 }, TARGET_99_9).verdict).toBe('breached');
  });

  it('never rounds: a share that truncates to the target but lies below it is a breach', () => {
    // 2/3 of 3e9: 666 666 666.67 ppb; a target of 666 666 667 ppb is above it, 666 666 666 below.
    const tally = { good: 2_000_000_000, bad: 1_000_000_000, unknown: 0, pending: 0 };
    expect(judge(tally, 666_666_667).verdict).toBe('breached');
    expect(judge(tally, 666_666_666).verdict).toBe('met');
  });

  it('stays open while the rest of the period could still turn it', () => {
    const month = 2_592_000_000;
    const perfectSoFar = judge({ good: month / 2, bad: 0, unknown: 0, pending: month / 2 }, TARGET_99_9);
    expect(perfectSoFar).toMatchObject({ verdict: 'inconclusive', lowPpb: 1_000_000_000, coveragePpb: 1_000_000_000 });
    const beyondRepair = judge({ good: 0, bad: 2_592_001, unknown: 0, pending: month - 2_592_001 }, TARGET_99_9);
    expect(beyondRepair.verdict).toBe('breached');
  });

  it('over nothing measured is inconclusive, and its share null', () => {
    expect(judge({ good: 0, bad: 0, unknown: 5, pending: 0 }, 0)).toMatchObject({
      attainmentPpb: null,
      lowPpb: 0,
      highPpb: 1_000_000_000,
      coveragePpb: 0,
      verdict: 'inconclusive',
    });
    expect(judge({ good: 0, bad: 0, unknown: 0, pending: 10 }, 0)).toMatchObject({
      attainmentPpb: null,
      lowPpb: null,
      highPpb: null,
      coveragePpb: null,
      verdict: 'inconclusive',
    });
  });

  it('agrees with trying every way in which the unknown part might have gone', () => {
    const count = fc.integer({ min: 0, max: 12 });
    fc.assert(
      fc.property(
        count,
        count,
        count,
        count,
        fc.integer({ min: 0, max: 20 }),
        (good, bad, unknown, pending, twentieth) => {
          const target = twentieth * 50_000_000;
          const whole = good + bad + unknown + pending;
          const outcomes = new Set<boolean>();
          for (let turned = 0; turned <= unknown + pending; turned++)
            outcomes.add((good + turned) * 20 >= twentieth * whole);
          const expected =
            outcomes.size === 2 || good + bad === 0 ? 'inconclusive' : outcomes.has(true) ? 'met' : 'breached';
          expect(judge({ good, bad, unknown, pending }, target).verdict).toBe(expected);
        },
      ),
    );
  });
});

describe('an error budget', () => {
  it('is the whole period times what the target leaves, rounded down, and negative when overspent', () => {
    // October 2026 in Berlin: 745 h = 2 682 000 s; 0.1 % of it is 2 682 s.
    expect(judge({ good: 0, bad: 3_000_000, unknown: 0, pending: 2_679_000_000 }, TARGET_99_9).budget).toEqual({
      total: 2_682_000,
      used: 3_000_000,
      left: -318_000,
    });
    expect(judge({ good: 1999, bad: 0, unknown: 0, pending: 0 }, TARGET_99_9).budget.total).toBe(1);
  });

  it('never lets a breach and a budget that is left stand side by side', () => {
    const count = fc.integer({ min: 0, max: 100_000 });
    fc.assert(
      fc.property(count, count, fc.integer({ min: 0, max: 1_000_000_000 }), (good, bad, target) => {
        const { verdict, budget } = judge({ good, bad, unknown: 0, pending: 0 }, target);
        fc.pre(verdict !== 'inconclusive');
        expect(verdict === 'met').toBe(budget.left >= 0);
      }),
    );
  });
});

it('a share is truncated, never rounded up', () => {
  expect(sharePpb(2, 3)).toBe(666_666_666);
  expect(sharePpb(999_999_999_999, 1_000_000_000_000)).toBe(999_999_999);
  expect(sharePpb(0, 0)).toBeNull();
});
