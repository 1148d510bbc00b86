import { timingSafeEqual } from 'node:crypto';
import type { Event } from '@nines/shared/event.ts';
import type { EventStore, EventsPut, ReceivedEvents } from '../store/events.ts';
import { type Heard, type Heartbeat, type HeartbeatStatus, statusOf } from './heartbeat.ts';
import { HEARTBEATS_STREAM, type Received, Runs } from './runs.ts';

export interface HeartbeatsOptions {
  readonly put: (received: ReceivedEvents) => Promise<EventsPut>;
  /** A key's SHA-256: keys are compared by their hashes, in constant time. */
  readonly hash: (key: string) => Uint8Array;
}

/** How far back runs are read at a start: a job that is due every two months is still known. */
const READ_BACK_MS = 70 * 86_400_000;

/** The heartbeats of a configuration and how each stands. */
export class Heartbeats {
  readonly #options: HeartbeatsOptions;
  readonly #runs = new Map<string, Runs>();
  /** Before what was stored is known, an end would not find its beginning. */
  readonly #loaded = Promise.withResolvers<void>();
  #configured: readonly { readonly heartbeat: Heartbeat; readonly keyHash: Uint8Array }[] = [];
  /** Signals of one heartbeat are taken in one after the other: the next is about what the last has stored. */
  readonly #busy = new Map<string, Promise<void>>();

  constructor(options: HeartbeatsOptions) {
    this.#options = options;
  }

  /** Takes over a configuration; what was heard of a heartbeat stays. */
  configure(heartbeats: readonly Heartbeat[]): void {
    this.#configured = heartbeats.map((heartbeat) => ({ heartbeat, keyHash: this.#options.hash(heartbeat.key) }));
  }

  /** Reads what was heard before this start. Rejects with `StoreError`. */
  async load(store: Pick<EventStore, 'events'>, nowMs: number): Promise<void> {
    const request = { stream: HEARTBEATS_STREAM, fromMs: nowMs - READ_BACK_MS, toMs: nowMs + 1 };
    for await (const event of store.events(request)) this.#take(event);
    this.#loaded.resolve();
  }

  /**
   * The heartbeat that a key opens, or that of this id (`slug`) among those that share the key. `null` when it opens none,
   * `ambiguous` when several share it and none is named.
   */
  find(key: string, slug: string | null): Heartbeat | 'ambiguous' | null {
    const hash = this.#options.hash(key);
    const opened = this.#configured
      .filter(({ keyHash }) => timingSafeEqual(keyHash, hash))
      .map(({ heartbeat }) => heartbeat);
    if (slug !== null) return opened.find(({ id }) => id === slug) ?? null;
    return opened.length > 1 ? 'ambiguous' : (opened[0] ?? null);
  }

  /** Resolves once the signal is on disk for good, after `load`. Rejects with `StoreError`; then nothing of it is taken in. */
  signal({ id }: Heartbeat, received: Received): Promise<void> {
    const before = this.#busy.get(id) ?? this.#loaded.promise;
    const done = before.then(() => this.#store(id, received));
    this.#busy.set(
      id,
      done.catch(() => {}),
    );
    return done;
  }

  /** Every configured heartbeat with what was heard of it. */
  statuses(nowMs: number): readonly HeartbeatReport[] {
    return this.#configured.map(({ heartbeat }) => {
      const { heard } = this.#runsOf(heartbeat.id);
      return { heartbeat, ...heard, ...statusOf(heartbeat, heard, nowMs) };
    });
  }

  async #store(id: string, received: Received): Promise<void> {
    const events = this.#runsOf(id).eventsOf(received);
    await this.#options.put({ events, receivedAtMs: received.atMs });
    for (const event of events) this.#take(event);
  }

  #take(event: Event): void {
    const { heartbeat } = event.labels;
    if (heartbeat !== undefined) this.#runsOf(heartbeat).take(event);
  }

  #runsOf(id: string): Runs {
    const known = this.#runs.get(id);
    if (known !== undefined) return known;
    const runs = new Runs(id);
    this.#runs.set(id, runs);
    return runs;
  }
}

/** How a heartbeat stands, and what was heard of it. */
export interface HeartbeatReport extends HeartbeatStatus, Heard {
  readonly heartbeat: Heartbeat;
}
