import type { ObjectivePeriod } from '../sla/objective.ts';
import { periodSpan } from '../sla/period-span.ts';
import type { Severity } from './finding.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;
const PPB = 1_000_000_000;

/** Two windows of a burn-rate alert and the rate that both have to pass. */
export interface BurnPair {
  readonly window: string;
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
const SPENT = [
  { window: '1h', windowMs: HOUR_MS, shortWindow: '5m', shortMs: 5 * MINUTE_MS, severity: 'page', percent: 2 },
  { window: '6h', windowMs: 6 * HOUR_MS, shortWindow: '30m', shortMs: 30 * MINUTE_MS, severity: 'page', percent: 5 },
  { window: '1d', windowMs: DAY_MS, shortWindow: '2h', shortMs: 2 * HOUR_MS, severity: 'ticket', percent: 10 },
  { window: '3d', windowMs: 3 * DAY_MS, shortWindow: '6h', shortMs: 6 * HOUR_MS, severity: 'ticket', percent: 10 },
] as const;

/** Below this the budget outlasts the period: an alert would be about nothing. 28 days make 0.933 of the slowest. */
const LEAST_LIMIT = 0.9;

/**
 * The pairs of a promise over such a period. Those whose limit even a total outage does not reach (its rate is
 * 1 / (1 − target)) are left out, and so are those that would fire while the budget lasts.
 */
export function burnPairs(period: ObjectivePeriod, targetPpb: number): BurnPair[] {
  // A month counts as 30 days: the limit does not change from February to March.
  const periodMs = periodSpan(period).usualMs;
  const highest = targetPpb >= PPB ? 0 : PPB / (PPB - targetPpb);
  return SPENT.map(({ percent, ...pair }) => ({ ...pair, limit: (percent * periodMs) / (100 * pair.windowMs) })).filter(
    ({ limit }) => limit >= LEAST_LIMIT && limit < highest,
  );
}
