import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { backOffMs, retryAfterMs } from '../../agent/src/back-off.ts';

const NOW_MS = Date.parse('2026-11-23T12:00:00Z');

describe('backOffMs', () => {
  it('lies anywhere between nothing and a bound that doubles from 1 s to 60 s', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 10_000 }),
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        (failures, random) => {
          const boundMs = failures >= 7 ? 60_000 : 1_000 * 2 ** (failures - 1);
          const pauseMs = backOffMs(failures, random);
          expect(Number.isInteger(pauseMs)).toBe(true);
          expect(pauseMs).toBeGreaterThanOrEqual(0);
          expect(pauseMs).toBeLessThan(boundMs);
        },
      ),
    );
  });

  it('uses the whole of its range', () => {
    expect(backOffMs(3, 0)).toBe(0);
    expect(backOffMs(3, 0.5)).toBe(2_000);
    expect(backOffMs(3, 0.999_999)).toBe(3_999);
    expect(backOffMs(50, 0.999_999)).toBe(59_999);
  });
});

describe('retryAfterMs', () => {
  it.each([
    ['120', 120_000],
    ['0', 0],
    ['Mon, 23 Nov 2026 12:01:30 GMT', 90_000],
    ['Mon, 23 Nov 2026 11:00:00 GMT', 0],
    ['999999', 3_600_000],
    ['soon', null],
    ['', null],
    [undefined, null],
  ])('reads %j as %j ms from now', (header, expected) => {
    expect(retryAfterMs(header, NOW_MS)).toBe(expected);
  });
});
