import { formatDuration, parseDuration } from '@nines/shared/time/duration.ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

describe('a duration', () => {
  it.each([
    ['30s', 30_000],
    ['90s', 90_000],
    ['250ms', 250],
    ['1h30m', 5_400_000],
    ['2w', 1_209_600_000],
    ['1d12h', 129_600_000],
    ['5m', 300_000],
    ['0s', 0],
  ])('%s is %d ms', (text, expected) => {
    expect(parseDuration(text)).toBe(expected);
  });

  it.each(['', '30', 's', '-5s', '1.5h', '30 s', '30S', '1y', '5m ', '99999999999999999w', '1m30'])(
    'is not "%s"',
    (text) => {
      expect(parseDuration(text)).toBeNull();
    },
  );

  it('written out is read back as the same number of milliseconds', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 10 ** 12 }), (ms) => {
        expect(parseDuration(formatDuration(ms))).toBe(ms);
      }),
    );
  });

  it.each([
    [0, '0s'],
    [5_400_000, '1h30m'],
    [2_592_000_000, '30d'],
    [61_001, '1m1s1ms'],
    [-90_000, '-1m30s'],
  ])('of %d ms is written %s', (ms, text) => {
    expect(formatDuration(ms)).toBe(text);
  });
});
