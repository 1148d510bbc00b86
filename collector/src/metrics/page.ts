import { Exposition } from '@nines/shared/exposition.ts';
import { holdsUntilMs } from '@nines/shared/observation.ts';
import type { ConfiguredAgent } from '../config/nines.ts';
import type { Plan } from '../config/plan.ts';
import { DurationHistogram } from '../evaluate/duration-histogram.ts';
import type { Evaluation } from '../evaluate/evidence.ts';
import type { Head } from '../evaluate/head.ts';
import type { ContractSettlements } from '../evaluate/settlements.ts';
import type { Standing } from '../evaluate/standings.ts';
import type { HeartbeatReport } from '../heartbeat/heartbeats.ts';
import { type AgentSample, writeAgentMetrics } from './agents.ts';
import { type CheckSample, writeCheckMetrics } from './checks.ts';
import { writeContractMetrics } from './contracts.ts';
import { writeHeartbeatMetrics } from './heartbeats.ts';
import { writeObjectiveMetrics } from './objectives.ts';

export interface MetricsState extends Evaluation {
  readonly plan: Plan;
  readonly agents: readonly ConfiguredAgent[];
  readonly standings: readonly Standing[];
  readonly settlements: readonly ContractSettlements[];
  readonly heartbeats: readonly HeartbeatReport[];
}

/** Everything about checks, objectives, agents and heartbeats in Prometheus' text format. */
export function writeMetricsPage(state: MetricsState): string {
  const exposition = new Exposition();
  writeObjectiveMetrics(exposition, state.standings);
  writeContractMetrics(exposition, state.settlements);
  writeAgentMetrics(
    exposition,
    state.agents.map((agent) => agentSample(agent, state.head)),
  );
  writeHeartbeatMetrics(exposition, state.heartbeats);
  writeCheckMetrics(exposition, [...checkSamples(state)]);
  return exposition.toString();
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

/** One sample for each configured pair of check and agent: counters begin at 0, or the first run is no increase. */
function* checkSamples({ head, plan, nowMs }: MetricsState): Generator<CheckSample> {
  for (const check of plan.checks) {
    const reported = head.seriesOf(check.id);
    for (const name of check.agents) {
      const series = reported.find((one) => one.agent === name);
      const last = series?.last ?? null;
      yield {
        check: check.id,
        agent: name,
        location: plan.agent(name)?.location ?? name,
        probe: check.probe.type,
        timeoutMs: check.timeoutMs,
        last: last !== null && holdsUntilMs(last) > nowMs ? last : null,
        runsTotal: series?.runsTotal ?? NO_RUNS,
        durations: (series?.durations ?? NO_DURATIONS).cumulative(),
        durationSumMicros: series?.durations.sumMicros ?? 0,
      };
    }
  }
}

const NO_RUNS = { up: 0, down: 0, unknown: 0 } as const;
const NO_DURATIONS = new DurationHistogram();
