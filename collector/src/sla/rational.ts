/** An exact fraction `n / d` in lowest terms with `d` > 0. Money and shares are kept so until they are rounded, once. */
export interface Rational {
  readonly n: bigint;
  readonly d: bigint;
}

/** `n / d` in lowest terms; throws `RangeError` when `d` is 0 or a number is no integer. */
export function rational(n: bigint | number, d: bigint | number = 1n): Rational {
  const [top, bottom] = [BigInt(n), BigInt(d)];
  if (bottom === 0n) throw new RangeError('a fraction of nothing');
  const divisor = greatestCommonDivisor(top, bottom) * (bottom < 0n ? -1n : 1n);
  return { n: top / divisor, d: bottom / divisor };
}

export const ZERO: Rational = { n: 0n, d: 1n };
export const ONE: Rational = { n: 1n, d: 1n };

const PPB = 1_000_000_000n;

/** Integer parts per billion as a share of 1. */
export function ofPpb(ppb: number): Rational {
  return rational(ppb, PPB);
}

export function add(a: Rational, b: Rational): Rational {
  return rational(a.n * b.d + b.n * a.d, a.d * b.d);
}

export function subtract(a: Rational, b: Rational): Rational {
  return rational(a.n * b.d - b.n * a.d, a.d * b.d);
}

export function multiply(a: Rational, b: Rational): Rational {
  return rational(a.n * b.n, a.d * b.d);
}

/** Throws `RangeError` when `b` is 0. */
export function divide(a: Rational, b: Rational): Rational {
  return rational(a.n * b.d, a.d * b.n);
}

export function sum(all: readonly Rational[]): Rational {
  return all.reduce(add, ZERO);
}

/** Negative, 0 or positive, as `a` is less than, equal to or more than `b`. */
export function compare(a: Rational, b: Rational): number {
  const difference = a.n * b.d - b.n * a.d;
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

export function isLess(a: Rational, b: Rational): boolean {
  return compare(a, b) < 0;
}

export function least(a: Rational, b: Rational): Rational {
  return isLess(b, a) ? b : a;
}

export function greatest(a: Rational, b: Rational): Rational {
  return isLess(a, b) ? b : a;
}

/** The greatest integer not above it. */
export function floor({ n, d }: Rational): bigint {
  const quotient = n / d;
  return n < 0n && quotient * d !== n ? quotient - 1n : quotient;
}

/** The least integer not below it. */
export function ceil({ n, d }: Rational): bigint {
  return -floor({ n: -n, d });
}

/** The nearest integer; a half goes away from zero, so that a credit and the same amount taken back cancel. */
export function roundHalfUp({ n, d }: Rational): bigint {
  const size = n < 0n ? -n : n;
  const rounded = (2n * size + d) / (2n * d);
  return n < 0n ? -rounded : rounded;
}

/** Decimal text, truncated towards zero after `digits` decimals and then marked with `…`; trailing zeros go. */
export function decimalText({ n, d }: Rational, digits: number): string {
  const size = n < 0n ? -n : n;
  const scale = 10n ** BigInt(digits);
  const scaled = (size * scale) / d;
  const fraction = String(scaled % scale)
    .padStart(digits, '0')
    .replace(/0+$/, '');
  const text = `${n < 0n ? '-' : ''}${scaled / scale}${fraction === '' || digits === 0 ? '' : `.${fraction}`}`;
  return scaled * d === size * scale ? text : `${text}…`;
}

function greatestCommonDivisor(a: bigint, b: bigint): bigint {
  let [x, y] = [a < 0n ? -a : a, b < 0n ? -b : b];
  while (y !== 0n) [x, y] = [y, x % y];
  return x === 0n ? 1n : x;
}
