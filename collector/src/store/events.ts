import type { Event } from '@nines/shared/event.ts';

/** The version of an event that counts, and when it came. */
export interface StoredEvent extends Event {
  readonly receivedAtMs: number;
}

/** Where an event stands in the order of its stream. */
export type EventKey = Pick<Event, 'atMs' | 'id' | 'agent'>;

/** Which events of a stream are wanted; `after` and `limit` are for reading them a page at a time. */
export interface EventRequest {
  readonly stream: string;
  readonly fromMs: number;
  readonly toMs: number;
  /** Only what stands behind this. */
  readonly after?: EventKey;
  /** At most so many, from 1; all of them when absent. */
  readonly limit?: number;
}

/** What is stored of a stream; the instants are those of beginnings, `null` when retention has left nothing. */
export interface EventStream {
  readonly stream: string;
  readonly events: number;
  readonly open: number;
  readonly oldestAtMs: number | null;
  readonly newestAtMs: number | null;
}

/** Events that came together, and when. */
export interface ReceivedEvents {
  readonly events: readonly Event[];
  readonly receivedAtMs: number;
}

/** How many of the versions that were put count now, and how many changed nothing. */
export interface EventsPut {
  readonly stored: number;
  readonly unchanged: number;
  /** Places in the request of the versions by which an event is over that was not before, or was not there. */
  readonly ended: readonly number[];
}

/** Where events live. Every promise here is a test in `test/support/event-contract.ts`, which each store runs. */
export interface EventStore {
  /**
   * Resolves once every event, or one that counts rather than it (`counts`), is on disk for good (after fsync). What is
   * stored in the end depends on the set of versions that were ever put, and not on their order, grouping or repetition.
   * Rejects with `StoreError` `full` when there is no room: then none of these is stored.
   */
  putEvents(received: ReceivedEvents): Promise<EventsPut>;
  /**
   * The events of a stream that touch `[fromMs, toMs)`: that begin in it, or began before and were open or had not ended
   * by `fromMs`. By beginning, then id, then agent; never all in memory. One that changes meanwhile may be left out
   * or come twice when the change moves its beginning.
   */
  events(request: EventRequest): AsyncIterable<StoredEvent>;
  /** Every stream that ever had an event, by name. */
  eventStreams(): Promise<readonly EventStream[]>;
}

/**
 * Whether a version of an event counts rather than another of the same `(stream, id, agent)`. While an event is open
 * its highest revision counts; the first that closes it (the lowest closed revision) is final. Were versions that differ
 * ever sent as one revision, their content decides. A total order: the one that counts is the same in any order of arrival.
 */
export function counts(version: Event, other: Event): boolean {
  const isClosed = version.endedAtMs !== null;
  if (isClosed !== (other.endedAtMs !== null)) return isClosed;
  if (version.revision !== other.revision) return isClosed === version.revision < other.revision;
  return contentOf(version) > contentOf(other);
}

function contentOf({ atMs, endedAtMs, outcome, labels, values }: Event): string {
  return JSON.stringify([atMs, endedAtMs, outcome, canonicalJson(labels), canonicalJson(values)]);
}

/** The labels or values of an event as JSON with the names in order: equal content is equal text. */
export function canonicalJson(entries: Readonly<Record<string, string | number>>): string {
  const names = Object.keys(entries).sort();
  return JSON.stringify(Object.fromEntries(names.map((name) => [name, entries[name]])));
}

/** Whether an event touches `[fromMs, toMs)` as `EventStore.events` says. */
export function touches({ atMs, endedAtMs }: Event, fromMs: number, toMs: number): boolean {
  return atMs < toMs && (atMs >= fromMs || endedAtMs === null || endedAtMs > fromMs);
}

/** Below 0 when `a` comes before `b`. Ids and agents are ASCII: code units compare as the store's bytes do. */
export function compareKeys(a: EventKey, b: EventKey): number {
  return a.atMs - b.atMs || compareText(a.id, b.id) || compareText(a.agent, b.agent);
}

function compareText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
