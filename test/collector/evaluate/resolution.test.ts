import { outcomeOf } from '@nines/shared/observation.ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HOUR_MS } from '../../../collector/src/evaluate/hour-counters.ts';
import {
  type Bucket,
  Buckets,
  chooseResolution,
  type Gap,
  readingWindows,
  statisticsOf,
} from '../../../collector/src/evaluate/resolution.ts';
import { RunsBuilder } from '../../../collector/src/store/runs-builder.ts';

/** 2026-11-10T00:00:00Z. */
const START_MS = Date.UTC(2026, 10, 10);
const MINUTE_MS = 60_000;
const DAY_MS = 24 * HOUR_MS;

const days = (count: number) => ({ fromMs: START_MS, toMs: START_MS + count * DAY_MS });

describe('chooseResolution', () => {
  it('shows every run while there are 2,000 or fewer, however long the interval is', () => {
    expect(chooseResolution(days(365), 2_000)).toBe('raw');
    expect(chooseResolution(days(1), 2_001)).toBe('minute');
  });

  it('then takes the finest buckets of which there are 2,000 or fewer, and days when there are none', () => {
    // 2,000 minutes are 33 h 20 min, 2,000 hours 83 d 8 h.
    expect(chooseResolution({ fromMs: START_MS, toMs: START_MS + 2_000 * MINUTE_MS }, 9_999)).toBe('minute');
    expect(chooseResolution({ fromMs: START_MS + 1, toMs: START_MS + 2_000 * MINUTE_MS + 1 }, 9_999)).toBe('hour');
    expect(chooseResolution(days(83), 9_999)).toBe('hour');
    expect(chooseResolution(days(84), 9_999)).toBe('day');
    expect(chooseResolution(days(9_999), 9_999)).toBe('day');
  });
});

describe('statisticsOf', () => {
  it('takes percentiles by nearest rank', () => {
    const numbers = Array.from({ length: 100 }, (_, index) => 100 - index);
    expect(statisticsOf(Float64Array.from(numbers))).toEqual({
      count: 100,
      min: 1,
      mean: 50.5,
      max: 100,
      p50: 50,
      p95: 95,
      p99: 99,
    });
    expect(statisticsOf(Float64Array.of(7))).toEqual({ count: 1, min: 7, mean: 7, max: 7, p50: 7, p95: 7, p99: 7 });
    expect(statisticsOf(new Float64Array())).toBeNull();
  });

  it('has the exact mean where a sum of floats has not', () => {
    const greatest = Number.MAX_SAFE_INTEGER;
    expect(statisticsOf(Float64Array.of(greatest, greatest, greatest - 3))?.mean).toBe(greatest - 1);
    expect(statisticsOf(Float64Array.of(greatest, 1, -greatest, 1, 2))?.mean).toBe(0.8);
  });
});

const run = fc.record({
  atMs: fc.integer({ min: START_MS - HOUR_MS, max: START_MS + 9 * HOUR_MS }),
  up: fc.constantFrom(1 as const, 1 as const, 0 as const, null),
  total: fc.option(fc.integer({ min: 0, max: 5_000_000 })),
});

describe('Buckets', () => {
  it('hold what a look at every observation gives, and gaps where there is none, without a hole between', () => {
    const interval = fc
      .tuple(fc.nat(8 * HOUR_MS), fc.integer({ min: 1, max: 4 * HOUR_MS }))
      .map(([first, length]) => ({ fromMs: START_MS + first, toMs: START_MS + first + length }));
    fc.assert(
      fc.property(
        fc.array(run, { maxLength: 40 }),
        interval,
        fc.constantFrom(MINUTE_MS, HOUR_MS),
        (runs, asked, bucketMs) => {
          const buckets = new Buckets(asked, bucketMs, 'total');
          const columns = {
            check: 'shop',
            every_ms: MINUTE_MS,
            at_ms: runs.map(({ atMs }) => atMs),
            up: runs.map(({ up }) => up),
            reasons: {},
            values: { total: runs.map(({ total }) => total) },
          };
          const builder = new RunsBuilder();
          builder.addColumns(columns);
          buckets.add(builder.build(), asked);
          const middleMs = Math.floor((asked.fromMs + asked.toMs) / 2 / HOUR_MS) * HOUR_MS;
          const taken: (Bucket | Gap)[] = [...buckets.take(middleMs), ...buckets.take(asked.toMs)];
          expect(taken[0]?.fromMs).toBe(asked.fromMs);
          expect(taken.at(-1)?.toMs).toBe(asked.toMs);
          for (const [index, one] of taken.entries()) {
            if (index > 0) expect(one.fromMs).toBe(taken[index - 1]?.toMs);
            const inside = runs.filter(({ atMs }) => atMs >= one.fromMs && atMs < one.toMs);
            expect('isGap' in one).toBe(inside.length === 0);
            if ('isGap' in one) continue;
            expect(Math.floor(one.fromMs / bucketMs)).toBe(Math.floor((one.toMs - 1) / bucketMs));
            const count = (outcome: string) => inside.filter(({ up }) => outcomeOf(up) === outcome).length;
            expect(one.runs).toEqual({ up: count('up'), down: count('down'), unknown: count('unknown') });
            const numbers = inside.flatMap(({ up, total }) => (up === 1 && total !== null ? [total] : []));
            expect(one.value).toEqual(statisticsOf(Float64Array.from(numbers)));
          }
          const gaps = taken.map((one) => 'isGap' in one);
          expect(gaps.some((isGap, index) => isGap && gaps[index + 1])).toBe(false);
        },
      ),
    );
  });
});

describe('readingWindows', () => {
  it('cover the interval in order, end at whole steps, and hold no more than they may unless one step does', () => {
    const lengths = fc.tuple(fc.nat(40 * DAY_MS), fc.integer({ min: 1, max: 30 * DAY_MS }));
    fc.assert(
      fc.property(
        lengths,
        fc.integer({ min: 0, max: 200 }),
        fc.constantFrom(HOUR_MS, DAY_MS),
        ([first, length], hourly, stepMs) => {
          const asked = { fromMs: START_MS + first, toMs: START_MS + first + length };
          const runsIn = (fromHour: number, toHour: number) => (toHour - fromHour) * hourly;
          const windows = [...readingWindows(asked, { stepMs, maxMs: 7 * DAY_MS, maxRuns: 1_000, runsIn })];
          expect(windows[0]?.fromMs).toBe(asked.fromMs);
          expect(windows.at(-1)?.toMs).toBe(asked.toMs);
          for (const [index, one] of windows.entries()) {
            if (index > 0) expect(one.fromMs).toBe(windows[index - 1]?.toMs);
            if (index < windows.length - 1) expect(one.toMs % stepMs).toBe(0);
            expect(one.toMs - one.fromMs).toBeLessThanOrEqual(7 * DAY_MS);
            if (one.toMs - one.fromMs > stepMs) expect(one.runs).toBeLessThanOrEqual(1_000);
          }
        },
      ),
    );
  });
});
