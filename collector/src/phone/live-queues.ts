import type { Event } from '@nines/shared/event.ts';

/** A queue as its calls that are under way tell of it. */
export interface LiveQueue {
  readonly queue: string;
  readonly waiting: number;
  /** 0 when nobody waits. */
  readonly longestWaitMs: number;
  readonly talking: number;
}

/** A caller who has been waiting for a day was forgotten by the source, not by the queue. */
const FORGOTTEN_AFTER_MS = 86_400_000;

export interface Hearing {
  readonly nowMs: number;
  /** Whether the check that brings a call still says how things stand; a call of none is believed. */
  readonly isHeard: (check: string | undefined) => boolean;
}

/** The calls that are under way, by queue; nothing is told of queues whose source is silent. */
export function liveQueues(calls: readonly Event[], { nowMs, isHeard }: Hearing): LiveQueue[] {
  const queues = new Map<string, { waiting: number; longestWaitMs: number; talking: number }>();
  for (const { labels, endedAtMs, outcome, atMs } of calls) {
    if (!isHeard(labels.check)) continue;
    const queue = queues.get(labels.queue ?? '') ?? { waiting: 0, longestWaitMs: 0, talking: 0 };
    queues.set(labels.queue ?? '', queue);
    if (endedAtMs !== null || nowMs - atMs > FORGOTTEN_AFTER_MS) continue;
    if (outcome !== null) queue.talking++;
    else {
      queue.waiting++;
      queue.longestWaitMs = Math.max(queue.longestWaitMs, nowMs - atMs);
    }
  }
  return [...queues].map(([queue, live]) => ({ queue, ...live }));
}
