import { PPB } from '@nines/shared/config/fields.ts';
import { checksOf } from '../sla/indicator.ts';
import type { Objective, ObjectivePeriod } from '../sla/objective.ts';
import { periodSpan } from '../sla/period-span.ts';
import type { Severity } from './finding.ts';
import type { BurnWindowName, Limits } from './limits.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;

/** Two windows of a burn-rate alert and the rate that both have to pass. */
export interface BurnPair {
  readonly window: BurnWindowName;
  readonly windowMs: number;
  readonly shortWindow: string;
  readonly shortMs: number;
  readonly severity: Severity;
  readonly limit: number;
}

/**
 * SRE workbook chapter 5, table 5-8, and the day beside it that sloth has: the share of the budget in percent that is
 * gone when the window has burned at the limit. Over 30 days that makes 14.4, 6, 3 and 1.
 */
export const SPENT = [
  { window: '1h', windowMs: HOUR_MS, shortWindow: '5m', shortMs: 5 * MINUTE_MS, severity: 'page', percent: 2 },
  { window: '6h', windowMs: 6 * HOUR_MS, shortWindow: '30m', shortMs: 30 * MINUTE_MS, severity: 'page', percent: 5 },
  { window: '1d', windowMs: DAY_MS, shortWindow: '2h', shortMs: 2 * HOUR_MS, severity: 'ticket', percent: 10 },
  { window: '3d', windowMs: 3 * DAY_MS, shortWindow: '6h', shortMs: 6 * HOUR_MS, severity: 'ticket', percent: 10 },
] as const;

/** Below this the budget outlasts the period: an alert would be about nothing. 28 days make 0.933 of the slowest. */
export const LEAST_LIMIT = 0.9;

/** What decides which pairs a promise has. */
export interface BurnSubject {
  readonly period: ObjectivePeriod;
  readonly targetPpb: number;
  /** The least that has to go wrong in the long window, in ms; `null` for a promise that counts no time. */
  readonly leastBadMs: number | null;
}

/**
 * The pairs of a promise, with the rates that somebody set or those that its period gives. Left out is what can never
 * fire, and, unless its rate was set, what would fire while the budget lasts.
 */
export function burnPairs(subject: BurnSubject, { rates }: Limits['budget_burning']): BurnPair[] {
  // A month counts as 30 days: the limit does not change from February to March.
  const periodMs = periodSpan(subject.period).usualMs;
  return SPENT.flatMap(({ percent, ...pair }) => {
    const set = rates[pair.window];
    const limit = set ?? (percent * periodMs) / (100 * pair.windowMs);
    if (limit === 'off' || (set === undefined && limit < LEAST_LIMIT)) return [];
    return whyNever(subject, { windowMs: pair.windowMs, limit }) === null ? [{ ...pair, limit }] : [];
  });
}

/** Why a burn rate over a window can never pass a limit; `null`: it can. */
export function whyNever(
  { targetPpb, leastBadMs }: Pick<BurnSubject, 'targetPpb' | 'leastBadMs'>,
  { windowMs, limit }: Pick<BurnPair, 'windowMs' | 'limit'>,
): string | null {
  if (targetPpb >= PPB) return 'a target of 100 % has no error budget that could burn';
  const highest = PPB / (PPB - targetPpb);
  if (limit >= highest) {
    return `even when everything fails the budget of this target burns only ${Math.floor(highest * 10) / 10} times as fast`;
  }
  if (leastBadMs !== null && leastBadMs > windowMs) {
    return 'its checks run too seldom: three failed runs have to fit into the window';
  }
  return null;
}

/** One failed run whose agent then fell silent speaks for two intervals; three are more than that. */
const LEAST_BAD_RUNS = 3;

/** What has to go wrong for a trend: so many of what is counted, or the time that so many runs of its slowest check speak for. */
export function leastBad(
  { indicator }: Pick<Objective, 'indicator'>,
  everyMsOf: (check: string) => number | null,
): { readonly runs: number; readonly ms: number } {
  const longestMs = Math.max(0, ...checksOf(indicator).map((check) => everyMsOf(check) ?? 0));
  return { runs: LEAST_BAD_RUNS, ms: LEAST_BAD_RUNS * longestMs };
}
