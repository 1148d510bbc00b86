import { Exposition } from '@nines/shared/exposition.ts';
import { holdsUntilMs } from '@nines/shared/observation.ts';
import type { ConfiguredAgent } from '../config/nines.ts';
import type { Plan } from '../config/plan.ts';
import type { Evaluation } from '../evaluate/evidence.ts';
import type { Head } from '../evaluate/head.ts';
import type { Standing } from '../evaluate/standings.ts';
import { type AgentSample, writeAgentMetrics } from './agents.ts';
import { type CheckSample, writeCheckMetrics } from './checks.ts';
import { writeObjectiveMetrics } from './objectives.ts';

export interface MetricsState extends Evaluation {
  readonly plan: Plan;
  readonly agents: readonly ConfiguredAgent[];
  readonly standings: readonly Standing[];
}

/** Everything about checks, objectives and agents in Prometheus' text format. */
export function writeMetricsPage(state: MetricsState): string {
  const exposition = new Exposition();
  writeObjectiveMetrics(exposition, state.standings);
  writeAgentMetrics(
    exposition,
    state.agents.map((agent) => agentSample(agent, state.head)),
  );
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

/** One sample for each configured pair of check and agent that has ever reported. */
function* checkSamples({ head, plan, nowMs }: MetricsState): Generator<CheckSample> {
  for (const series of head.series()) {
    const check = plan.check(series.check);
    const agent = plan.agent(series.agent);
    if (check === null || agent === null || !check.agents.includes(agent.name)) continue;
    const { last } = series;
    yield {
      check: check.id,
      agent: agent.name,
      location: agent.location,
      probe: check.probe.type,
      timeoutMs: check.timeoutMs,
      last: last !== null && holdsUntilMs(last) > nowMs ? last : null,
      runsTotal: series.runsTotal,
      durations: series.durations.cumulative(),
      durationSumMicros: series.durations.sumMicros,
    };
  }
}
