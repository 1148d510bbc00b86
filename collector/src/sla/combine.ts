import type { Outcome } from '@nines/shared/observation.ts';
import { type Interval, intersect } from './interval.ts';
import type { Combination, Quorum, QuorumRule } from './profile.ts';
import { appendStretch, clipTimeline, NO_OBSERVATION, type Stretch, type Timeline } from './timeline.ts';

/** How many of the combined timelines are in each state at an instant; those that do not take part are in none. */
export interface Votes {
  readonly up: number;
  readonly down: number;
  readonly unknown: number;
}

/** How many of `n` must see a check down before it is. */
export function neededOf(need: Quorum, n: number): number {
  if (typeof need === 'number') return need;
  return { any: 1, majority: Math.floor(n / 2) + 1, all: n }[need];
}

/** How many checks have to be up for a service to be. */
export type ChecksUp = 'all' | 'any' | number;

/** What a combination of checks asks for; the weighted mean is none of them: see `weightedMean`. */
export function checksUp(combination: Combination): ChecksUp {
  if (combination.kind === 'weighted') throw new Error('a mean of checks is no state');
  return combination.kind === 'at_least' ? combination.up : combination.kind;
}

/**
 * A service over its checks, in strong Kleene logic: up while enough of them are, down once so many are down that there
 * cannot be enough, otherwise unknown. The result covers the whole interval; where a check's timeline tells nothing that
 * check is unknown.
 */
export function combineChecks(timelines: readonly Timeline[], need: ChecksUp, interval: Interval): Timeline {
  const [only] = timelines;
  if (timelines.length === 1 && only !== undefined && covers(only, interval)) return only;
  const count = timelines.length;
  return sweep(timelines, interval, ({ up, down }) => serviceOf({ up, down, unknown: count - up - down }, need));
}

/** What a service is with so many of its checks in each state; unknown without any check. */
export function serviceOf({ up, down, unknown }: Votes, need: ChecksUp): Outcome {
  const count = up + down + unknown;
  const needed = typeof need === 'number' ? need : { all: count, any: 1 }[need];
  if (count === 0) return 'unknown';
  if (up >= needed) return 'up';
  return up + unknown < needed ? 'down' : 'unknown';
}

/** Whether the timeline tells exactly the interval, without holes, and why it was not up. */
function covers(timeline: Timeline, { fromMs, toMs }: Interval): boolean {
  let atMs = fromMs;
  for (const stretch of timeline) {
    if (stretch.fromMs !== atMs || (stretch.state === 'up') !== (stretch.reason === null)) return false;
    atMs = stretch.toMs;
  }
  return atMs === toMs;
}

/**
 * A check over the agents that were to run it or did. An agent takes part where its timeline tells anything, be it only
 * that it was silent; with nobody taking part the time is unknown. See `QuorumRule` for what the silent count for.
 */
export function combineQuorum(timelines: readonly Timeline[], rule: QuorumRule, interval: Interval): Timeline {
  const [only] = timelines;
  if (timelines.length === 1 && only !== undefined && isSaidByOne(rule)) {
    return covers(only, interval) ? only : withoutHoles(only, interval);
  }
  return sweep(timelines, interval, (votes) => quorumOf(votes, rule));
}

/** The timeline in the interval, unknown where it tells nothing. */
function withoutHoles(timeline: Timeline, { fromMs, toMs }: Interval): Timeline {
  const whole: Stretch[] = [];
  let atMs = fromMs;
  const silentUntil = (untilMs: number) =>
    appendStretch(whole, { fromMs: atMs, toMs: untilMs, state: 'unknown', reason: NO_OBSERVATION });
  for (const stretch of clipTimeline(timeline, { fromMs, toMs })) {
    silentUntil(stretch.fromMs);
    appendStretch(whole, stretch.state === 'up' ? stretch : { ...stretch, reason: stretch.reason ?? NO_OBSERVATION });
    atMs = stretch.toMs;
  }
  silentUntil(toMs);
  return whole;
}

/** Whether a check with one agent is what that agent says. */
function isSaidByOne({ need, minReporting }: QuorumRule): boolean {
  return neededOf(need, 1) === 1 && (minReporting ?? 1) <= 1;
}

/** What a check is when so many of its agents say so. */
export function quorumOf({ up, down, unknown }: Votes, { need, minReporting }: QuorumRule): Outcome {
  const reporting = up + down;
  if (minReporting !== null) {
    if (reporting < Math.max(1, minReporting)) return 'unknown';
    return down >= neededOf(need, reporting) ? 'down' : 'up';
  }
  const taking = reporting + unknown;
  if (taking === 0) return 'unknown';
  const needed = neededOf(need, taking);
  if (down >= needed) return 'down';
  return down + unknown < needed ? 'up' : 'unknown';
}

interface Change {
  readonly atMs: number;
  readonly state: Outcome;
  readonly reason: string | null;
  readonly by: 1 | -1;
}

function sweep(timelines: readonly Timeline[], interval: Interval, decide: (votes: Votes) => Outcome): Timeline {
  const changes = timelines.flatMap((timeline) => changesOf(timeline, interval)).sort((a, b) => a.atMs - b.atMs);
  const votes: Record<Outcome, number> = { up: 0, down: 0, unknown: 0 };
  const reasons: Readonly<Record<Outcome, Map<string, number>>> = {
    up: new Map(),
    down: new Map(),
    unknown: new Map(),
  };
  const combined: Stretch[] = [];
  let fromMs = interval.fromMs;
  const emit = (toMs: number) => {
    if (toMs <= fromMs) return;
    const state = decide(votes);
    appendStretch(combined, { fromMs, toMs, state, reason: state === 'up' ? null : mostFrequent(reasons[state]) });
    fromMs = toMs;
  };
  for (const { atMs, state, reason, by } of changes) {
    emit(atMs);
    votes[state] += by;
    if (reason !== null) reasons[state].set(reason, (reasons[state].get(reason) ?? 0) + by);
  }
  emit(interval.toMs);
  return combined;
}

function changesOf(timeline: Timeline, interval: Interval): Change[] {
  return timeline.flatMap((stretch) => {
    const shared = intersect(stretch, interval);
    if (shared === null) return [];
    const { state, reason } = stretch;
    return [
      { atMs: shared.fromMs, state, reason, by: 1 as const },
      { atMs: shared.toMs, state, reason, by: -1 as const },
    ];
  });
}

/** Ties go to the alphabet, so that the same input always gives the same reason. */
function mostFrequent(reasons: ReadonlyMap<string, number>): string {
  let best = NO_OBSERVATION;
  let bestCount = 0;
  for (const [reason, count] of reasons) {
    if (count > bestCount || (count === bestCount && count > 0 && reason < best)) {
      best = reason;
      bestCount = count;
    }
  }
  return best;
}
