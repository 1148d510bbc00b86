import type { EventRequest, EventStore, EventsPut, ReceivedEvents, StoredEvent } from '../store/events.ts';
import type { EventSupply } from './evidence.ts';
import { FollowedStream } from './followed-stream.ts';

/** Some half a kilobyte each with what they say: a hundred megabytes. */
const MAX_EVENTS = 200_000;

/** What was too much is not tried again for a period that rolled on a little. */
const TRY_AGAIN_MS = 3_600_000;

type Range = Pick<EventRequest, 'stream' | 'fromMs' | 'toMs'>;
type Since = Pick<EventRequest, 'stream' | 'fromMs'>;

/**
 * The events of the periods that run, in memory: read from the store once and followed from then on, so that a figure that
 * is made anew with every scrape costs no reading. What it answers is what the store would; what it does not hold (an
 * earlier time, more events than `maxEvents`) is read from there.
 */
export class RecentEvents implements EventSupply {
  readonly #store: Pick<EventStore, 'events'>;
  readonly #maxEvents: number;
  readonly #streams = new Map<string, FollowedStream>();
  /** Streams of which there is too much to keep from any instant up to this one. */
  readonly #tooMuchFromMs = new Map<string, number>();

  constructor(store: Pick<EventStore, 'events'>, { maxEvents = MAX_EVENTS }: { readonly maxEvents?: number } = {}) {
    this.#store = store;
    this.#maxEvents = maxEvents;
  }

  async *events(request: EventRequest): AsyncGenerator<StoredEvent> {
    if (request.after !== undefined || request.limit !== undefined) yield* this.#store.events(request);
    else yield* await this.all(request);
  }

  /** All of a range at once. Rejects with `StoreError`. */
  async all(range: Range): Promise<readonly StoredEvent[]> {
    return (await this.inMemory(range))?.between(range) ?? Array.fromAsync(this.#store.events(range));
  }

  /** The stream from an instant on, read now when it is not held yet; `null` when there is too much. Rejects with `StoreError`. */
  async inMemory(since: Since): Promise<FollowedStream | null> {
    const held = await this.#heldSince(since);
    if (held !== null) return held;
    const isTooMuch = since.fromMs <= (this.#tooMuchFromMs.get(since.stream) ?? Number.NEGATIVE_INFINITY);
    return isTooMuch ? null : this.#follow(since);
  }

  /** The same for those who ask about any time: what is held for the running periods is not let go for them. */
  get held(): EventSupply {
    return { events: (request) => this.#store.events(request), inMemory: (since) => this.#heldSince(since) };
  }

  async #heldSince({ stream, fromMs }: Since): Promise<FollowedStream | null> {
    const known = this.#streams.get(stream);
    if (known === undefined || known.fromMs > fromMs) return null;
    await known.loaded;
    // It may have been forgotten meanwhile, and then it was not told of what came.
    return this.#streams.get(stream) === known ? known : null;
  }

  /** Versions that were just stored; every one has to be told, after the store has it. */
  note({ events, receivedAtMs }: ReceivedEvents, { unchanged }: EventsPut): void {
    for (const event of events) {
      const followed = this.#streams.get(event.stream);
      if (followed === undefined) continue;
      // Nobody says which of them changed nothing: one that is not held may count less than one that lies before.
      if (unchanged > 0 && !followed.has(event)) this.#streams.delete(event.stream);
      else followed.put({ ...event, receivedAtMs });
    }
    if (this.#held() > this.#maxEvents) this.clear();
  }

  /** Retention removed what ended before an instant. */
  forgetEndedBefore(limitMs: number): void {
    for (const followed of this.#streams.values()) followed.forgetEndedBefore(limitMs);
  }

  /** What is asked for next is read again: no more than the periods that run need by then. */
  clear(): void {
    this.#streams.clear();
  }

  async #follow(since: Since): Promise<FollowedStream | null> {
    const { stream, fromMs } = since;
    const followed = new FollowedStream(fromMs);
    this.#streams.set(stream, followed);
    followed.loaded = this.#load(followed, since);
    try {
      if (await followed.loaded) return followed;
    } catch (error) {
      this.#drop(stream, followed);
      throw error;
    }
    this.#drop(stream, followed);
    this.#tooMuchFromMs.set(stream, fromMs + TRY_AGAIN_MS);
    return null;
  }

  /** Resolves with `false` when there is too much. */
  async #load(followed: FollowedStream, { stream, fromMs }: Since): Promise<boolean> {
    for await (const event of this.#store.events({ stream, fromMs, toMs: Number.MAX_SAFE_INTEGER })) {
      followed.put(event);
      if (followed.size > this.#maxEvents) return false;
    }
    if (this.#held() > this.#maxEvents) {
      for (const [name, other] of this.#streams) if (other !== followed) this.#streams.delete(name);
    }
    return true;
  }

  #drop(stream: string, followed: FollowedStream): void {
    if (this.#streams.get(stream) === followed) this.#streams.delete(stream);
  }

  #held(): number {
    return this.#streams.values().reduce((sum, { size }) => sum + size, 0);
  }
}
