import type { Nines } from '../config/nines.ts';
import type { Plan } from '../config/plan.ts';
import type { Evaluation } from '../evaluate/evidence.ts';
import type { AgentNow } from './finding.ts';

/** Beside two intervals of the check that runs most often, for connections and spools. */
const SILENCE_MS = 60_000;

export interface AgentsSource extends Pick<Evaluation, 'head'> {
  readonly plan: Pick<Plan, 'checks'>;
  readonly nines: Pick<Nines, 'agents' | 'maxSkewMs'>;
}

/** Every agent that runs checks: one without has nothing to say. */
export function agentsNow({ head, plan, nines }: AgentsSource): AgentNow[] {
  const shortestMs = new Map<string, number>();
  for (const { agents, everyMs } of plan.checks) {
    for (const agent of agents) {
      shortestMs.set(agent, Math.min(everyMs, shortestMs.get(agent) ?? Number.POSITIVE_INFINITY));
    }
  }
  return nines.agents.flatMap(({ name, location }) => {
    const everyMs = shortestMs.get(name);
    if (everyMs === undefined) return [];
    const seen = head.agent(name);
    return [
      {
        agent: name,
        location,
        lastReceivedAtMs: seen?.lastReceivedAtMs ?? null,
        silenceMs: 2 * everyMs + SILENCE_MS,
        isIsolated: seen?.status?.isolated ?? false,
        spoolBatches: seen?.status?.spool_batches ?? 0,
        spoolOldestAtMs: seen?.status?.spool_oldest_at_ms ?? null,
        skewMs: seen?.skewMs ?? null,
        maxSkewMs: nines.maxSkewMs,
      },
    ];
  });
}
