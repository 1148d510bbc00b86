import { combineQuorum } from '../sla/combine.ts';
import type { CheckEvidence } from '../sla/incidents.ts';
import type { Interval } from '../sla/interval.ts';
import type { Quorum } from '../sla/objective.ts';
import type { Head } from './head.ts';
import type { Series } from './series.ts';

/** What the present configuration says of checks. */
export interface CheckPlan {
  /** Names of the agents that run a check now; empty for a check that is no longer configured. */
  agentsOf(check: string): readonly string[];
  /** The check's interval in ms; `null` for one that is no longer configured. */
  everyMsOf(check: string): number | null;
}

/** What every figure is computed from. */
export interface Evaluation {
  readonly head: Head;
  readonly plan: CheckPlan;
  readonly nowMs: number;
}

/** Whether the configuration still has this agent run the check. */
export function isConfigured(series: Series, plan: CheckPlan): boolean {
  return plan.agentsOf(series.check).includes(series.agent);
}

/** A check over its agents, and what each of them saw, inside the interval. */
export function checkEvidence(
  check: string,
  quorum: Quorum,
  { head, plan, interval }: Pick<Evaluation, 'head' | 'plan'> & { readonly interval: Interval },
): CheckEvidence {
  const series = head.seriesOf(check).map((one) => one.timeline(interval, isConfigured(one, plan)));
  return { check, series, timeline: combineQuorum(series, quorum, interval) };
}
