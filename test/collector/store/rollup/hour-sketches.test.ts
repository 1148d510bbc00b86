import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mergeHours, noHours, packHours, unpackHours } from '../../../../collector/src/store/rollup/hour-sketches.ts';
import { LatencySketch } from '../../../../collector/src/store/rollup/latency-sketch.ts';
import { RollupError } from '../../../../collector/src/store/rollup/packed.ts';
import { change, withFlipped } from './arbitrary-runs.ts';

const micros = fc.oneof(fc.integer({ min: 20_000, max: 200_000 }), fc.integer({ min: 0, max: 10_000_000 }));

/** A day in which some hours measured nothing. */
const days = fc.array(fc.array(micros, { maxLength: 20 }), { minLength: 24, maxLength: 24 }).map((hours) =>
  hours.map((values) => {
    const sketch = new LatencySketch();
    for (const value of values) sketch.add(value);
    return values.length === 0 ? null : sketch;
  }),
);

describe('the sketches of a day by hour', () => {
  it('come back as they were packed, hours without any among them', () => {
    fc.assert(
      fc.property(days, (sketches) => {
        const back = unpackHours(packHours(sketches));
        for (const [hour, sketch] of sketches.entries()) {
          const one = back[hour] ?? null;
          expect(one === null ? sketch === null : sketch !== null && one.equals(sketch)).toBe(true);
        }
      }),
      { numRuns: 50 },
    );
    expect(unpackHours(packHours(noHours()))).toEqual(noHours());
  });

  it('merge by hour into what the sketches of those hours merge into', () => {
    const bounds = fc.tuple(fc.integer({ min: 0, max: 24 }), fc.integer({ min: 0, max: 24 }));
    fc.assert(
      fc.property(days, bounds, (sketches, [first, end]) => {
        const expected = new LatencySketch();
        for (const one of sketches.slice(first, Math.max(first, end))) if (one !== null) expected.merge(one);
        const merged = new LatencySketch();
        mergeHours(merged, packHours(sketches), { first, end });
        expect(merged.equals(expected)).toBe(true);
      }),
      { numRuns: 50 },
    );
  });

  it('notice a changed byte', () => {
    fc.assert(
      fc.property(days, fc.nat(), change, (sketches, place, by) => {
        const damaged = withFlipped(packHours(sketches), place, by);
        expect(() => unpackHours(damaged)).toThrow(RollupError);
        expect(() => mergeHours(new LatencySketch(), damaged, { first: 0, end: 24 })).toThrow(RollupError);
      }),
      { numRuns: 50 },
    );
  });
});
