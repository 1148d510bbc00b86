import type { Event } from '@nines/shared/event.ts';
import { CALLS } from '@nines/shared/phone/call.ts';
import { counts, type EventsPut, type ReceivedEvents } from '../store/events.ts';

/**
 * A call is counted this long after its end was first told: of two sources that tell of one call, the one that knows why
 * the caller left may be the later.
 */
const SETTLED_AFTER_MS = 60_000;

/** Names of queues are the telephone system's: more than these are counted together, so that metrics stay few. */
const MAX_QUEUES = 100;
/** What queues beyond are called. */
export const OTHER_QUEUES = 'other';

export interface CallTotal {
  readonly queue: string;
  readonly outcome: string;
  readonly calls: number;
}

interface Settling {
  event: Event;
  readonly countedAtMs: number;
}

/** How many calls ended since the collector started, by queue and outcome: each once, and never fewer than before. */
export class CallCounts {
  readonly #settling = new Map<string, Settling>();
  readonly #totals = new Map<string, Map<string, number>>();

  /** Events that were just stored. */
  note({ events, receivedAtMs }: ReceivedEvents, { ended }: Pick<EventsPut, 'ended'>): void {
    const endedNow = new Set(ended);
    for (const [index, event] of events.entries()) {
      if (event.stream !== CALLS) continue;
      const key = `${event.id} ${event.agent}`;
      const settling = this.#settling.get(key);
      if (settling !== undefined) {
        if (counts(event, settling.event)) settling.event = event;
      } else if (endedNow.has(index)) {
        this.#settling.set(key, { event, countedAtMs: receivedAtMs + SETTLED_AFTER_MS });
      }
    }
    this.#settle(receivedAtMs);
  }

  /** By queue, in the order in which they were first heard of. */
  totals(nowMs: number): CallTotal[] {
    this.#settle(nowMs);
    return [...this.#totals].flatMap(([queue, outcomes]) =>
      [...outcomes].map(([outcome, calls]) => ({ queue, outcome, calls })),
    );
  }

  #settle(nowMs: number): void {
    for (const [key, { event, countedAtMs }] of this.#settling) {
      // They are in the order of their instants: what follows is later.
      if (countedAtMs > nowMs) return;
      this.#settling.delete(key);
      this.#count(event);
    }
  }

  #count({ labels, outcome }: Event): void {
    const name = labels.queue ?? '';
    const queue = this.#totals.has(name) || this.#totals.size < MAX_QUEUES ? name : OTHER_QUEUES;
    const outcomes = this.#totals.get(queue) ?? new Map<string, number>();
    this.#totals.set(queue, outcomes);
    outcomes.set(outcome ?? '', (outcomes.get(outcome ?? '') ?? 0) + 1);
  }
}
