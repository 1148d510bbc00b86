import type { Outcome } from '@nines/shared/observation.ts';
import { type Interval, intersect } from './interval.ts';
import type { Quorum } from './objective.ts';
import { appendStretch, NO_OBSERVATION, type Stretch, type Timeline } from './timeline.ts';

/** How many of the combined timelines are in each state at an instant; those that do not take part are in none. */
interface Votes {
  readonly up: number;
  readonly down: number;
  readonly unknown: number;
}

/** Agents that must see a check down before it is, of `n` that take part (see `Quorum`). */
const NEEDED: Readonly<Record<Quorum, (n: number) => number>> = {
  any: () => 1,
  majority: (n) => Math.floor(n / 2) + 1,
  all: (n) => n,
};

/**
 * A service over its checks: down while any is down, up while every one is up, otherwise unknown (strong Kleene "and").
 * The result covers the whole interval; where a check's timeline tells nothing that check is unknown.
 */
export function combineAll(timelines: readonly Timeline[], interval: Interval): Timeline {
  return sweep(timelines, interval, (votes) => {
    if (votes.down > 0) return 'down';
    return timelines.length > 0 && votes.up === timelines.length ? 'up' : 'unknown';
  });
}

/**
 * A check over the agents that were to run it or did. An agent takes part where its timeline tells anything, be it only
 * that it was silent; with nobody taking part the time is unknown. Known only when every way the unknown agents might have answered gives the same result.
 */
export function combineQuorum(timelines: readonly Timeline[], quorum: Quorum, interval: Interval): Timeline {
  return sweep(timelines, interval, ({ up, down, unknown }) => {
    const taking = up + down + unknown;
    if (taking === 0) return 'unknown';
    const needed = NEEDED[quorum](taking);
    if (down >= needed) return 'down';
    return down + unknown < needed ? 'up' : 'unknown';
  });
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
