import type { Nines } from './nines.ts';

/** The agents that run a check; empty for one that nobody runs. */
export type RunnersOf = (check: string) => readonly Runner[];

export interface Runner {
  readonly name: string;
  readonly location: string;
}

const known = new WeakMap<object, RunnersOf>();

/** Who runs which check by this configuration; looked up once for each, as every sentence of every contract asks. */
export function runnersIn(nines: Pick<Nines, 'agents' | 'checks'>): RunnersOf {
  const runnersOf = known.get(nines) ?? lookUp(nines);
  known.set(nines, runnersOf);
  return runnersOf;
}

function lookUp({ agents, checks }: Pick<Nines, 'agents' | 'checks'>): RunnersOf {
  const byName = new Map(agents.map((agent) => [agent.name, agent]));
  const byCheck = new Map(
    checks.map((check) => [check.id, check.agents.flatMap((name) => byName.get(name) ?? [])] as const),
  );
  return (check) => byCheck.get(check) ?? [];
}

/** The agents that are to run a check: all, or those that its `from` names, or whose location it names. */
export function runnersAmong<Agent extends { readonly name: string; readonly location?: string | undefined }>(
  agents: readonly Agent[],
  { from }: { readonly from?: readonly string[] | undefined },
): Agent[] {
  return agents.filter(
    ({ name, location = name }) => from === undefined || from.includes(name) || from.includes(location),
  );
}
