import { type Interval, mergeIntervals } from '../sla/interval.ts';
import { type Timeline, timelineFrom } from '../sla/timeline.ts';
import type { Assignment } from '../store/store.ts';
import type { Series } from './series.ts';

/** When each agent was assigned a check: ordered intervals that do not touch, the last without an end while it stands. */
export type AssignedTimes = ReadonlyMap<string, readonly Interval[]>;

/** Of every check the agents that were ever assigned it, as evaluation asks for them. */
export function assignedTimes(assignments: readonly Assignment[]): ReadonlyMap<string, AssignedTimes> {
  const byCheck = Map.groupBy(assignments, ({ check }) => check);
  return new Map([...byCheck].map(([check, ofCheck]) => [check, timesByAgent(ofCheck)]));
}

function timesByAgent(assignments: readonly Assignment[]): AssignedTimes {
  const byAgent = [...Map.groupBy(assignments, ({ agent }) => agent)].map(([agent, rows]) => {
    const times = rows.map(({ fromMs, toMs }) => ({ fromMs, toMs: toMs ?? Number.POSITIVE_INFINITY }));
    return [agent, mergeIntervals(times)] as const;
  });
  // One that was assigned and taken back in the same millisecond never was.
  return new Map(byAgent.filter(([, times]) => times.length > 0));
}

/** An agent that takes part in a check, or did: it was assigned the check, or reported it, or both. */
export interface Participant {
  readonly agent: string;
  /** What it said; `null` while it was never heard. */
  readonly series: Series | null;
  /** When its silence is unknown time. Outside it takes part only while an observation speaks. */
  readonly expected: readonly Interval[];
}

/**
 * Everybody who takes part in a check: who was heard, in order of appearance, then who was only assigned it. An agent is
 * expected to speak from its first observation or assignment, whichever is earlier, and while it is assigned; one that
 * nobody ever assigned, from its first observation until its last no longer holds.
 */
export function participantsOf(heard: readonly Series[], assigned: AssignedTimes): Participant[] {
  const speaking: Participant[] = heard.map((series) => ({
    agent: series.agent,
    series,
    expected: expectedTimes(series, assigned.get(series.agent) ?? []),
  }));
  const silent: Participant[] = [];
  for (const [agent, expected] of assigned) {
    if (!heard.some((series) => series.agent === agent)) silent.push({ agent, series: null, expected });
  }
  return silent.length === 0 ? speaking : [...speaking, ...silent];
}

function expectedTimes({ firstAtMs, lastHoldsUntilMs }: Series, assigned: readonly Interval[]): readonly Interval[] {
  if (firstAtMs === null || lastHoldsUntilMs === null) return assigned;
  const [first, ...later] = assigned;
  if (first === undefined) return [{ fromMs: firstAtMs, toMs: lastHoldsUntilMs }];
  return [{ fromMs: Math.min(firstAtMs, first.fromMs), toMs: first.toMs }, ...later];
}

/** What a participant says inside the interval; nothing where it does not take part. */
export function timelineOf({ series, expected }: Participant, interval: Interval): Timeline {
  return series === null ? timelineFrom([], { expected, interval }) : series.timeline(interval, expected);
}
