import type { CheckPlan } from '../../../collector/src/evaluate/evidence.ts';
import type { Assigned } from './oracle.ts';

/** The interval of every check that the plan of a test knows. */
export const EVERY_MS = 30_000;

/** A plan of checks and the agents that run them now, each assigned since ever unless `assigned` says otherwise. */
export function planOf(
  agents: Readonly<Record<string, readonly string[]>>,
  assigned: Readonly<Record<string, Assigned>> = {},
): CheckPlan {
  const agentsOf = (check: string) => agents[check] ?? [];
  const always = (check: string) =>
    Object.fromEntries(agentsOf(check).map((agent) => [agent, [{ fromMs: 0, toMs: Number.POSITIVE_INFINITY }]]));
  return {
    agentsOf,
    assignedTimesOf: (check) => new Map(Object.entries(assigned[check] ?? always(check))),
    locationOf: (agent) => agent,
    everyMsOf: (check) => (check in agents ? EVERY_MS : null),
  };
}
