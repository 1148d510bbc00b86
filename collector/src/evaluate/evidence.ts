import { combineQuorum } from '../sla/combine.ts';
import type { Contract } from '../sla/contract.ts';
import type { Condition } from '../sla/credit/terms.ts';
import type { Exclusions } from '../sla/exclusions.ts';
import type { CheckEvidence } from '../sla/incidents.ts';
import type { Interval } from '../sla/interval.ts';
import type { Objective } from '../sla/objective.ts';
import type { QuorumRule } from '../sla/profile.ts';
import type { EventRequest, EventStore, StoredEvent } from '../store/events.ts';
import type { ChangedHours } from './changed-hours.ts';
import type { Head } from './head.ts';
import { type AssignedTimes, type Participant, participantsOf, timelineOf } from './participation.ts';

/** What the configuration says of checks, now and at earlier times. */
export interface CheckPlan {
  /** Names of the agents that run a check now; empty for a check that is no longer configured. */
  agentsOf(check: string): readonly string[];
  /** When agents were assigned the check, those that no longer are included; empty for one that nobody ever was. */
  assignedTimesOf(check: string): AssignedTimes;
  /** The check's interval in ms; `null` for one that is no longer configured. */
  everyMsOf(check: string): number | null;
  /**
   * Whether one of the sources of calls that these agents run (`null`: whichever) hears of callers whom a queue does not
   * take; `null` when they run none. Absent: nobody knows what sources there are.
   */
  hearsRefused?(agents: ReadonlySet<string> | null): boolean | null;
  /** Where an agent stands; its name when nobody says. */
  locationOf(agent: string): string;
}

/** The exclusions of an objective that touch an interval: those that count, and those that do not and why. */
export type ExclusionSource = (objective: Objective, interval: Interval) => Exclusions;

/** What people found out about a condition of a credit, in one period of a contract's version. */
export type ConditionSource = (
  about: { readonly contract: Pick<Contract, 'id' | 'version'>; readonly periodName: string },
  condition: Condition,
) => Condition;

/** What is known of a stream without reading anything, from an instant on. */
export interface EventsInMemory {
  /** Where settled events changed; see `FollowedStream`. */
  readonly changes: ChangedHours;
  /** Those that begin, or end, in an interval, by that instant. */
  settledIn(at: 'begin' | 'end', interval: Interval): readonly StoredEvent[];
  /** Those about which something depends on when it is asked. */
  readonly unsettled: Iterable<StoredEvent>;
}

/** Where events are read, one by one, unless they are in memory. */
export interface EventSupply extends Pick<EventStore, 'events'> {
  /** `null`: they have to be read. Rejects with `StoreError`. */
  readonly inMemory?: (range: Pick<EventRequest, 'stream' | 'fromMs'>) => Promise<EventsInMemory | null>;
}

/** What every figure is computed from. */
export interface Evaluation {
  readonly head: Head;
  readonly plan: CheckPlan;
  readonly nowMs: number;
  /** Where events are read; needed for objectives about events only. */
  readonly events?: EventSupply;
  /** Nothing is excluded without it. */
  readonly exclusions?: ExclusionSource;
  /** Without it nobody found anything out: conditions stand as the contract has them. */
  readonly conditions?: ConditionSource;
  /** How many decisions of people `exclusions` is made from: with one more it may answer otherwise. */
  readonly decisions?: number;
}

/** The agents that take part in a check, or did. */
export function participants(check: string, { head, plan }: Pick<Evaluation, 'head' | 'plan'>): Participant[] {
  return participantsOf(head.seriesOf(check), plan.assignedTimesOf(check));
}

/** A check over its agents, and what each of them saw, inside the interval. */
export function checkEvidence(
  check: string,
  quorum: QuorumRule,
  { interval, ...from }: Pick<Evaluation, 'head' | 'plan'> & { readonly interval: Interval },
): CheckEvidence {
  const agents = participants(check, from).map((one) => ({
    location: from.plan.locationOf(one.agent),
    timeline: timelineOf(one, interval),
  }));
  const timelines = agents.map(({ timeline }) => timeline);
  return { check, agents, timeline: combineQuorum(timelines, quorum, interval) };
}
