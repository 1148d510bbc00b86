import type { Share } from './attainment.ts';

const PPB = 1_000_000_000n;

/** `good / total` as an exact share; `null` when the total is nothing. */
export function shareOf(good: number | bigint, total: number | bigint): Share | null {
  const whole = BigInt(total);
  return whole === 0n ? null : { good: BigInt(good), total: whole };
}

/** A share in parts per billion, truncated; `null` stays `null`. */
export function ppbOf(share: Share | null): number | null {
  return share === null ? null : Number((share.good * PPB) / share.total);
}

/** ⌊part / whole⌋ in parts per billion; `null` when the whole is nothing. */
export function sharePpb(part: number, whole: number): number | null {
  return ppbOf(shareOf(part, whole));
}

/** Whether the share is at least the target, by exact products. */
export function isAtLeast({ good, total }: Share, targetPpb: number): boolean {
  return good * PPB >= BigInt(targetPpb) * total;
}

/** The weighted mean of some shares, exact; `null` without any weight. */
export function meanShare(parts: readonly { readonly share: Share; readonly weight: number }[]): Share | null {
  const total = parts.reduce((product, { share }) => lcm(product, share.total), 1n);
  const weights = BigInt(parts.reduce((sum, { weight }) => sum + weight, 0));
  const good = parts.reduce((sum, { share, weight }) => sum + BigInt(weight) * share.good * (total / share.total), 0n);
  const share = shareOf(good, total * weights);
  return share && { ...share, sum: { kind: 'weighted', parts } };
}

function lcm(a: bigint, b: bigint): bigint {
  let [x, y] = [a, b];
  while (y !== 0n) [x, y] = [y, x % y];
  return (a / x) * b;
}

/** The sum of some shares, exact; its total is 1 for none. */
export function addShares(shares: readonly Share[]): Share {
  const few = addedByTotal(shares);
  const total = few.reduce((product, share) => lcm(product, share.total), 1n);
  return { good: few.reduce((sum, share) => sum + share.good * (total / share.total), 0n), total };
}

/** Shares of one total added up to one, by total: of many slices there are few, since most have as many samples. */
export function addedByTotal(shares: readonly Share[]): Share[] {
  const byTotal = new Map<bigint, bigint>();
  for (const { good, total } of shares) byTotal.set(total, (byTotal.get(total) ?? 0n) + good);
  return [...byTotal].map(([total, good]) => ({ good, total })).sort((a, b) => Number(a.total - b.total));
}
