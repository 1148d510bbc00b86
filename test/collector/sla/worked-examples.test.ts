/** The worked examples of the field that are about attainment, each with the hand calculation beside it. */
import { describe, expect, it } from 'vitest';
import type { Interval } from '../../../collector/src/sla/interval.ts';
import { percentileOf } from '../../../collector/src/sla/percentile.ts';
import { PLAIN_PROFILE, type Profile, type SliceRule } from '../../../collector/src/sla/profile.ts';
import { measureRatios } from '../../../collector/src/sla/ratio-method.ts';
import { availabilityTally, NO_RUNS, scoreTally } from '../../../collector/src/sla/run-tally.ts';
import { judgeSlice } from '../../../collector/src/sla/slice-rule.ts';
import { measureTime } from '../../../collector/src/sla/time-method.ts';
import type { Stretch } from '../../../collector/src/sla/timeline.ts';
import { judged, scopeOver } from './example-scope.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const MONTH_MS = 30 * DAY_MS;

/** A timeline that is up but for the outages given, with room on both sides. */
function downIn(outages: readonly Interval[], lengthMs: number, state: 'down' | 'unknown' = 'down'): Stretch[] {
  const timeline: Stretch[] = [];
  let fromMs = -DAY_MS;
  for (const outage of outages) {
    timeline.push({ fromMs, toMs: outage.fromMs, state: 'up', reason: null });
    timeline.push({ ...outage, state, reason: state === 'down' ? 'timeout' : 'no-observation' });
    fromMs = outage.toMs;
  }
  timeline.push({ fromMs, toMs: lengthMs + DAY_MS, state: 'up', reason: null });
  return timeline;
}

/** `1` for a bad minute. */
function badMinutes(letters: string): Interval[] {
  const found: Interval[] = [];
  for (const [index, letter] of [...letters].entries()) {
    if (letter === '1') found.push({ fromMs: index * MINUTE_MS, toMs: (index + 1) * MINUTE_MS });
  }
  return found;
}

describe('failures that have to last (B1)', () => {
  it.each([
    // 1111 0 11111 00 1 0: only the run of five is long enough, and counts whole.
    ['11110111110010', 5, 5],
    // Every bad minute: 4 + 5 + 1.
    ['11110111110010', 1, 10],
    ['11110111110010', 10, 0],
    // Two runs of four.
    ['1111011110111100', 5, 0],
    // 4 + 4 + 4 minutes count nothing, 5 + 4 count five, 14 outages of four count nothing.
    ['11110111101111', 5, 0],
    ['1111101111', 5, 5],
    ['11110'.repeat(14), 5, 0],
  ])('of %s with at least %i minutes count %i', (letters, minutes, counted) => {
    const scope = scopeOver(DAY_MS);
    const timeline = downIn(badMinutes(letters), DAY_MS);
    const { tally } = measureTime({ timeline, checks: [] }, scope, { minOutageMs: minutes * MINUTE_MS });
    expect(tally).toEqual({ good: DAY_MS - counted * MINUTE_MS, bad: counted * MINUTE_MS, unknown: 0, pending: 0 });
  });

  it('an outage is as long as it was, also across the end of the period', () => {
    // Five minutes, of which three are in this period.
    const outage = { fromMs: DAY_MS - 3 * MINUTE_MS, toMs: DAY_MS + 2 * MINUTE_MS };
    const rule = { minOutageMs: 5 * MINUTE_MS };
    const { tally } = measureTime({ timeline: downIn([outage], DAY_MS), checks: [] }, scopeOver(DAY_MS), rule);
    expect(tally.bad).toBe(3 * MINUTE_MS);
  });
});

