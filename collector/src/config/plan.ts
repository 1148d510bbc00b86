import type { Event } from '@nines/shared/event.ts';
import { hearsRefused, streamsOf } from '@nines/shared/probes/index.ts';
import type { CheckColumns } from '@nines/shared/wire.ts';
import type { CheckPlan } from '../evaluate/evidence.ts';
import { assignedTimes } from '../evaluate/participation.ts';
import type { AssignedPair, Assignment } from '../store/store.ts';
import { objectionTo, objectionToEvent } from './may-report.ts';
import type { ConfiguredAgent, ConfiguredCheck, Nines } from './nines.ts';

/** The configuration by name, as evaluation and metrics ask it. */
export interface Plan extends CheckPlan {
  readonly checks: readonly ConfiguredCheck[];
  check(id: string): ConfiguredCheck | null;
  agent(name: string): ConfiguredAgent | null;
  /** Why an agent may not speak for a check in this way; `null` when it may. */
  objectionTo(agent: string, columns: Pick<CheckColumns, 'check' | 'every_ms'>): string | null;
  /** Why an agent may not send such an event; `null` when it may. */
  objectionToEvent(agent: string, event: Pick<Event, 'stream' | 'labels'>): string | null;
}

/** `assignments` is what the store remembers, this configuration's own included. */
export function planOf({ checks, agents }: Pick<Nines, 'checks' | 'agents'>, assignments: readonly Assignment[]): Plan {
  const byId = new Map(checks.map((check) => [check.id, check]));
  const byName = new Map(agents.map((agent) => [agent.name, agent]));
  const times = assignedTimes(assignments);
  const assignedTimesOf: Plan['assignedTimesOf'] = (check) => times.get(check) ?? new Map();
  const everyMsOf: Plan['everyMsOf'] = (check) => byId.get(check)?.everyMs ?? null;
  const streamsOfCheck = (check: string) => {
    const known = byId.get(check);
    return known === undefined ? null : streamsOf(known.probe.type);
  };
  return {
    checks,
    check: (id) => byId.get(id) ?? null,
    agent: (name) => byName.get(name) ?? null,
    agentsOf: (check) => byId.get(check)?.agents ?? [],
    assignedTimesOf,
    locationOf: (agent) => byName.get(agent)?.location ?? agent,
    everyMsOf,
    hearsRefused(agents) {
      const ofThese = checks.filter((check) => agents === null || check.agents.some((agent) => agents.has(agent)));
      const heard = ofThese.map(({ probe }) => hearsRefused(probe)).filter((hears) => hears !== null);
      return heard.length === 0 ? null : heard.includes(true);
    },
    objectionTo: (agent, columns) => objectionTo(agent, columns, { assignedTimesOf, everyMsOf }),
    objectionToEvent: (agent, event) => objectionToEvent(agent, event, { assignedTimesOf, streamsOf: streamsOfCheck }),
  };
}

/** Every pair of a check and an agent that is to run it. */
export function assignedPairs({ checks }: Pick<Nines, 'checks'>): AssignedPair[] {
  return checks.flatMap(({ id, agents }) => agents.map((agent) => ({ check: id, agent })));
}
