import { MAX_WIDTH, type Scale } from './buckets.ts';

/** So many numbers decide the way of all: windows from all over them. */
const WINDOWS = 4;
const WINDOW = 128;
const sample = new Float64Array(WINDOWS * WINDOW);

/** The numbers that ways are tried on; a view that the next call overwrites, or all when they are few. */
export function sampleOf(numbers: Float64Array): Float64Array {
  if (numbers.length <= sample.length) return numbers;
  for (let window = 0; window < WINDOWS; window++) {
    const from = Math.floor(((numbers.length - WINDOW) * window) / (WINDOWS - 1));
    sample.set(numbers.subarray(from, from + WINDOW), window * WINDOW);
  }
  return sample;
}

/** How wide some signed numbers lie around zero: their mean magnitude, and about how many bits one takes. */
export function spreadOf(off: Float64Array): { readonly spread: number; readonly bits: number } {
  let sum = 0;
  let bits = 0;
  for (let i = 0; i < off.length; i++) {
    const magnitude = Math.abs(off[i] ?? 0);
    sum += magnitude;
    bits += magnitude < 0x8000_0000 ? 32 - Math.clz32(magnitude) : Math.log2(magnitude) + 1;
  }
  // Sign and shape: what a normal distribution takes beyond the length of its numbers; no code has less than a bit.
  return { spread: sum / off.length, bits: Math.max(1, bits / off.length + 1.3) };
}

/**
 * Buckets for numbers of a spread: narrow enough that the bits they leave open are as good as random, and no more of
 * them than so many numbers can pay the code table of.
 */
export function scaleFor(spread: number, count: number, isUnsigned: boolean): Scale {
  const fine = count > 1_500 ? 3 : count > 300 ? 2 : 1;
  const perSpread = count > 1_500 ? 3 : count > 300 ? 2 : 1;
  const width = Math.floor(Math.log2(spread / perSpread)) + (isUnsigned ? 0 : 1);
  return { width: Math.max(0, Math.min(MAX_WIDTH, width)), fine };
}
