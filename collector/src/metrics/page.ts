import { type Exposition, encodeLabels } from '@nines/shared/exposition.ts';
import { holdsUntilMs } from '@nines/shared/observation.ts';
import type { RepositoryReport } from '../backups/report.ts';
import type { ConfiguredAgent, ConfiguredCheck } from '../config/nines.ts';
import type { Plan } from '../config/plan.ts';
import { DurationHistogram } from '../evaluate/duration-histogram.ts';
import type { Evaluation } from '../evaluate/evidence.ts';
import type { Head } from '../evaluate/head.ts';
import type { ContractSettlements } from '../evaluate/settlements.ts';
import type { Standing } from '../evaluate/standings.ts';
import type { HeartbeatReport } from '../heartbeat/heartbeats.ts';
import { type AgentSample, writeAgentMetrics } from './agents.ts';
import { writeBackupMetrics } from './backups.ts';
import { type CheckSample, writeCheckMetrics } from './checks.ts';
import { writeContractMetrics } from './contracts.ts';
import { writeHeartbeatMetrics } from './heartbeats.ts';
import { writeObjectiveMetrics } from './objectives.ts';
import { type Pauses, SAMPLES_A_PAUSE } from './pauses.ts';
import { type PhoneSample, writePhoneMetrics } from './phone.ts';

export interface MetricsState extends Evaluation {
  readonly plan: Plan;
  readonly agents: readonly ConfiguredAgent[];
  readonly standings: readonly Standing[];
  readonly settlements: readonly ContractSettlements[];
  readonly heartbeats: readonly HeartbeatReport[];
  readonly phone: PhoneSample;
  readonly backups: readonly RepositoryReport[];
}

/** Writes everything about checks, objectives, agents, heartbeats and calls. */
export function* writeMetricsPage(exposition: Exposition, state: MetricsState): Pauses {
  yield* writeObjectiveMetrics(exposition, state.standings);
  writeContractMetrics(exposition, state.settlements);
  writeAgentMetrics(
    exposition,
    state.agents.map((agent) => agentSample(agent, state.head)),
  );
  writeHeartbeatMetrics(exposition, state.heartbeats);
  writePhoneMetrics(exposition, state.phone);
  writeBackupMetrics(exposition, state.backups);
  const samples: CheckSample[] = [];
  for (const target of targetsOf(state.plan)) {
    samples.push(checkSample(target, state));
    if (samples.length % SAMPLES_A_PAUSE === 0) yield;
  }
  yield* writeCheckMetrics(exposition, samples);
}

function agentSample({ name, location }: ConfiguredAgent, head: Head): AgentSample {
  const seen = head.agent(name);
  return {
    agent: name,
    location,
    status: seen?.status ?? null,
    skewMs: seen?.skewMs ?? null,
    lastReceivedAtMs: seen?.lastReceivedAtMs ?? null,
    disbelieved: seen?.disbelieved ?? 0,
  };
}

/** One configured pair of check and agent, and its labels. */
interface Target {
  readonly check: ConfiguredCheck;
  readonly agent: string;
  readonly labels: Uint8Array;
}

const targets = new WeakMap<Plan, readonly Target[]>();

/** Made once for each configuration: labels are half of the page. */
function targetsOf(plan: Plan): readonly Target[] {
  const known = targets.get(plan);
  if (known !== undefined) return known;
  const made = plan.checks.flatMap((check) =>
    check.agents.map((agent) => {
      const location = plan.agent(agent)?.location ?? agent;
      return { check, agent, labels: encodeLabels({ check: check.id, agent, location }) };
    }),
  );
  targets.set(plan, made);
  return made;
}

/** Counters begin at 0 before the first run, or it would be no increase. */
function checkSample({ check, agent, labels }: Target, { head, nowMs }: MetricsState): CheckSample {
  const series = head.seriesOf(check.id).find((one) => one.agent === agent);
  const last = series?.last ?? null;
  return {
    labels,
    probe: check.probe.type,
    timeoutMs: check.timeoutMs,
    last: last !== null && holdsUntilMs(last) > nowMs ? last : null,
    runsTotal: series?.runsTotal ?? NO_RUNS,
    durations: series?.durations ?? NO_DURATIONS,
  };
}

const NO_RUNS = { up: 0, down: 0, unknown: 0 } as const;
const NO_DURATIONS = new DurationHistogram();
