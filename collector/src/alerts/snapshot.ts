import type { ConfiguredAgent, Nines } from '../config/nines.ts';
import type { Plan } from '../config/plan.ts';
import { attain } from '../evaluate/attain.ts';
import { agentView, stateNow } from '../evaluate/check-view.ts';
import { checkEvidence, type Evaluation, participants } from '../evaluate/evidence.ts';
import { periodBetween } from '../evaluate/judged-period.ts';
import type { Standing } from '../evaluate/standings.ts';
import type { Heartbeats } from '../heartbeat/heartbeats.ts';
import { burnRate } from '../sla/burn-rate.ts';
import type { Objective } from '../sla/objective.ts';
import { PLAIN_PROFILE } from '../sla/profile.ts';
import { type BurnPair, burnPairs, leastBad } from './burn-pairs.ts';
import { type Blocked, blockedChecks } from './dependencies.ts';
import { failedPhase } from './failed-phase.ts';
import type { AgentNow, BurnPairNow, CheckNow, ObjectiveNow, Snapshot } from './finding.ts';
import type { QuietNow } from './quiet/now.ts';
import { isGone } from './rules/senders.ts';
import type { Settings } from './settings.ts';

export interface SnapshotSource extends Evaluation {
  readonly plan: Plan;
  readonly nines: Pick<Nines, 'publicUrl' | 'agents'>;
  readonly standings: readonly Standing[];
  readonly heartbeats: Pick<Heartbeats, 'statuses'>;
  readonly quiet: QuietNow;
  readonly settings: Settings;
}

/** How things stand at `nowMs`. Rejects with `StoreError`. */
export async function snapshotOf(source: SnapshotSource): Promise<Snapshot> {
  const { nowMs, nines, plan, standings, heartbeats, settings } = source;
  const agents = nines.agents.flatMap((agent) => agentNow(agent, source));
  const gone = new Set(agents.filter((agent) => isGone(agent, nowMs)).map(({ agent }) => agent));
  const checks = plan.checks.map(({ id }) => checkNow(id, gone, source));
  const blocked = blockedChecks(checks, settings.dependsOn);
  const objectives: ObjectiveNow[] = [];
  for (const standing of standings) objectives.push(await objectiveNow(standing, blocked, source));
  return {
    nowMs,
    publicUrl: nines.publicUrl?.replace(/\/$/, '') ?? null,
    checks: checks.map((one) => ({ ...one, quiet: one.quiet ?? blocked.check(one.check) })),
    objectives,
    agents,
    heartbeats: heartbeats.statuses(nowMs),
  };
}

/** Only this instant is looked at: what came late has its say in the figures, and is no reason to call anybody. */
function checkNow(check: string, gone: ReadonlySet<string>, source: SnapshotSource): CheckNow {
  const { nowMs, plan, settings } = source;
  const interval = { fromMs: nowMs, toMs: nowMs + 1 };
  const { timeline } = checkEvidence(check, PLAIN_PROFILE.quorum, { ...source, interval });
  const type = plan.check(check)?.probe.type;
  const agents = participants(check, source).flatMap((participant) => {
    const { agent, isConfigured, state, last } = agentView(check, participant, source);
    const seen = participant.series?.recent.names ?? [];
    const phase = last === null || type === undefined ? null : failedPhase(type, seen, last);
    return isConfigured ? [{ agent, location: plan.locationOf(agent), state, last, failedPhase: phase }] : [];
  });
  const isTold = settings.rule('agent_gone', null).isEnabled;
  const areGone = isTold && agents.length > 0 && agents.every(({ agent }) => gone.has(agent));
  const silent = areGone ? `every agent that runs it is gone: ${agents.map(({ agent }) => agent).join(', ')}` : null;
  return { check, state: stateNow(timeline, nowMs), quiet: source.quiet.check(check), silent, agents };
}

async function objectiveNow(
  { objective, attainment, burns }: Standing,
  blocked: Blocked,
  source: SnapshotSource,
): Promise<ObjectiveNow> {
  const { contract, id, period, targetPpb } = objective;
  const isTime = attainment.unit === 'ms';
  const least = leastBad(objective, source.plan.everyMsOf);
  const limits = source.settings.limits({ contract, objective: id }).budget_burning;
  const pairs: BurnPairNow[] = [];
  for (const pair of burnPairs({ period, targetPpb, leastBadMs: isTime ? least.ms : null }, limits)) {
    const long = burns.find(({ window }) => window === pair.window);
    const longRate = long?.rate ?? null;
    // Most of the time the long window says no, and nobody has to look at the short one.
    const shortRate = longRate !== null && longRate > pair.limit ? await shortRateOf(objective, pair, source) : null;
    pairs.push({
      ...pair,
      longRate,
      shortRate,
      hasEnoughBad: (long?.bad ?? 0) >= (isTime ? least.ms : least.runs * attainment.scale),
    });
  }
  const recentCoveragePpb = burns[0]?.coveragePpb ?? null;
  return {
    objective,
    attainment,
    burns: pairs,
    recentCoveragePpb,
    quiet: source.quiet.objective(objective) ?? blocked.objective(objective),
  };
}

async function shortRateOf(objective: Objective, { shortMs }: BurnPair, source: Evaluation): Promise<number | null> {
  const { nowMs } = source;
  const interval = { fromMs: nowMs - shortMs, toMs: nowMs };
  return burnRate(await attain(objective, source, periodBetween(objective, interval, nowMs)), objective.targetPpb);
}

/** Beside two intervals of the check that runs most often, for connections and spools. */
const SILENCE_MS = 60_000;

/** An agent without checks has nothing to say. */
function agentNow({ name, location }: ConfiguredAgent, { head, plan }: SnapshotSource): AgentNow[] {
  const intervals = plan.checks.filter(({ agents }) => agents.includes(name)).map(({ everyMs }) => everyMs);
  if (intervals.length === 0) return [];
  const silenceMs = 2 * Math.min(...intervals) + SILENCE_MS;
  return [{ agent: name, location, lastReceivedAtMs: head.agent(name)?.lastReceivedAtMs ?? null, silenceMs }];
}
