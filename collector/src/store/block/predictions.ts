/** What is expected of a number by those before it; what is written is how far it is off. */

/** Numbers up to here may be followed by a running mean: its level stays within 32 bits. */
export const MAX_LEVEL = 2 ** 26;

/** `2n` for what is not negative, `-2n - 1` for what is: small in either direction stays small. */
export function zigzag(value: number): number {
  return value < 0 ? -2 * value - 1 : 2 * value;
}

export function unzigzag(value: number): number {
  if (value < 0x8000_0000) return (value >>> 1) ^ -(value & 1);
  return value % 2 === 1 ? -(value + 1) / 2 : value / 2;
}

/** Fills in how far each number is from the one before, the first from `start`. */
export function stepsOf(numbers: Float64Array, start: number, into: Float64Array): void {
  let last = start;
  for (let i = 0; i < numbers.length; i++) {
    const number = numbers[i] ?? 0;
    into[i] = number - last;
    last = number;
  }
}

/** Fills in how far each number is from the running mean of those before, in which each counts `2^-shift`. */
export function offMeanOf(numbers: Float64Array, mean: { start: number; shift: number }, into: Float64Array): void {
  const { start, shift } = mean;
  let level = start << shift;
  for (let i = 0; i < numbers.length; i++) {
    const number = numbers[i] ?? 0;
    const expected = level >> shift;
    into[i] = number - expected;
    level += number - expected;
  }
}

/** Undoes `stepsOf` and zigzag in place. */
export function addSteps(numbers: Float64Array, start: number): void {
  let last = start;
  for (let i = 0; i < numbers.length; i++) {
    last += unzigzag(numbers[i] ?? 0);
    numbers[i] = last;
  }
}

/** Undoes `offMeanOf` and zigzag in place. */
export function addMean(numbers: Float64Array, { start, shift }: { start: number; shift: number }): void {
  let level = start << shift;
  for (let i = 0; i < numbers.length; i++) {
    const off = unzigzag(numbers[i] ?? 0);
    numbers[i] = (level >> shift) + off;
    level += off;
  }
}
