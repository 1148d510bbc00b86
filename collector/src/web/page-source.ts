import { HOLD_INTERVALS } from '@nines/shared/observation.ts';
import { TOTAL } from '@nines/shared/probes/probe.ts';
import type { Plan } from '../config/plan.ts';
import { runnersIn } from '../config/runners.ts';
import { checkLatency, checkState } from '../evaluate/check-view.ts';
import type { Evaluation } from '../evaluate/evidence.ts';
import type { FiguresNow } from '../evaluate/figures.ts';
import { inForce } from '../evaluate/in-force.ts';
import { contractDocument } from '../http/contract-document.ts';
import { latencyColumns } from './latency-columns.ts';
import { moneyViews } from './money-view.ts';
import {
  type AgentView,
  agentState,
  type CheckView,
  type LastObservation,
  type LatencySeries,
  objectiveView,
  type PageModel,
} from './page-model.ts';
import type { ContractPage } from './render-contract.ts';
import type { StatementList } from './render-statement-list.ts';

/** An agent that delivers every few seconds and was not heard for this long is called silent. */
const SILENT_AFTER_MS = 90_000;

/** The whole page as plain values. */
export function pageModel(state: FiguresNow): PageModel {
  const { nines, standings, settlements, nowMs } = state;
  const names = new Map(nines.customers.map(({ id, name }) => [id, name]));
  return {
    nowMs,
    title: nines.publicUrl === null ? 'Service levels' : new URL(nines.publicUrl).host,
    objectives: standings.map(({ objective, attainment }) =>
      objectiveView(objective, attainment, names.get(objective.customer)),
    ),
    money: moneyViews(settlements),
    checks: nines.checks.map(({ id, probe }) => checkView(id, probe.type, state)),
    agents: nines.agents.map(({ name, location }) => agentView(name, location, state)),
  };
}

/** The page of one contract; `null` when there is none of that id. */
export function contractPage(id: string, state: FiguresNow, statements: StatementList): ContractPage | null {
  const { nines, nowMs } = state;
  const versions = nines.contracts.filter((contract) => contract.id === id).toSorted((a, b) => b.version - a.version);
  const [newest] = versions;
  if (newest === undefined) return null;
  const runnersOf = runnersIn(nines);
  const [current] = inForce(versions, nowMs);
  const { objectives, money } = pageModel(state);
  return {
    id,
    customerName: nines.customers.find(({ id: customer }) => customer === newest.customer)?.name ?? newest.customer,
    inForce: current === undefined || (current.effective.fromMs ?? nowMs) > nowMs ? null : current.version,
    versions: versions.map((version) => contractDocument(version, runnersOf)),
    objectives: objectives.filter(({ contract }) => contract === id),
    money: money.filter(({ contract }) => contract === id),
    statements,
  };
}

/** The last 24 hours of a check's whole duration; `null` when there is no such check. */
export function latencySeries(check: string, evaluation: Evaluation & { readonly plan: Plan }): LatencySeries | null {
  const everyMs = evaluation.plan.everyMsOf(check);
  if (everyMs === null) return null;
  const total = checkLatency(check, evaluation).find((series) => series.value === TOTAL);
  if (total === undefined) return latencyColumns([], 0);
  return latencyColumns(total.cells, Math.max(total.cellMs, HOLD_INTERVALS * everyMs));
}

function checkView(id: string, probe: string, state: FiguresNow): CheckView {
  const { state: now, sinceMs, agents, strip } = checkState(id, state);
  return {
    id,
    probe,
    state: now.outcome,
    reason: now.reason,
    sinceMs: agents.length === 0 ? null : sinceMs,
    agents: agents.filter((agent) => agent.isConfigured).flatMap((agent) => lastObservation(agent, state.plan)),
    strip,
    latency: latencySeries(id, state) ?? latencyColumns([], 0),
  };
}

function lastObservation(
  { agent, last }: ReturnType<typeof checkState>['agents'][number],
  plan: Plan,
): LastObservation[] {
  if (last === null) return [];
  const { outcome, reason, atMs, values } = last;
  const location = plan.agent(agent)?.location ?? agent;
  return [{ agent, location, outcome, reason, atMs, totalMicros: values[TOTAL] ?? null }];
}

function agentView(name: string, location: string, { head, nowMs, nines }: FiguresNow): AgentView {
  const seen = head.agent(name);
  const view = {
    name,
    location,
    lastHeardMs: seen?.lastReceivedAtMs ?? null,
    skewMs: seen?.skewMs ?? null,
    spoolBatches: seen?.status?.spool_batches ?? 0,
    spoolBytes: seen?.status?.spool_bytes ?? 0,
    droppedObservations: seen?.status?.dropped_observations ?? 0,
    isIsolated: seen?.status?.isolated ?? false,
  };
  return { ...view, state: agentState(view, nowMs, { silentAfterMs: SILENT_AFTER_MS, maxSkewMs: nines.maxSkewMs }) };
}
