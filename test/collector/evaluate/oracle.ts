/**
 * The definitions of `product.md` and of the docstrings, applied literally and slowly to a list of observations: no
 * merging, no counters, no interval arithmetic. Every figure of the evaluation is held against it.
 */
import type { Observation, Outcome } from '@nines/shared/observation.ts';
import type { Quorum } from '../../../collector/src/sla/objective.ts';

export interface Seen extends Observation {
  readonly agent: string;
}

const WORSE: readonly Outcome[] = ['up', 'unknown', 'down'];

/** What an agent's observations of one check say at an instant; `null` while it does not take part. */
export function saidAt(observations: readonly Seen[], atMs: number, isConfigured = true): Outcome | null {
  const past = observations.filter((one) => one.atMs <= atMs);
  if (past.length === 0) return null;
  const latestMs = past.reduce((latest, one) => Math.max(latest, one.atMs), 0);
  const latest = past
    .filter((one) => one.atMs === latestMs)
    .reduce((worst, one) => (WORSE.indexOf(one.outcome) > WORSE.indexOf(worst.outcome) ? one : worst));
  if (atMs < latest.atMs + 2 * latest.everyMs) return latest.outcome;
  const isLast = !observations.some((one) => one.atMs > atMs);
  return isLast && !isConfigured ? null : 'unknown';
}

/** A quorum by trying every answer that the unknown agents might have given. */
export function voted(votes: readonly Outcome[], quorum: Quorum): Outcome {
  if (votes.length === 0) return 'unknown';
  const needed = { any: 1, majority: Math.floor(votes.length / 2) + 1, all: votes.length }[quorum];
  const results = new Set<boolean>();
  const open = votes.filter((vote) => vote === 'unknown').length;
  for (let down = 0; down <= open; down++) results.add(votes.filter((vote) => vote === 'down').length + down >= needed);
  if (results.size === 2) return 'unknown';
  return results.has(true) ? 'down' : 'up';
}

export interface Scope {
  readonly checks: readonly string[];
  readonly quorum: Quorum;
  readonly agentsOf: (check: string) => readonly string[];
}

/** What the agents of one check say at an instant; a configured one that was never heard is silent from the start. */
export function votesAt(seen: readonly Seen[], atMs: number, configured: readonly string[]): Outcome[] {
  const agents = new Set([...seen.map((one) => one.agent), ...configured]);
  return [...agents].flatMap((agent) => {
    const own = seen.filter((one) => one.agent === agent);
    if (own.length === 0) return seen.some((one) => one.atMs <= atMs) ? ['unknown' as const] : [];
    return saidAt(own, atMs, configured.includes(agent)) ?? [];
  });
}

/** The state of a service at an instant. */
export function serviceAt(all: readonly Seen[], atMs: number, { checks, quorum, agentsOf }: Scope): Outcome {
  const states = checks.map((check) => {
    const seen = all.filter((one) => one.check === check);
    return voted(votesAt(seen, atMs, agentsOf(check)), quorum);
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
