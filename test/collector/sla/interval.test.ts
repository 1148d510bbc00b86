import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { intersect, lengthMs, mergeIntervals, subtractAll } from '../../../collector/src/sla/interval.ts';

const interval = fc
  .tuple(fc.integer({ min: 0, max: 60 }), fc.integer({ min: 0, max: 60 }))
  .map(([fromMs, toMs]) => ({ fromMs, toMs }));

const instants = Array.from({ length: 62 }, (_, at) => at);
const holds = (one: { fromMs: number; toMs: number }, at: number) => at >= one.fromMs && at < one.toMs;

describe('intervals', () => {
  it('that touch share no time, because the end is not part of an interval', () => {
    expect(intersect({ fromMs: 0, toMs: 10 }, { fromMs: 10, toMs: 20 })).toBeNull();
    expect(intersect({ fromMs: 0, toMs: 11 }, { fromMs: 10, toMs: 20 })).toEqual({ fromMs: 10, toMs: 11 });
  });

  it('share exactly the instants that both hold', () => {
    fc.assert(
      fc.property(interval, interval, (a, b) => {
        const shared = intersect(a, b);
        for (const at of instants) expect(shared !== null && holds(shared, at)).toBe(holds(a, at) && holds(b, at));
      }),
    );
  });

  it('have no negative length', () => {
    expect(lengthMs({ fromMs: 20, toMs: 10 })).toBe(0);
    expect(lengthMs({ fromMs: 10, toMs: 25 })).toBe(15);
  });

  it('merge into the same instants, ordered, with a gap between any two', () => {
    fc.assert(
      fc.property(fc.array(interval, { maxLength: 8 }), (intervals) => {
        const merged = mergeIntervals(intervals);
        for (const at of instants) {
          expect(merged.some((one) => holds(one, at))).toBe(intervals.some((one) => holds(one, at)));
        }
        for (const [index, one] of merged.entries()) {
          expect(one.toMs).toBeGreaterThan(one.fromMs);
          if (index > 0) expect(one.fromMs).toBeGreaterThan(merged[index - 1]?.toMs ?? Number.NaN);
        }
      }),
    );
  });

  it('less others are exactly the instants that those do not hold, in order', () => {
    const merged = fc.array(interval, { maxLength: 8 }).map(mergeIntervals);
    fc.assert(
      fc.property(merged, merged, (intervals, removed) => {
        const left = subtractAll(intervals, removed);
        expect(left).toEqual(mergeIntervals(left));
        for (const at of instants) {
          const expected = intervals.some((one) => holds(one, at)) && !removed.some((one) => holds(one, at));
          expect(left.some((one) => holds(one, at))).toBe(expected);
        }
      }),
    );
  });
});
