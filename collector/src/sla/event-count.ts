import type { Event } from '@nines/shared/event.ts';
import { countedTime, type Scope } from './counted-time.ts';
import { holds } from './event-evidence.ts';
import type { EventCount } from './indicator.ts';
import type { Measured } from './measured.ts';

/** How many events are due, and whether all of those that happened have been seen. */
export interface Due {
  readonly events: number;
  readonly isSeen: boolean;
}

/** How many events counted, and how many may still turn out to. */
export interface CountSum {
  readonly came: number;
  readonly open: number;
}

export function countOf(events: Iterable<Event>, { where }: EventCount, nowMs: number): CountSum {
  let came = 0;
  let open = 0;
  for (const event of events) {
    const counts = holds(where, event, nowMs);
    if (counts === true) came++;
    else if (counts === null) open++;
  }
  return { came, open };
}

export function addCounts(sums: readonly CountSum[]): CountSum {
  return {
    came: sums.reduce((total, { came }) => total + came, 0),
    open: sums.reduce((total, { open }) => total + open, 0),
  };
}

/**
 * So many events are due in a period: each that came is a good one, up to that number; those that are missing may still
 * come while the period runs, are bad when it is over, and unknown when nobody would have seen them.
 */
export function measureCount({ came, open }: CountSum, scope: Scope, { events: due, isSeen }: Due): Measured {
  const { period } = scope;
  const good = Math.min(came, due);
  const undecided = Math.min(open, due - good);
  const missing = due - good - undecided;
  const isRunning = period.toMs < period.periodToMs;
  return {
    unit: 'events',
    scale: 1,
    tally: {
      good,
      bad: isRunning || !isSeen ? 0 : missing,
      unknown: undecided + (isRunning || isSeen ? 0 : missing),
      pending: isRunning ? missing : 0,
    },
    exact: null,
    excluded: 0,
    serviceMs: countedTime(scope).serviceMs,
    badTime: { best: [], worst: [] },
    incidents: [],
    uncounted: [],
    statistic: null,
    verdict: null,
  };
}

/** What is due in a part of a period, or in several: in proportion to time, whole events only. */
export function dueIn(atLeast: number, partMs: number, periodMs: number): number {
  return Number((BigInt(atLeast) * BigInt(partMs)) / BigInt(periodMs));
}