describe('slices (B1): 60 of four probes each, of which one failed 4 of 4, one 3 of 4, one 1 of 4', () => {
  const slices = Array.from({ length: 60 }, (_, index) => [4, 3, 1][index] ?? 0);
  const slice = { lengthMs: MINUTE_MS, minSamples: 1, empty: 'skipped' as const };

  function badSlices(rule: SliceRule): number {
    const profile: Profile = { ...PLAIN_PROFILE, method: { kind: 'slices', slice, rule } };
    const states = slices.map((failed) => judgeSlice([[{ good: 4 - failed, bad: failed, open: 0 }]], profile));
    return states.filter((state) => state === 'bad').length;
  }

  it.each([
    [{ kind: 'all' }, 1],
    [{ kind: 'majority' }, 2],
    [{ kind: 'any' }, 3],
    // One in four is 25 %, at least 5 %.
    [{ kind: 'error_share', atLeastPpb: 50_000_000 }, 3],
    // 3 of 4 is exactly 75 %: at least counts equality.
    [{ kind: 'error_share', atLeastPpb: 750_000_000 }, 2],
    [{ kind: 'error_share', atLeastPpb: 750_000_001 }, 1],
  ] as const)('by %o are %i bad', (rule, bad) => {
    expect(badSlices(rule)).toBe(bad);
  });

  it('by occurrences are 232 of 240 good, and so is their mean share: 96.667 %', () => {
    const counts = { ...NO_RUNS, up: 232, down: 8 };
    expect(availabilityTally(counts)).toEqual({ good: 232, bad: 8, unknown: 0, pending: 0 });
    const scope = scopeOver(HOUR_MS);
    const grid = { anchorMs: 0, lengthMs: MINUTE_MS };
    const sampled = slices.map((failed, index) => ({
      good: 4 - failed,
      bad: failed,
      open: 0,
      parts: [{ fromMs: index * MINUTE_MS, toMs: (index + 1) * MINUTE_MS }],
    }));
    const attained = judged(measureRatios(sampled, scope, { grid, slice }), scope);
    // (57 + 0 + 1/4 + 3/4) / 60 = 58 / 60, cut after nine decimals.
    expect(attained.attainmentPpb).toBe(966_666_666);
  });

  it.each([
    // One of 8,640 intervals of 30 days all failed: 8,639 / 8,640.
    [[{ good: 0, bad: 1, open: 0 }], 999_884_259],
    // Twelve at 50 %: 8,634 / 8,640.
    [Array.from({ length: 12 }, () => ({ good: 5, bad: 5, open: 0 })), 999_305_555],
  ])('the mean over five-minute intervals of 30 days with some that failed is exact', (failed, ppb) => {
    const scope = scopeOver(MONTH_MS);
    const lengthMs = 5 * MINUTE_MS;
    const sampled = failed.map((one, index) => ({
      ...one,
      parts: [{ fromMs: index * lengthMs, toMs: (index + 1) * lengthMs }],
    }));
    const measured = measureRatios(sampled, scope, { grid: { anchorMs: 0, lengthMs }, slice });
    expect(judged(measured, scope).attainmentPpb).toBe(ppb);
  });

  it('with fewer than the least samples a slice is good, whatever failed', () => {
    const profile = (minSamples: number): Profile => ({
      ...PLAIN_PROFILE,
      method: { kind: 'slices', slice: { ...slice, minSamples }, rule: { kind: 'any' } },
    });
    const samples = [[{ good: 0, bad: 4, open: 0 }]];
    expect(judgeSlice(samples, profile(4))).toBe('bad');
    expect(judgeSlice(samples, profile(5))).toBe('good');
  });
});

it('scores by latency (A3): 9,900 quick, 60 middling at a half, 20 slow and 20 failed of 10,000 are 99.3 %', () => {
  const bands = [
    { withinMicros: 1_000_000, scorePpb: 1_000_000_000 },
    { withinMicros: 10_000_000, scorePpb: 500_000_000 },
    { withinMicros: null, scorePpb: 0 },
  ];
  const counts = { ...NO_RUNS, up: 9_980, down: 20, measured: 9_980, within: [9_900, 9_960] };
  // In halves of a run: 2 × 9,900 + 60 = 19,860 of 20,000.
  expect(scoreTally(counts, bands)).toMatchObject({
    tally: { good: 19_860, bad: 140, unknown: 0, pending: 0 },
    scale: 2,
  });
});

describe('maintenance and the two denominators (B3): 120 minutes of it and 60 minutes down in 30 days', () => {
  it.each([
    // (43,200 − 120 − 60) / (43,200 − 120)
    ['excluded', 998_607_242],
    // (43,200 − 60) / 43,200
    ['kept', 998_611_111],
  ] as const)('%s is %i ppb', (denominator, ppb) => {
    const maintenance = { fromMs: DAY_MS, toMs: DAY_MS + 2 * HOUR_MS };
    const exclusion = { ...maintenance, kind: 'maintenance', reason: 'upgrade', evidence: 'announced' } as const;
    const scope = scopeOver(MONTH_MS, { exclusions: [exclusion, exclusion], denominator });
    const timeline = downIn([maintenance, { fromMs: 5 * DAY_MS, toMs: 5 * DAY_MS + HOUR_MS }], MONTH_MS);
    const attained = judged(measureTime({ timeline, checks: [] }, scope, { minOutageMs: 0 }), scope);
    expect(attained.attainmentPpb).toBe(ppb);
    expect(attained.uncounted).toEqual([{ ...maintenance, why: 'excluded' }]);
  });
});

