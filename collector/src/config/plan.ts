import type { CheckPlan } from '../evaluate/evidence.ts';
import type { ConfiguredAgent, ConfiguredCheck, Nines } from './nines.ts';

/** The configuration by name, as evaluation and metrics ask it. */
export interface Plan extends CheckPlan {
  readonly checks: readonly ConfiguredCheck[];
  check(id: string): ConfiguredCheck | null;
  agent(name: string): ConfiguredAgent | null;
}

export function planOf({ checks, agents }: Pick<Nines, 'checks' | 'agents'>): Plan {
  const byId = new Map(checks.map((check) => [check.id, check]));
  const byName = new Map(agents.map((agent) => [agent.name, agent]));
  return {
    checks,
    check: (id) => byId.get(id) ?? null,
    agent: (name) => byName.get(name) ?? null,
    agentsOf: (check) => byId.get(check)?.agents ?? [],
    everyMsOf: (check) => byId.get(check)?.everyMs ?? null,
  };
}
