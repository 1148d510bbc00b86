import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  add,
  ceil,
  compare,
  decimalText,
  divide,
  floor,
  multiply,
  rational,
  roundHalfUp,
  subtract,
} from '../../../collector/src/sla/rational.ts';

const integer = fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n });
const positive = fc.bigInt({ min: 1n, max: 10n ** 20n });
const fraction = fc.tuple(integer, positive).map(([n, d]) => rational(n, d));

describe('a fraction', () => {
  it('is in lowest terms, its sign on top', () => {
    expect(rational(6, -4)).toEqual({ n: -3n, d: 2n });
    expect(rational(0, 7)).toEqual({ n: 0n, d: 1n });
    expect(() => rational(1, 0)).toThrow(RangeError);
  });

  it('obeys the laws of arithmetic, so a total does not hang on the order of its parts', () => {
    fc.assert(
      fc.property(fraction, fraction, fraction, (a, b, c) => {
        expect(add(add(a, b), c)).toEqual(add(a, add(b, c)));
        expect(multiply(a, add(b, c))).toEqual(add(multiply(a, b), multiply(a, c)));
        expect(add(subtract(a, b), b)).toEqual(a);
        if (b.n !== 0n) expect(multiply(divide(a, b), b)).toEqual(a);
        expect(Math.sign(compare(a, b))).toBe(-Math.sign(compare(b, a)) + 0);
      }),
    );
  });

  it('lies between its floor and its ceiling, which are equal only for a whole number', () => {
    fc.assert(
      fc.property(fraction, (a) => {
        expect(compare(rational(floor(a)), a)).toBeLessThanOrEqual(0);
        expect(compare(rational(ceil(a)), a)).toBeGreaterThanOrEqual(0);
        expect(ceil(a) - floor(a)).toBe(a.d === 1n ? 0n : 1n);
      }),
    );
  });
});

describe('rounding', () => {
  it.each([
    [5, 2, 3n], // 2.5
    [-5, 2, -3n], // what was credited comes back whole
    [249, 100, 2n],
    [1, 2, 1n],
    [0, 1, 0n],
  ])('%i/%i is %i, half up', (n, d, rounded) => {
    expect(roundHalfUp(rational(n, d))).toBe(rounded);
  });
});

describe('decimal text', () => {
  it('is truncated, never rounded, and says when it goes on', () => {
    expect(decimalText(rational(2, 3), 4)).toBe('0.6666…');
    expect(decimalText(rational(1, 4), 4)).toBe('0.25');
    expect(decimalText(rational(-1, 3), 2)).toBe('-0.33…');
    expect(decimalText(rational(7), 0)).toBe('7');
    expect(decimalText(rational(99_999, 100_000), 2)).toBe('0.99…');
  });
});
