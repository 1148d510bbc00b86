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
  return percentileAmong([values], ppb, rank);
}

/** The same of the integers of several lists together, each ascending and none of them empty. */
export function percentileAmong(lists: Ascending, ppb: number, rank: PercentileRank): bigint {
  const position = positionOf(ppb, countAmong(lists), rank);
  const { value, next } = valuesAt(lists, position);
  return BigInt(value) * PPB + BigInt(position.weight) * BigInt(next - value);
}

/** Several ascending lists of integers, none of them empty. */
export type Ascending = readonly (readonly number[])[];

export function countAmong(lists: Ascending): number {
  return lists.reduce((total, { length }) => total + length, 0);
}

/** The value at a position among all of them in order, and the next; the last one is its own next. */
export function valuesAt(lists: Ascending, { lower }: Position): { readonly value: number; readonly next: number } {
  const value = nthAmong(lists, lower);
  return { value, next: nthAmong(lists, Math.min(countAmong(lists), lower + 1)) };
}

/** The `nth` smallest (from 1): the least number that at least so many of them do not exceed. */
function nthAmong(lists: Ascending, nth: number): number {
  const [only] = lists;
  if (only !== undefined && lists.length === 1) return only[nth - 1] ?? 0;
  let low = Math.min(...lists.map((values) => values[0] ?? 0));
  let high = Math.max(...lists.map((values) => values.at(-1) ?? 0));
  while (low < high) {
    const middle = middleOf(low, high);
    const upTo = lists.reduce((total, values) => total + countUpTo(values, middle), 0);
    if (upTo >= nth) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Half of the way, rounded down, without a sum that no double holds exactly. */
function middleOf(low: number, high: number): number {
  const halves = [Math.floor(low / 2), Math.floor(high / 2)] as const;
  const odd = low - 2 * halves[0] + (high - 2 * halves[1]);
  return halves[0] + halves[1] + (odd === 2 ? 1 : 0);
}

function countUpTo(values: readonly number[], limit: number): number {
  let low = 0;
  let high = values.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((values[middle] ?? 0) <= limit) low = middle + 1;
    else high = middle;
  }
  return low;
}
