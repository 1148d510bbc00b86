import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { percentileAmong, percentileOf } from '../../../collector/src/sla/percentile.ts';

const PPB = 1_000_000_000n;

const ascending = (values: readonly number[]) => values.toSorted((a, b) => a - b);

describe('a percentile of several lists', () => {
  it('is that of all their values in one list, by every definition', () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(fc.integer({ min: -20, max: 20 }), { minLength: 1, maxLength: 8 }), {
          minLength: 1,
          maxLength: 4,
        }),
        fc.constantFrom('share', 'nearest_rank', 'ddsketch', 'linear', 'exclusive'),
        fc.integer({ min: 0, max: 1_000_000_000 }),
        (lists, rank, ppb) => {
          const together = ascending(lists.flat());
          expect(percentileAmong(lists.map(ascending), ppb, rank)).toBe(percentileOf(together, ppb, rank));
        },
      ),
      { numRuns: 400 },
    );
  });

  it('by nearest rank is the value that as many as the rank do not exceed: the median of 1, 3 and 2, 9 is 2', () => {
    // ⌈0.5 × 4⌉ = 2: the second of 1, 2, 3, 9.
    expect(
      percentileAmong(
        [
          [1, 3],
          [2, 9],
        ],
        500_000_000,
        'nearest_rank',
      ),
    ).toBe(2n * PPB);
  });
});
