import type { JudgedPeriod } from '../sla/attainment.ts';
import type { Scope } from '../sla/counted-time.ts';
import type { Objective } from '../sla/objective.ts';
import type { Evaluation } from './evidence.ts';

/** Which time of a period counts for an objective: its service hours, and what is excluded from them. */
export function scopeOf(objective: Objective, { nowMs, exclusions }: Evaluation, period: JudgedPeriod): Scope {
  const interval = { fromMs: period.fromMs, toMs: period.periodToMs };
  const { applied, notApplied } = exclusions?.(objective, interval) ?? { applied: [], notApplied: [] };
  return {
    period,
    nowMs,
    open: null,
    exclusions: applied,
    notApplied,
    denominator: objective.profile.denominator,
  };
}
