import type { Attainment, Share, Verdict } from './attainment.ts';
import type { UnknownPolicy } from './profile.ts';
import { isAtLeast, ppbOf, shareOf } from './share.ts';

const PPB = 1_000_000_000n;

/** Amounts in one unit, non-negative integers. */
export interface Tally {
  readonly good: number;
  readonly bad: number;
  readonly unknown: number;
  /** What the rest of a running period may still bring; 0 when it is over. */
  readonly pending: number;
}

/** Exact shares where amounts alone do not give them (means of shares). The last two are over the whole period. */
export interface ExactShares {
  readonly attained: Share | null;
  readonly low: Share | null;
  readonly high: Share | null;
  readonly wholeLow: Share | null;
  readonly wholeHigh: Share | null;
}

export interface Promised {
  readonly targetPpb: number;
  readonly unknown: UnknownPolicy;
}

export type Judgement = Pick<
  Attainment,
  | 'good'
  | 'bad'
  | 'unknown'
  | 'pending'
  | 'shares'
  | 'whole'
  | 'attainmentPpb'
  | 'lowPpb'
  | 'highPpb'
  | 'coveragePpb'
  | 'verdict'
  | 'budget'
>;

/**
 * Shares, verdict and budget of a tally. Shares are over what has happened and truncated; the verdict compares exact
 * products over the whole period with `pending` as unknown, so it can only move from `inconclusive` to `met` or
 * `breached`. Budget: ⌊whole × (1 − target)⌋, less what went wrong.
 */
export function judge(tally: Tally, promise: Promised, exact: ExactShares = sharesOf(tally)): Judgement {
  const { good, bad, unknown, pending } = tally;
  const elapsed = good + bad + unknown;
  const total = Number((BigInt(elapsed + pending) * (PPB - BigInt(promise.targetPpb))) / PPB);
  const { attained, low, high, wholeLow, wholeHigh } = exact;
  return {
    ...tally,
    shares: { attained, low, high },
    whole: { low: wholeLow, high: wholeHigh },
    attainmentPpb: ppbOf(attained),
    lowPpb: ppbOf(low),
    highPpb: ppbOf(high),
    coveragePpb: ppbOf(shareOf(good + bad, elapsed)),
    verdict: verdictOf(tally, promise, exact),
    budget: { total, used: bad, left: total - bad },
  };
}

/** The shares that amounts give. */
export function sharesOf({ good, bad, unknown, pending }: Tally): ExactShares {
  const elapsed = good + bad + unknown;
  return {
    attained: shareOf(good, good + bad),
    low: shareOf(good, elapsed),
    high: shareOf(good + unknown, elapsed),
    wholeLow: shareOf(good, elapsed + pending),
    wholeHigh: shareOf(good + unknown + pending, elapsed + pending),
  };
}

/** Nothing measured is no verdict, whatever the target. What is certain is said, whatever a contract assumes. */
function verdictOf(tally: Tally, { targetPpb, unknown }: Promised, exact: ExactShares): Verdict {
  const { wholeLow, wholeHigh, attained } = exact;
  if (attained === null || wholeLow === null || wholeHigh === null) return 'inconclusive';
  if (isAtLeast(wholeLow, targetPpb)) return 'met';
  if (!isAtLeast(wholeHigh, targetPpb)) return 'breached';
  const assumed = tally.pending > 0 ? null : assumedShare(tally, unknown, exact);
  if (assumed === null) return 'inconclusive';
  return isAtLeast(assumed, targetPpb) ? 'met' : 'breached';
}

/** The share that the contract's assumption gives; `null` when it makes none, or may not make it for want of coverage. */
function assumedShare({ good, bad, unknown }: Tally, policy: UnknownPolicy, exact: ExactShares): Share | null {
  const coverage = shareOf(good + bad, good + bad + unknown);
  if (coverage === null || !isAtLeast(coverage, policy.coverageFloorPpb)) return null;
  return { open: null, good: exact.high, bad: exact.low, nothing: exact.attained }[policy.countsAs];
}
