import type { Outcome } from '@nines/shared/observation.ts';
import type { Attainment, Incident, Unit } from '../sla/attainment.ts';
import type { Objective } from '../sla/objective.ts';
import { caveatSentence } from '../wording/caveats.ts';
import { mustOf } from '../wording/indicators.ts';
import type { MoneyView } from './money-view.ts';

/** Everything that the page shows, as plain values; how they are written is decided in `format.ts` and `render`. */
export interface PageModel {
  readonly nowMs: number;
  /** Whose page this is: the public host name, or what the operator calls it. */
  readonly title: string;
  /** In the order of the configuration; the page groups them by customer and contract. */
  readonly objectives: readonly ObjectiveView[];
  /** What contracts owe and have earned, one for each period that runs. */
  readonly money: readonly MoneyView[];
  readonly checks: readonly CheckView[];
  readonly agents: readonly AgentView[];
}

/**
 * A verdict in the words of the page. `on-track` is not a verdict: the period runs, and the budget that is left covers
 * even what was not measured so far.
 */
export type Standing = 'met' | 'breached' | 'inconclusive' | 'on-track';

/** One promise and how it stands. Shares in parts per billion, `budget` and `unknown` in `unit`. */
export interface ObjectiveView {
  readonly customer: string;
  readonly customerName: string;
  readonly contract: string;
  readonly id: string;
  /** What has to be, in words. */
  readonly promise: string;
  readonly standing: Standing;
  /** The period has not ended. */
  readonly isRunning: boolean;
  readonly targetPpb: number;
  readonly attainmentPpb: number | null;
  readonly lowPpb: number | null;
  readonly highPpb: number | null;
  readonly coveragePpb: number | null;
  readonly unit: Unit;
  readonly unknown: number;
  readonly budget: Attainment['budget'];
  readonly periodName: string;
  readonly timeZone: string;
  readonly toMs: number;
  readonly periodToMs: number;
  /** What to know before the figure is believed, in sentences. */
  readonly caveats: readonly string[];
  /** Newest first. */
  readonly incidents: readonly Incident[];
}

/** One check as it is now and as it was over the last 24 hours. */
export interface CheckView {
  readonly id: string;
  /** The probe's type: `http`, `dns` … */
  readonly probe: string;
  readonly state: Outcome;
  /** Why the state is not up; `null` when it is. */
  readonly reason: string | null;
  /** Since when the state holds; `null` when nothing was ever observed. */
  readonly sinceMs: number | null;
  readonly agents: readonly LastObservation[];
  /** Adjoining cells over the last 24 hours, oldest first, the last may end after now; empty when nothing was observed. */
  readonly strip: readonly StripCell[];
  readonly latency: LatencySeries;
}

/** The newest observation of one agent. */
export interface LastObservation {
  readonly agent: string;
  readonly location: string;
  readonly outcome: Outcome;
  readonly reason: string | null;
  readonly atMs: number;
  /** The run's whole duration in microseconds; `null` when it was not measured. */
  readonly totalMicros: number | null;
}

/** How long the check was in each state within `[fromMs, toMs)`; time to come is in none. */
export interface StripCell {
  readonly fromMs: number;
  readonly toMs: number;
  readonly upMs: number;
  readonly downMs: number;
  readonly unknownMs: number;
}

/** Latency over time in milliseconds, in columns of equal length; `null` where nothing was measured. */
export interface LatencySeries {
  readonly atMs: readonly number[];
  readonly meanMs: readonly (number | null)[];
  readonly minMs: readonly (number | null)[];
  readonly maxMs: readonly (number | null)[];
}

/** `silent`: was heard once and is overdue. `isolated`: cut off from its own network, so it says unknown. */
export type AgentState = 'reporting' | 'isolated' | 'clock-skew' | 'silent' | 'never-heard';

/** One agent, by its newest delivery. */
export interface AgentView {
  readonly name: string;
  readonly location: string;
  readonly state: AgentState;
  readonly lastHeardMs: number | null;
  /** Collector's clock minus the agent's in ms; `null` when not measured. */
  readonly skewMs: number | null;
  /** What waits on the agent's disk. */
  readonly spoolBatches: number;
  readonly spoolBytes: number;
  /** Lost for ever because the spool was full; their time is unknown. */
  readonly droppedObservations: number;
  readonly isIsolated: boolean;
}

/** Beyond these an agent is no longer plainly `reporting`. */
export interface AgentLimits {
  readonly silentAfterMs: number;
  readonly maxSkewMs: number;
}

/** One objective with its attainment, for the page. */
export function objectiveView(
  objective: Objective,
  attainment: Attainment,
  customerName: string = objective.customer,
): ObjectiveView {
  const { total, used, left } = attainment.budget;
  // A page shows whole units; what is cut of them stands in the API.
  const whole = (amount: number) => Math.trunc(amount / attainment.scale);
  return {
    customer: objective.customer,
    customerName,
    contract: objective.contract,
    id: objective.id,
    promise: mustOf(objective),
    standing: standingOf(attainment),
    isRunning: isRunning(attainment),
    targetPpb: objective.targetPpb,
    attainmentPpb: attainment.attainmentPpb,
    lowPpb: attainment.lowPpb,
    highPpb: attainment.highPpb,
    coveragePpb: attainment.coveragePpb,
    unit: attainment.unit,
    unknown: whole(attainment.unknown),
    budget: { total: whole(total), used: whole(used), left: whole(left) },
    periodName: attainment.periodName,
    timeZone: objective.timeZone,
    toMs: attainment.toMs,
    periodToMs: attainment.periodToMs,
    caveats: (attainment.caveats ?? []).map(caveatSentence),
    incidents: attainment.incidents.toReversed(),
  };
}

/** The word for a verdict; nothing measured, or more of it unmeasured than may still fail, stays `inconclusive`. */
export function standingOf(attainment: Attainment): Standing {
  const isOnTrack =
    attainment.verdict === 'inconclusive' &&
    isRunning(attainment) &&
    attainment.attainmentPpb !== null &&
    attainment.budget.left >= attainment.unknown;
  return isOnTrack ? 'on-track' : attainment.verdict;
}

function isRunning(attainment: Attainment): boolean {
  return attainment.toMs < attainment.periodToMs;
}

/** What is the matter with an agent, gravest first. */
export function agentState(agent: Omit<AgentView, 'state'>, nowMs: number, limits: AgentLimits): AgentState {
  if (agent.lastHeardMs === null) return 'never-heard';
  if (nowMs - agent.lastHeardMs > limits.silentAfterMs) return 'silent';
  if (agent.skewMs !== null && Math.abs(agent.skewMs) > limits.maxSkewMs) return 'clock-skew';
  return agent.isIsolated ? 'isolated' : 'reporting';
}

/** Lowest and highest latency of a series in microseconds; `null` when it holds no measurement. */
export function latencyRange(series: LatencySeries): { readonly minMicros: number; readonly maxMicros: number } | null {
  let minMs = Number.POSITIVE_INFINITY;
  let maxMs = Number.NEGATIVE_INFINITY;
  for (const value of series.minMs) if (value !== null && value < minMs) minMs = value;
  for (const value of series.maxMs) if (value !== null && value > maxMs) maxMs = value;
  return minMs > maxMs ? null : { minMicros: minMs * 1_000, maxMicros: maxMs * 1_000 };
}
