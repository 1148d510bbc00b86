import type { PercentileRank } from './indicator.ts';

const PPB = 1_000_000_000n;

/**
 * Where a percentile lies among `count` ascending values, as "the `lower`th value (from 1), and `weight`/PPB of the way to
 * the next". Clamped to the values there are. Definitions (p as a share, n values):
 * `share`, `nearest_rank`: ⌈p·n⌉ · `ddsketch`: ⌊p·(n−1)⌋ + 1 · `linear` (type 7): 1 + p·(n−1) · `exclusive`: p·(n+1).
 */
export interface Position {
  readonly lower: number;
  /** Parts per billion of the way from the `lower`th to the next value. */
  readonly weight: number;
}

const POSITION: Readonly<Record<PercentileRank, (ppb: bigint, n: bigint) => bigint>> = {
  share: (ppb, n) => ceilPpb(ppb * n),
  nearest_rank: (ppb, n) => ceilPpb(ppb * n),
  ddsketch: (ppb, n) => PPB + ((ppb * (n - 1n)) / PPB) * PPB,
  linear: (ppb, n) => PPB + ppb * (n - 1n),
  exclusive: (ppb, n) => ppb * (n + 1n),
};

/** `count` at least 1. */
export function positionOf(ppb: number, count: number, rank: PercentileRank): Position {
  const n = BigInt(count);
  const exact = POSITION[rank](BigInt(ppb), n);
  const clamped = exact < PPB ? PPB : exact > n * PPB ? n * PPB : exact;
  return { lower: Number(clamped / PPB), weight: Number(clamped % PPB) };
}

function ceilPpb(product: bigint): bigint {
  return ((product + PPB - 1n) / PPB) * PPB;
}

/**
 * Whether the percentile of `count` values, `within` of which are at most the limit, is at most the limit. `null` when that
 * depends on the two values around the limit: then `isInterpolatedWithin` decides.
 */
export function isPercentileWithin({ lower, weight }: Position, within: number): boolean | null {
  if (within < lower) return false;
  return weight === 0 || within > lower ? true : null;
}

/** The value `below` is at most the limit and the next one, `above`, is more: whether the point between them still is. */
export function isInterpolatedWithin(
  { below, above }: { readonly below: number; readonly above: number },
  weight: number,
  limit: number,
): boolean {
  return BigInt(below) * PPB + BigInt(weight) * BigInt(above - below) <= BigInt(limit) * PPB;
}

/** The percentile of ascending integers, exact, as `numerator / PPB`. `values` is not empty. */
export function percentileOf(values: readonly number[], ppb: number, rank: PercentileRank): bigint {
  const position = positionOf(ppb, values.length, rank);
  const { value, next } = valuesAt(values, position);
  return BigInt(value) * PPB + BigInt(position.weight) * BigInt(next - value);
}

/** The value at a position of ascending ones, and the next; the last one is its own next. */
export function valuesAt(
  values: readonly number[],
  { lower }: Position,
): { readonly value: number; readonly next: number } {
  const value = values[lower - 1] ?? 0;
  return { value, next: values[lower] ?? value };
}
