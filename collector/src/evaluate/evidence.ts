import { combineQuorum } from '../sla/combine.ts';
import type { CheckEvidence } from '../sla/incidents.ts';
import type { Interval } from '../sla/interval.ts';
import type { Quorum } from '../sla/objective.ts';
import { NO_OBSERVATION, type Timeline } from '../sla/timeline.ts';
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
  const heard = head.seriesOf(check);
  const series = heard.map((one) => one.timeline(interval, isConfigured(one, plan)));
  const silent = neverHeard(check, { head, plan }).map(() => silentTimeline(heard, interval));
  return { check, series, timeline: combineQuorum([...series, ...silent], quorum, interval) };
}

/** The configured agents of a check that have not delivered a single run of it. */
export function neverHeard(check: string, { head, plan }: Pick<Evaluation, 'head' | 'plan'>): readonly string[] {
  const heard = new Set(head.seriesOf(check).map(({ agent }) => agent));
  return plan.agentsOf(check).filter((agent) => !heard.has(agent));
}

/** An agent that was never heard is silent, not absent: unknown from the check's first observation by anybody on. */
function silentTimeline(heard: readonly Series[], interval: Interval): Timeline {
  const firstAtMs = heard.reduce((first, one) => Math.min(first, one.firstAtMs ?? first), Number.POSITIVE_INFINITY);
  const fromMs = Math.max(interval.fromMs, firstAtMs);
  if (fromMs >= interval.toMs) return [];
  return [{ fromMs, toMs: interval.toMs, state: 'unknown', reason: NO_OBSERVATION }];
}
