import { toColumns } from '@nines/shared/wire.ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ThresholdCounter } from '../../../../collector/src/evaluate/thresholds.ts';
import { RollupError } from '../../../../collector/src/store/rollup/packed.ts';
import {
  countThreshold,
  noThresholdRuns,
  packThresholdWeek,
  unpackThresholdWeek,
} from '../../../../collector/src/store/rollup/threshold-week.ts';
import { change, runsOf, seenInWeek, total, WEEK, WEEK_MS, withFlipped } from './arbitrary-runs.ts';

describe('the threshold counts of a week', () => {
  it('are those that the head counts, hour by hour', () => {
    fc.assert(
      fc.property(seenInWeek, total, (seen, withinMicros) => {
        const threshold = { value: 'total', withinMicros };
        const counts = noThresholdRuns();
        countThreshold(runsOf(seen), threshold, counts);
        const head = new ThresholdCounter(threshold, true);
        for (const columns of toColumns(seen)) head.count(columns);
        for (let hour = 0; hour < 168; hour++) {
          const { measured, within } = head.sum(WEEK * 168 + hour, WEEK * 168 + hour + 1);
          expect([counts[2 * hour], counts[2 * hour + 1]]).toEqual([measured, within]);
        }
      }),
    );
  });

  it('have a run at the threshold within it, and none that was not up', () => {
    const run = { check: 'shop', agent: 'fra', everyMs: 30_000, outcome: 'up', reason: null } as const;
    const fromMs = WEEK * WEEK_MS + 3_600_000;
    const counts = noThresholdRuns();
    const runs = runsOf([
      { ...run, atMs: fromMs, values: { total: 500 } },
      { ...run, atMs: fromMs + 1, values: { total: 501 } },
      { ...run, atMs: fromMs + 2, values: { total: 1 }, outcome: 'down', reason: 'http-status' },
      { ...run, atMs: fromMs + 3, values: {} },
    ]);
    countThreshold(runs, { value: 'total', withinMicros: 500 }, counts);
    // By hand, in the week's second hour: the first two measured it, the first within.
    expect([...counts.subarray(0, 6)]).toEqual([0, 0, 2, 1, 0, 0]);
  });

  it('notice a changed byte', () => {
    const counts = fc.array(fc.nat(), { minLength: 336, maxLength: 336 });
    fc.assert(
      fc.property(counts, fc.nat(), change, (given, place, by) => {
        const packed = packThresholdWeek(Uint32Array.from(given));
        expect(() => unpackThresholdWeek(withFlipped(packed, place, by))).toThrow(RollupError);
      }),
      { numRuns: 50 },
    );
  });

  it('are packed into the bytes that stores hold already', () => {
    const counts = noThresholdRuns();
    counts.set([120, 119, 120, 120], 10);
    expect(Buffer.from(packThresholdWeek(counts)).toString('hex')).toBe('050000017877017878a1010000aa5cc66c');
  });
});
