import type { Attainment } from './attainment.ts';

const PPB = 1_000_000_000;

/** What a window saw, in the unit of its objective. */
export type BurnCounts = Pick<Attainment, 'good' | 'bad'>;

/**
 * How many times faster than allowed the error budget is being used: bad share / (1 − target); 1 uses it up exactly at
 * the period's end. A figure to show and to alert on, never a verdict. `null` when nothing was measured, and for a
 * target of 100 %, which allows nothing.
 */
export function burnRate({ good, bad }: BurnCounts, targetPpb: number): number | null {
  if (good + bad === 0 || targetPpb >= PPB) return null;
  return (bad / (good + bad)) * (PPB / (PPB - targetPpb));
}

/**
 * Milliseconds until `budgetLeft` is gone when things go on going wrong as in a window of `windowMs` with `bad` of them:
 * 0 when it is gone already, `null` when nothing went wrong in the window.
 */
export function exhaustsInMs(budgetLeft: number, { bad, windowMs }: { bad: number; windowMs: number }): number | null {
  if (budgetLeft <= 0) return 0;
  return bad === 0 ? null : Math.floor((budgetLeft * windowMs) / bad);
}
