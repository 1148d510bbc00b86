import type { Attainment, Incident, JudgedPeriod } from './attainment.ts';
import { judge } from './judge.ts';
import { type Timeline, timeByState } from './timeline.ts';

/** What availability is judged from: the combined timeline and the counted outages in it. */
export interface AvailabilityEvidence {
  /** Covers `[period.fromMs, period.toMs)`; time that it does not tell counts as unknown. */
  readonly timeline: Timeline;
  readonly incidents: readonly Incident[];
}

/** Time-weighted availability over a period, in milliseconds: up is good, down is bad, unknown is neither. */
export function availability(evidence: AvailabilityEvidence, period: JudgedPeriod, targetPpb: number): Attainment {
  const { upMs, downMs } = timeByState(evidence.timeline, period);
  const tally = {
    good: upMs,
    bad: downMs,
    unknown: period.toMs - period.fromMs - upMs - downMs,
    pending: period.periodToMs - period.toMs,
  };
  return { ...period, unit: 'ms', ...judge(tally, targetPpb), incidents: evidence.incidents };
}
