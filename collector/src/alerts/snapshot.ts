import type { ConfiguredAgent, Nines } from '../config/nines.ts';
import type { Plan } from '../config/plan.ts';
import { attain } from '../evaluate/attain.ts';
import { agentView, stateNow } from '../evaluate/check-view.ts';
import { checkEvidence, type Evaluation, participants } from '../evaluate/evidence.ts';
import { periodBetween } from '../evaluate/judged-period.ts';
import type { Standing } from '../evaluate/standings.ts';
import type { Heartbeats } from '../heartbeat/heartbeats.ts';
import { burnRate } from '../sla/burn-rate.ts';
import { checksOf } from '../sla/indicator.ts';
import type { Objective } from '../sla/objective.ts';
import { PLAIN_PROFILE } from '../sla/profile.ts';
import { type BurnPair, burnPairs } from './burn-pairs.ts';
import type { AgentNow, BurnPairNow, CheckNow, ObjectiveNow, Snapshot } from './finding.ts';
import type { QuietNow } from './quiet/now.ts';

export interface SnapshotSource extends Evaluation {
  readonly plan: Plan;
  readonly nines: Pick<Nines, 'publicUrl' | 'agents'>;
  readonly standings: readonly Standing[];
  readonly heartbeats: Pick<Heartbeats, 'statuses'>;
  readonly quiet: QuietNow;
}

/** How things stand at `nowMs`. Rejects with `StoreError`. */
export async function snapshotOf(source: SnapshotSource): Promise<Snapshot> {
  const { nowMs, nines, plan, standings, heartbeats } = source;
  const objectives: ObjectiveNow[] = [];
  for (const standing of standings) objectives.push(await objectiveNow(standing, source));
  return {
    nowMs,
    publicUrl: nines.publicUrl?.replace(/\/$/, '') ?? null,
    checks: plan.checks.map(({ id }) => checkNow(id, source)),
    objectives,
    agents: nines.agents.flatMap((agent) => agentNow(agent, source)),
    heartbeats: heartbeats.statuses(nowMs),
  };
}

/** Only this instant is looked at: what came late has its say in the figures, and is no reason to call anybody. */
function checkNow(check: string, source: SnapshotSource): CheckNow {
  const { nowMs, plan } = source;
  const interval = { fromMs: nowMs, toMs: nowMs + 1 };
  const { timeline } = checkEvidence(check, PLAIN_PROFILE.quorum, { ...source, interval });
  const agents = participants(check, source)
    .map((one) => agentView(check, one, source))
    .filter(({ isConfigured }) => isConfigured)
    .map(({ agent, state, last }) => ({ agent, location: plan.locationOf(agent), state, last }));
  return { check, state: stateNow(timeline, nowMs), quiet: source.quiet.check(check), agents };
}

async function objectiveNow({ objective, attainment, burns }: Standing, source: SnapshotSource): Promise<ObjectiveNow> {
  const pairs: BurnPairNow[] = [];
  for (const pair of burnPairs(objective.period, objective.targetPpb)) {
    const long = burns.find(({ window }) => window === pair.window);
    const longRate = long?.rate ?? null;
    // Most of the time the long window says no, and nobody has to look at the short one.
    const shortRate = longRate !== null && longRate > pair.limit ? await shortRateOf(objective, pair, source) : null;
    pairs.push({
      ...pair,
      longRate,
      shortRate,
      hasEnoughBad: (long?.bad ?? 0) >= leastBad(objective, attainment.unit === 'ms', attainment.scale, source.plan),
    });
  }
  const recentCoveragePpb = burns[0]?.coveragePpb ?? null;
  return { objective, attainment, burns: pairs, recentCoveragePpb, quiet: source.quiet.objective(objective) };
}

async function shortRateOf(objective: Objective, { shortMs }: BurnPair, source: Evaluation): Promise<number | null> {
  const { nowMs } = source;
  const interval = { fromMs: nowMs - shortMs, toMs: nowMs };
  return burnRate(await attain(objective, source, periodBetween(objective, interval, nowMs)), objective.targetPpb);
}

/** One failed run whose agent then fell silent speaks for two intervals; three are more than that. */
const LEAST_BAD_RUNS = 3;

/** In the unit of the objective: time that so many runs speak for, or so many of what it counts. */
function leastBad({ indicator }: Objective, isTime: boolean, scale: number, plan: Plan): number {
  if (!isTime) return LEAST_BAD_RUNS * scale;
  const longest = Math.max(0, ...checksOf(indicator).map((check) => plan.everyMsOf(check) ?? 0));
  return LEAST_BAD_RUNS * longest;
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
