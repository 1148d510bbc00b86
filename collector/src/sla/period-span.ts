import type { ObjectivePeriod } from './objective.ts';

/** How long periods of one kind are, in ms; the hour of a change of the clocks is left out of it. */
export interface PeriodSpan {
  readonly shortestMs: number;
  /** As people reckon: a month has 30 days, a quarter 90, a year 365. */
  readonly usualMs: number;
  readonly longestMs: number;
}

const DAY_MS = 86_400_000;

/** Days: at least, usually, at most. */
const DAYS = {
  day: [1, 1, 1],
  week: [7, 7, 7],
  month: [28, 30, 31],
  quarter: [90, 90, 92],
  year: [365, 365, 366],
} as const;

/** Of all periods of such a kind, whenever they are. */
export function periodSpan(period: ObjectivePeriod): PeriodSpan {
  if (period.kind === 'rolling') return spanOf([period.lengthMs, period.lengthMs, period.lengthMs], 1);
  const { calendar } = period;
  if (calendar.unit === 'weeks') return spanOf(DAYS.week, calendar.count * DAY_MS);
  if (calendar.unit === 'months') return spanOf(DAYS.month, calendar.count * DAY_MS);
  return spanOf(DAYS[calendar.unit], DAY_MS);
}

function spanOf([shortest, usual, longest]: readonly [number, number, number], unitMs: number): PeriodSpan {
  return { shortestMs: shortest * unitMs, usualMs: usual * unitMs, longestMs: longest * unitMs };
}
