/**
 * How integers fall into buckets. Below `2^(width + fine + 1)` all are `2^width` wide; from there on each power of two
 * has `2^fine`, so that outliers stay cheap without widening the code.
 */
export interface Scale {
  /** 0 to `MAX_WIDTH`. */
  readonly width: number;
  /** 0 to 3 in a block. */
  readonly fine: number;
}

/** Wider ones save nothing, and 31 bits are what one machine word holds. */
export const MAX_WIDTH = 29;

/** More than any scale needs for integers below 2^54. */
export const MAX_BUCKETS = 512;

/** The bucket of a non-negative integer below 2^54. */
export function bucketOf(value: number, { width, fine }: Scale): number {
  if (value < 0x4000_0000) {
    const power = 31 - Math.clz32(value);
    return power <= width + fine ? value >>> width : ((power - fine - width) << fine) + (value >>> (power - fine));
  }
  const power = 30 + (31 - Math.clz32(Math.floor(value / 2 ** 30)));
  if (power <= width + fine) return Math.floor(value / 2 ** width);
  return ((power - fine - width) << fine) + Math.floor(value / 2 ** (power - fine));
}

/** How many bits of a value its bucket leaves open. */
export function openBitsOf(bucket: number, { width, fine }: Scale): number {
  return bucket < 2 << fine ? width : width + (bucket >>> fine) - 1;
}

/** The least integer of a bucket. */
export function bucketStart(bucket: number, scale: Scale): number {
  const within = bucket < 2 << scale.fine ? bucket : (1 << scale.fine) + (bucket & ((1 << scale.fine) - 1));
  return within * 2 ** openBitsOf(bucket, scale);
}
