import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PercentileRank } from '../../../collector/src/sla/indicator.ts';
import { percentileOf } from '../../../collector/src/sla/percentile.ts';
import { percentileVerdict } from '../../../collector/src/sla/percentile-verdict.ts';

const RANKS = ['nearest_rank', 'ddsketch', 'linear', 'exclusive'] as const;
const PPB = 1_000_000_000n;

/** The verdict by sorting all values, the unknown ones taken as beyond every bound on either side. */
function bySorting(values: readonly number[], unknown: number, { ppb, rank, limit }: Promised): string {
  if (values.length === 0) return 'inconclusive';
  const holds = (taken: number) => {
    const all = [...values, ...Array.from({ length: unknown }, () => taken)].sort((a, b) => a - b);
    return percentileOf(all, ppb, rank) <= BigInt(limit) * PPB;
  };
  if (holds(1e12)) return 'met';
  return holds(-1e12) ? 'inconclusive' : 'breached';
}

interface Promised {
  readonly ppb: number;
  readonly rank: PercentileRank;
  readonly limit: number;
}

describe('the verdict over a percentile', () => {
  it('is what sorting all values gives, for every definition and however the unknown ones went', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 40 }), { maxLength: 25 }),
        fc.integer({ min: 0, max: 4 }),
        fc.constantFrom(...RANKS),
        fc.constantFrom(0, 500_000_000, 900_000_000, 950_000_000, 999_000_000, 1_000_000_000),
        fc.integer({ min: 0, max: 40 }),
        (values, unknown, rank, ppb, limit) => {
          const promise = { ppb, rank, limit };
          const within = values.filter((value) => value <= limit);
          const beyond = values.filter((value) => value > limit);
          const tally = { good: within.length, bad: beyond.length, unknown, pending: 0 };
          const around = {
            below: within.length === 0 ? null : Math.max(...within),
            above: beyond.length === 0 ? null : Math.min(...beyond),
          };
          expect(percentileVerdict(tally, promise, around)).toBe(bySorting(values, unknown, promise));
        },
      ),
      { numRuns: 600 },
    );
  });

  it('by nearest rank is that of the value at the rank rounded up: the 95th of ten values is the greatest', () => {
    const promise = { ppb: 950_000_000, rank: 'nearest_rank', limit: 9 } as const;
    // ⌈0.95 × 10⌉ = 10.
    expect(percentileOf([1, 2, 3, 4, 5, 6, 7, 8, 9, 10], 950_000_000, 'nearest_rank')).toBe(10n * PPB);
    expect(percentileVerdict({ good: 9, bad: 1, unknown: 0, pending: 0 }, promise, null)).toBe('breached');
    expect(percentileVerdict({ good: 10, bad: 0, unknown: 0, pending: 0 }, promise, null)).toBe('met');
  });

  it('asks for the values beside the limit only when they decide', () => {
    const promise = { ppb: 500_000_000, rank: 'linear', limit: 10 } as const;
    // Of two values the median is half way between: with one on each side of the limit it depends on them.
    const tally = { good: 1, bad: 1, unknown: 0, pending: 0 };
    expect(percentileVerdict(tally, promise, null)).toBeNull();
    expect(percentileVerdict(tally, promise, { below: 8, above: 12 })).toBe('met');
    expect(percentileVerdict(tally, promise, { below: 8, above: 13 })).toBe('breached');
  });
});
