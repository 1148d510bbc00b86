import { describe, expect, it } from 'vitest';
import { judgeSamples } from '../../../collector/src/sla/slice-rule.ts';

const SLICE = { lengthMs: 60_000, minSamples: 1, empty: 'skipped' } as const;

describe('a slice by the rule of the majority', () => {
  it.each([
    [{ good: 1, bad: 3, open: 0 }, 'bad'],
    // Half of them is no majority.
    [{ good: 2, bad: 2, open: 0 }, 'good'],
    // The one that nobody saw makes it three of four, or leaves it at half.
    [{ good: 1, bad: 2, open: 1 }, 'unknown'],
    // Two of four at most.
    [{ good: 2, bad: 1, open: 1 }, 'good'],
  ] as const)('with %o is %s: a tie is no majority', (samples, state) => {
    expect(judgeSamples(samples, { kind: 'majority' }, SLICE)).toBe(state);
  });
});
