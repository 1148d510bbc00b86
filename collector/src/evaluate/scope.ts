import { openIntervals } from '../calendar/open-hours.ts';
import { remembered } from '../calendar/remembered.ts';
import type { JudgedPeriod } from '../sla/attainment.ts';
import type { Scope } from '../sla/counted-time.ts';
import { NO_EXCLUSIONS } from '../sla/exclusions.ts';
import type { Objective } from '../sla/objective.ts';
import type { Evaluation } from './evidence.ts';

const hoursIn = remembered(openIntervals);

/** Which time of a period counts for an objective: its service hours, and what is excluded from them. */
export function scopeOf(objective: Objective, { nowMs, exclusions }: Evaluation, period: JudgedPeriod): Scope {
  const { calendar, profile } = objective;
  const interval = { fromMs: period.fromMs, toMs: period.periodToMs };
  const { applied, notApplied } = exclusions?.(objective, interval) ?? NO_EXCLUSIONS;
  return {
    period,
    nowMs,
    open: calendar === null ? null : hoursIn(calendar, interval),
    exclusions: applied,
    notApplied,
    denominator: profile.denominator,
  };
}
