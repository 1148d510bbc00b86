import type { Interval } from '../sla/interval.ts';
import { compareKeys, counts, type StoredEvent, touches } from '../store/events.ts';
import { ChangedHours } from './changed-hours.ts';
import { OrderedEvents } from './ordered-events.ts';

/** What lasted longer, or is open, is looked at for every interval; there is little of it. */
const LONG_MS = 86_400_000;

/**
 * Everything of a stream that touches the time from an instant on, in memory. An event is *settled* once it has ended:
 * then nothing about it depends on when it is asked about. One that says it ended later than it came is not.
 */
export class FollowedStream {
  readonly fromMs: number;
  /** Where settled events changed: at their beginning, and at their end. */
  readonly changes = new ChangedHours();
  loaded: Promise<boolean> = Promise.resolve(true);
  readonly #events = new Map<string, StoredEvent>();
  #byBegin = new OrderedEvents(({ atMs }) => atMs);
  #settledByEnd = new OrderedEvents(({ endedAtMs }) => endedAtMs ?? Number.POSITIVE_INFINITY);
  readonly #unsettled = new Set<StoredEvent>();
  readonly #long = new Set<StoredEvent>();

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
    if (known !== undefined) this.#remove(known);
    this.#events.set(key, version);
    this.#byBegin.add(version);
    if (isLong(version)) this.#long.add(version);
    if (!isSettled(version)) this.#unsettled.add(version);
    else {
      this.#settledByEnd.add(version);
      this.#noteChange(version);
    }
  }

  /** Retention takes much at once: what is left is put in order anew. */
  forgetEndedBefore(limitMs: number): void {
    const left = [...this.#events.values()].filter(({ endedAtMs }) => endedAtMs === null || endedAtMs >= limitMs);
    if (left.length === this.size) return;
    this.#events.clear();
    this.#unsettled.clear();
    this.#long.clear();
    this.#byBegin = new OrderedEvents(({ atMs }) => atMs);
    this.#settledByEnd = new OrderedEvents(({ endedAtMs }) => endedAtMs ?? Number.POSITIVE_INFINITY);
    for (const event of left) this.put(event);
    this.changes.noteAll();
  }

  /** As `EventStore.events` gives them. */
  between({ fromMs, toMs }: Interval): readonly StoredEvent[] {
    const farMs = fromMs - LONG_MS;
    const long = [...this.#long].filter((event) => event.atMs < farMs && touches(event, fromMs, toMs));
    const near = this.#byBegin.between(farMs, toMs).filter((event) => touches(event, fromMs, toMs));
    return [...long.sort(compareKeys), ...near];
  }

  /** The settled events that begin, or end, in the interval, by that instant. */
  settledIn(at: 'begin' | 'end', { fromMs, toMs }: Interval): readonly StoredEvent[] {
    return at === 'end'
      ? this.#settledByEnd.between(fromMs, toMs)
      : this.#byBegin.between(fromMs, toMs).filter(isSettled);
  }

  /** What is open, or not over by its own word. */
  get unsettled(): Iterable<StoredEvent> {
    return this.#unsettled;
  }

  #remove(event: StoredEvent): void {
    this.#byBegin.remove(event);
    this.#long.delete(event);
    if (this.#unsettled.delete(event)) return;
    this.#settledByEnd.remove(event);
    this.#noteChange(event);
  }

  #noteChange({ atMs, endedAtMs }: StoredEvent): void {
    this.changes.note({ fromMs: atMs, toMs: atMs + 1 });
    if (endedAtMs !== null) this.changes.note({ fromMs: endedAtMs, toMs: endedAtMs + 1 });
  }
}

function keyOf({ id, agent }: Pick<StoredEvent, 'id' | 'agent'>): string {
  return `${id} ${agent}`;
}

function isSettled({ endedAtMs, receivedAtMs }: StoredEvent): boolean {
  return endedAtMs !== null && endedAtMs <= receivedAtMs;
}

function isLong({ atMs, endedAtMs }: StoredEvent): boolean {
  return endedAtMs === null || endedAtMs - atMs > LONG_MS;
}