describe('what was not measured (B4)', () => {
  it('30 minutes down and 20 unknown of 30 days at 99.9 % are inconclusive between 99.884259 and 99.930555 %', () => {
    const scope = scopeOver(MONTH_MS);
    const down = downIn([{ fromMs: 0, toMs: 30 * MINUTE_MS }], MONTH_MS);
    const unknown = { fromMs: DAY_MS, toMs: DAY_MS + 20 * MINUTE_MS };
    const timeline = down.flatMap((one): Stretch[] =>
      one.state === 'up' && one.fromMs > 0
        ? [
            { ...one, toMs: unknown.fromMs },
            { ...unknown, state: 'unknown', reason: 'no-observation' },
            { ...one, fromMs: unknown.toMs },
          ]
        : [one],
    );
    expect(judged(measureTime({ timeline, checks: [] }, scope, { minOutageMs: 0 }), scope)).toMatchObject({
      lowPpb: 998_842_592,
      highPpb: 999_305_555,
      attainmentPpb: 999_305_233,
      coveragePpb: 999_537_037,
      verdict: 'inconclusive',
    });
  });

  it('an outage that is too short may have gone on in unknown time beside it: then it is open, not up', () => {
    const scope = scopeOver(DAY_MS);
    const timeline: Stretch[] = [
      { fromMs: -DAY_MS, toMs: 0, state: 'up', reason: null },
      { fromMs: 0, toMs: 4 * MINUTE_MS, state: 'down', reason: 'timeout' },
      { fromMs: 4 * MINUTE_MS, toMs: 6 * MINUTE_MS, state: 'unknown', reason: 'no-observation' },
      { fromMs: 6 * MINUTE_MS, toMs: 2 * DAY_MS, state: 'up', reason: null },
    ];
    const { tally } = measureTime({ timeline, checks: [] }, scope, { minOutageMs: 5 * MINUTE_MS });
    expect(tally).toMatchObject({ bad: 0, unknown: 6 * MINUTE_MS });
  });
});

it('outages of 10, 20 and 60 minutes in 30 days (B5): MTTR 30, MTBF 14,370 minutes, 99.791666 %', () => {
  const outages = [10, 20, 60].map((minutes, index) => ({
    fromMs: index * DAY_MS,
    toMs: index * DAY_MS + minutes * MINUTE_MS,
  }));
  const scope = scopeOver(MONTH_MS);
  const attained = judged(
    measureTime({ timeline: downIn(outages, MONTH_MS), checks: [] }, scope, { minOutageMs: 0 }),
    scope,
  );
  // 90 / 3 and (43,200 − 90) / 3; 14,370 / (14,370 + 30) is the share.
  expect(attained.reliability).toEqual({ mttrMs: 30 * MINUTE_MS, mtbfMs: 14_370 * MINUTE_MS });
  expect(attained.attainmentPpb).toBe(997_916_666);
  expect(attained.budget).toEqual({ total: 2_592_000, used: 90 * MINUTE_MS, left: 2_592_000 - 90 * MINUTE_MS });
});

describe('percentiles by their definition (B6), of 1 to 20', () => {
  const values = Array.from({ length: 20 }, (_, index) => index + 1);

  it.each([
    ['nearest_rank', 19],
    // ⌊0.95 × 19⌋ = 18 from 0: the 19th.
    ['ddsketch', 19],
    // 1 + 0.95 × 19 = 19.05
    ['linear', 19.05],
    // 0.95 × 21 = 19.95
    ['exclusive', 19.95],
  ] as const)('the 95th by %s is %d', (rank, expected) => {
    expect(Number(percentileOf(values, 950_000_000, rank)) / 1_000_000_000).toBe(expected);
  });

  it('the 95th of a thousand of 100 ms and ten of 2 s is 100 ms, not the mean of two windows', () => {
    const all = [...Array.from({ length: 1_000 }, () => 100), ...Array.from({ length: 10 }, () => 2_000)];
    expect(percentileOf(all, 950_000_000, 'nearest_rank')).toBe(100_000_000_000n);
  });
});

it('time that nobody saw is no time between failures: of 10 days, 6 unknown and one outage of an hour, 95 hours are known', () => {
  const unknown = { fromMs: 4 * DAY_MS, toMs: 10 * DAY_MS };
  const timeline: Stretch[] = [
    { fromMs: -DAY_MS, toMs: DAY_MS, state: 'up', reason: null },
    { fromMs: DAY_MS, toMs: DAY_MS + 60 * MINUTE_MS, state: 'down', reason: 'timeout' },
    { fromMs: DAY_MS + 60 * MINUTE_MS, toMs: 4 * DAY_MS, state: 'up', reason: null },
    { ...unknown, state: 'unknown', reason: 'no-observation' },
    { fromMs: 10 * DAY_MS, toMs: 11 * DAY_MS, state: 'up', reason: null },
  ];
  const scope = scopeOver(10 * DAY_MS);
  const attained = judged(measureTime({ timeline, checks: [] }, scope, { minOutageMs: 0 }), scope);
  expect(attained.reliability).toEqual({ mttrMs: 60 * MINUTE_MS, mtbfMs: 95 * 60 * MINUTE_MS });
});
