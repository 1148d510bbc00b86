import type { Share } from '../attainment.ts';

/** One step of the arithmetic: the rule, and the sum that a customer can redo with a pocket calculator. */
export interface ExplainedStep {
  readonly rule: string;
  readonly figure: string;
}

/** How instants are written: in the contract's zone, to the millisecond where they are no whole second. */
export type WriteInstant = (atMs: number) => string;

/** `2678400000` → `2,678,400,000`. */
export function n(amount: number | bigint): string {
  return String(amount).replace(/\B(?=(?:\d{3})+$)/g, ',');
}

/** `1 + 2 = 3`. */
export function sumOf(parts: readonly number[]): string {
  return `${parts.map(n).join(' + ')} = ${n(parts.reduce((total, part) => total + part, 0))}`;
}

/** A share as the sum that gives it: `9 / 10`, `(19 / 4 + 8,633) / 8,640`, `(3 × 9 / 10 + 1 × 7 / 8) / 4`. */
export function sumText({ good, total, sum }: Share): string {
  if (sum === undefined) return `${n(good)} / ${n(total)}`;
  switch (sum.kind) {
    case 'slices': {
      const shares = sum.shares.map((share) => `${n(share.good)} / ${n(share.total)}`);
      return `(${[...shares, n(sum.whole)].join(' + ')}) / ${n(sum.count)}`;
    }
    case 'weighted': {
      const parts = sum.parts.map(({ share, weight }) => `${n(weight)} × ${inner(share)}`);
      return `(${parts.join(' + ')}) / ${n(sum.parts.reduce((all, { weight }) => all + weight, 0))}`;
    }
  }
}

function inner(share: Share): string {
  return share.sum === undefined ? sumText(share) : `(${sumText(share)})`;
}
