import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nearestRank, numberOfRank } from '../../../collector/src/store/nearest-rank.ts';

describe('the number of a rank', () => {
  it('is the one that stands there when all are sorted', () => {
    const numbers = fc.array(fc.oneof(fc.nat(5), fc.nat()), { minLength: 1, maxLength: 300 });
    fc.assert(
      fc.property(numbers, fc.nat(), (all, place) => {
        const sorted = all.toSorted((a, b) => a - b);
        const rank = 1 + (place % all.length);
        expect(numberOfRank(Float64Array.from(all), rank)).toBe(sorted[rank - 1]);
      }),
    );
  });

  it('by the nearest-rank definition: the least that so large a share of all is not above', () => {
    // ⌈0.95 × 20⌉ = 19, ⌈0.95 × 21⌉ = ⌈19.95⌉ = 20; no share of anything is the least.
    expect([nearestRank(20, 950_000_000), nearestRank(21, 950_000_000), nearestRank(7, 0)]).toEqual([19, 20, 1]);
  });
});
