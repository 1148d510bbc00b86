import type { Attainment, Verdict } from './attainment.ts';

const PPB = 1_000_000_000n;

/** Counts in one unit (milliseconds or runs), non-negative integers. */
export interface Tally {
  readonly good: number;
  readonly bad: number;
  readonly unknown: number;
  /** What the rest of a running period may still bring; 0 when it is over. */
  readonly pending: number;
}

export type Judgement = Pick<
  Attainment,
  'good' | 'bad' | 'unknown' | 'attainmentPpb' | 'lowPpb' | 'highPpb' | 'coveragePpb' | 'verdict' | 'budget'
>;

/**
 * Shares, verdict and budget of a tally against a target in parts per billion. Shares are over what has happened and
 * truncated; the verdict compares exact products over the whole period with `pending` as unknown, so it can only move
 * from `inconclusive` to `met` or `breached`. Budget: ⌊whole × (1 − target)⌋, less what went wrong.
 */
export function judge(tally: Tally, targetPpb: number): Judgement {
  const { good, bad, unknown, pending } = tally;
  const elapsed = good + bad + unknown;
  const total = Number((BigInt(elapsed + pending) * (PPB - BigInt(targetPpb))) / PPB);
  return {
    good,
    bad,
    unknown,
    attainmentPpb: sharePpb(good, good + bad),
    lowPpb: sharePpb(good, elapsed),
    highPpb: sharePpb(good + unknown, elapsed),
    coveragePpb: sharePpb(good + bad, elapsed),
    verdict: verdictOf(tally, targetPpb),
    budget: { total, used: bad, left: total - bad },
  };
}

/** ⌊part / whole⌋ in parts per billion; `null` when the whole is nothing. */
export function sharePpb(part: number, whole: number): number | null {
  return whole === 0 ? null : Number((BigInt(part) * PPB) / BigInt(whole));
}

/** Nothing measured is no verdict, whatever the target. */
function verdictOf({ good, bad, unknown, pending }: Tally, targetPpb: number): Verdict {
  if (good + bad === 0) return 'inconclusive';
  const needed = BigInt(targetPpb) * BigInt(good + bad + unknown + pending);
  if (BigInt(good) * PPB >= needed) return 'met';
  return BigInt(good + unknown + pending) * PPB < needed ? 'breached' : 'inconclusive';
}
