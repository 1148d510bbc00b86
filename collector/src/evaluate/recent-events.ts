import {
  compareKeys,
  counts,
  type EventRequest,
  type EventStore,
  type EventsPut,
  type ReceivedEvents,
  type StoredEvent,
  touches,
} from '../store/events.ts';

/** Some half a kilobyte each with what they say: a hundred megabytes. */
const MAX_EVENTS = 200_000;

/** What was too much is not tried again for a period that rolled on a little. */
const TRY_AGAIN_MS = 3_600_000;

/** What lasted longer, or is open, is looked at for every interval; there is little of it. */
const LONG_MS = 86_400_000;

/** Objectives about one stream ask for the same few intervals: answers that are remembered until something changes. */
const MAX_ANSWERS = 16;

type Range = Pick<EventRequest, 'stream' | 'fromMs' | 'toMs'>;

/**
 * The events of the periods that run, in memory: read from the store once and followed from then on, so that a figure that
 * is made anew with every scrape costs no reading. What it answers is what the store would; what it does not hold (an
 * earlier time, more events than `maxEvents`) is read from there.
 */
export class RecentEvents implements Pick<EventStore, 'events'> {
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
    const { stream, fromMs } = range;
    const known = this.#streams.get(stream);
    if (known !== undefined && known.fromMs <= fromMs) {
      await known.loaded;
      // It may have been forgotten meanwhile, and then it was not told of what came.
      if (this.#streams.get(stream) === known) return known.between(range);
    }
    if (fromMs <= (this.#tooMuchFromMs.get(stream) ?? Number.NEGATIVE_INFINITY)) return this.#read(range);
    return this.#follow(range);
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

  async #follow(range: Range): Promise<readonly StoredEvent[]> {
    const { stream, fromMs } = range;
    const followed = new FollowedStream(fromMs);
    this.#streams.set(stream, followed);
    followed.loaded = this.#load(followed, range);
    try {
      if (await followed.loaded) return followed.between(range);
    } catch (error) {
      this.#drop(stream, followed);
      throw error;
    }
    this.#drop(stream, followed);
    this.#tooMuchFromMs.set(stream, fromMs + TRY_AGAIN_MS);
    return this.#read(range);
  }

  /** Resolves with `false` when there is too much. */
  async #load(followed: FollowedStream, { stream, fromMs }: Range): Promise<boolean> {
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

  async #read({ stream, fromMs, toMs }: Range): Promise<readonly StoredEvent[]> {
    return Array.fromAsync(this.#store.events({ stream, fromMs, toMs }));
  }

  #held(): number {
    return this.#streams.values().reduce((sum, { size }) => sum + size, 0);
  }
}

/** Everything of a stream that touches the time from an instant on. */
class FollowedStream {
  readonly fromMs: number;
  loaded: Promise<boolean> = Promise.resolve(true);
  readonly #events = new Map<string, StoredEvent>();
  readonly #answers = new Map<string, readonly StoredEvent[]>();
  #order: { readonly all: readonly StoredEvent[]; readonly long: readonly StoredEvent[] } | null = null;

  constructor(fromMs: number) {
    this.fromMs = fromMs;
  }

  get size(): number {
    return this.#events.size;
  }

  has(event: Pick<StoredEvent, 'id' | 'agent'>): boolean {
    return this.#events.has(keyOf(event));
  }

  /** In any order, and as often as one likes: of versions of one event that which counts is held. */
  put(version: StoredEvent): void {
    const key = keyOf(version);
    const known = this.#events.get(key);
    if (known !== undefined && !counts(version, known)) return;
    this.#events.set(key, version);
    this.#changed();
  }

  forgetEndedBefore(limitMs: number): void {
    const before = this.size;
    for (const [key, { endedAtMs }] of this.#events)
      if (endedAtMs !== null && endedAtMs < limitMs) this.#events.delete(key);
    if (this.size !== before) this.#changed();
  }

  /** As `EventStore.events` gives them. */
  between({ fromMs, toMs }: Range): readonly StoredEvent[] {
    const question = `${fromMs} ${toMs}`;
    const known = this.#answers.get(question);
    if (known !== undefined) return known;
    if (this.#answers.size >= MAX_ANSWERS) this.#answers.clear();
    this.#order ??= orderOf(this.#events.values());
    const { all, long } = this.#order;
    const first = firstFrom(all, fromMs - LONG_MS);
    const answer = [
      ...long.filter((event) => event.atMs < fromMs - LONG_MS && touches(event, fromMs, toMs)),
      ...all.slice(first, firstFrom(all, toMs)).filter((event) => touches(event, fromMs, toMs)),
    ];
    this.#answers.set(question, answer);
    return answer;
  }

  #changed(): void {
    this.#order = null;
    this.#answers.clear();
  }
}

function keyOf({ id, agent }: Pick<StoredEvent, 'id' | 'agent'>): string {
  return `${id} ${agent}`;
}

function orderOf(events: Iterable<StoredEvent>) {
  const all = [...events].sort(compareKeys);
  return { all, long: all.filter(({ atMs, endedAtMs }) => endedAtMs === null || endedAtMs - atMs > LONG_MS) };
}

/** The place of the first event that begins at the instant or later. */
function firstFrom(ordered: readonly StoredEvent[], atMs: number): number {
  let low = 0;
  let high = ordered.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((ordered[middle]?.atMs ?? atMs) < atMs) low = middle + 1;
    else high = middle;
  }
  return low;
}
