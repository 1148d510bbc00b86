/**
 * The definitions of `product.md` and of the docstrings, applied literally and slowly to a list of observations: no
 * merging, no counters, no interval arithmetic. Every figure of the evaluation is held against it.
 */
import type { Observation, Outcome } from '@nines/shared/observation.ts';
import type { Interval } from '../../../collector/src/sla/interval.ts';
import type { Quorum } from '../../../collector/src/sla/profile.ts';

export interface Seen extends Observation {
  readonly agent: string;
}

const WORSE: readonly Outcome[] = ['up', 'unknown', 'down'];

const holds = (one: Observation, atMs: number) => atMs < one.atMs + 2 * one.everyMs;

/** What an agent says of one check at an instant; `null` while it does not take part. */
export function saidAt(observations: readonly Seen[], atMs: number, assigned: readonly Interval[]): Outcome | null {
  const past = observations.filter((one) => one.atMs <= atMs);
  const latestMs = past.reduce((latest, one) => Math.max(latest, one.atMs), 0);
  const latest = past
    .filter((one) => one.atMs === latestMs)
    .reduce<Seen | null>((worst, one) => (worst === null || isWorse(one, worst) ? one : worst), null);
  if (latest !== null && holds(latest, atMs)) return latest.outcome;
  const isAssigned = assigned.some(({ fromMs, toMs }) => fromMs <= atMs && atMs < toMs);
  const isAwaited =
    assigned.length > 0 ? assigned.every(({ fromMs }) => atMs < fromMs) : past.length < observations.length;
  return isAssigned || (latest !== null && isAwaited) ? 'unknown' : null;
}

function isWorse(a: Seen, b: Seen): boolean {
  return WORSE.indexOf(a.outcome) > WORSE.indexOf(b.outcome);
}

/** A quorum by trying every answer that the unknown agents might have given. */
export function voted(votes: readonly Outcome[], quorum: Quorum): Outcome {
  if (votes.length === 0) return 'unknown';
  const needed =
    typeof quorum === 'number'
      ? quorum
      : { any: 1, majority: Math.floor(votes.length / 2) + 1, all: votes.length }[quorum];
  const results = new Set<boolean>();
  const open = votes.filter((vote) => vote === 'unknown').length;
  for (let down = 0; down <= open; down++) results.add(votes.filter((vote) => vote === 'down').length + down >= needed);
  if (results.size === 2) return 'unknown';
  return results.has(true) ? 'down' : 'up';
}

/** When each agent was assigned a check. */
export type Assigned = Readonly<Record<string, readonly Interval[]>>;

export interface Scope {
  readonly checks: readonly string[];
  readonly quorum: Quorum;
  readonly assignedOf: (check: string) => Assigned;
}

/** What the agents of one check say at an instant. */
export function votesAt(seen: readonly Seen[], atMs: number, assigned: Assigned): Outcome[] {
  const agents = new Set([...seen.map((one) => one.agent), ...Object.keys(assigned)]);
  return [...agents].flatMap((agent) => {
    const own = seen.filter((one) => one.agent === agent);
    return saidAt(own, atMs, assigned[agent] ?? []) ?? [];
  });
}

/** The state of a service at an instant. */
export function serviceAt(all: readonly Seen[], atMs: number, { checks, quorum, assignedOf }: Scope): Outcome {
  const states = checks.map((check) => {
    const seen = all.filter((one) => one.check === check);
    return voted(votesAt(seen, atMs, assignedOf(check)), quorum);
  });
  if (states.includes('down')) return 'down';
  return states.every((state) => state === 'up') ? 'up' : 'unknown';
}

/** Milliseconds by state, looking every `stepMs`: exact when every instant is a multiple of it. */
export function timeByLooking(
  stateAt: (atMs: number) => Outcome | null,
  { fromMs, toMs, stepMs }: { readonly fromMs: number; readonly toMs: number; readonly stepMs: number },
): Record<Outcome, number> {
  const total: Record<Outcome, number> = { up: 0, down: 0, unknown: 0 };
  for (let atMs = fromMs; atMs < toMs; atMs += stepMs) {
    const state = stateAt(atMs);
    if (state !== null) total[state] += stepMs;
  }
  return total;
}
