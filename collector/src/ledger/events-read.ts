import { createHash } from 'node:crypto';
import { canonicalJson } from '@nines/shared/config/canonical-json.ts';
import type { EventRequest, EventStore, StoredEvent } from '../store/events.ts';

/** How many events a figure was made from, and the SHA-256 of them. */
export interface EventsDigest {
  readonly events: number;
  readonly sha256: string;
}

/**
 * Events as a store has them, and a record of what was read: whatever range a figure asks for, what its digest says is
 * what it was made from. One for each figure.
 */
export class EventsRead implements Pick<EventStore, 'events'> {
  readonly #store: Pick<EventStore, 'events'>;
  readonly #bringers: ReadonlySet<string> | null;
  readonly #hash = createHash('sha256');
  #events = 0;

  /** With `bringers` (see `bringersOf`) nothing of anybody else is read. */
  constructor(store: Pick<EventStore, 'events'>, bringers: ReadonlySet<string> | null = null) {
    this.#store = store;
    this.#bringers = bringers;
  }

  async *events(request: EventRequest): AsyncGenerator<StoredEvent> {
    for await (const event of this.#store.events(request)) {
      if (this.#bringers?.has(event.agent) === false) continue;
      this.#note(event);
      yield event;
    }
  }

  /**
   * Of the versions that counted, each as canonical JSON on a line of its own, in the store's order. When they came is no
   * part of it: the same versions sent again, to a store that was put back from a backup, give the same digest.
   */
  digest(): EventsDigest {
    return { events: this.#events, sha256: this.#hash.copy().digest('hex') };
  }

  #note({ receivedAtMs: _, stream, id, agent, revision, atMs, endedAtMs, outcome, labels, values }: StoredEvent): void {
    this.#events++;
    const version = { stream, id, agent, revision, at_ms: atMs, ended_at_ms: endedAtMs, outcome, labels, values };
    this.#hash.update(`${canonicalJson(version)}\n`);
  }
}
