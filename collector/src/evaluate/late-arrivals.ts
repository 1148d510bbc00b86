import type { Event } from '@nines/shared/event.ts';
import { HOLD_INTERVALS } from '@nines/shared/observation.ts';
import type { Clock } from '@nines/shared/time/clock.ts';
import type { Batch } from '@nines/shared/wire.ts';
import type { Interval } from '../sla/interval.ts';

/** Figures over this interval may be others than those that were told. */
export interface LateChange extends Interval {
  /** A check, or a stream of events. */
  readonly of: 'check' | 'stream';
  readonly name: string;
}

/** Of what has not been told yet; it grows. */
interface Span {
  fromMs: number;
  toMs: number;
}

type Listener = (changes: readonly LateChange[]) => void;

/** What is newer is no surprise to anybody: agents deliver within seconds, and figures of this hour still move. */
const LATE_MS = 3_600_000;

/** A backlog comes in many batches: who depends on them is told once a second, of all together. */
const TELL_EVERY_MS = 1_000;

/**
 * Tells who keeps something that was made from the past (standings, alerts, statements) which checks and streams late data
 * touched, and where: an agent's backlog, a back-fill, an event that changed. One interval for each, around all of it.
 */
export class LateArrivals {
  readonly #clock: Pick<Clock, 'nowMs' | 'after'>;
  readonly #listeners = new Set<Listener>();
  readonly #waiting = { check: new Map<string, Span>(), stream: new Map<string, Span>() };
  #cancel: (() => void) | null = null;

  constructor(clock: Pick<Clock, 'nowMs' | 'after'>) {
    this.#clock = clock;
  }

  /** Hears of late data from now on, until the returned function is called. */
  subscribe(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Observations that were just stored. */
  noteObservations({ checks }: Batch): void {
    const lateBeforeMs = this.#clock.nowMs() - LATE_MS;
    for (const { check, every_ms: everyMs, at_ms: instants } of checks) {
      let fromMs = Number.POSITIVE_INFINITY;
      let lastMs = Number.NEGATIVE_INFINITY;
      for (const atMs of instants) {
        fromMs = Math.min(fromMs, atMs);
        lastMs = Math.max(lastMs, atMs);
      }
      if (fromMs <= lateBeforeMs) this.#note('check', check, { fromMs, toMs: lastMs + HOLD_INTERVALS * everyMs });
    }
  }

  /** Events that were just stored. */
  noteEvents(events: readonly Event[]): void {
    const lateBeforeMs = this.#clock.nowMs() - LATE_MS;
    for (const { stream, atMs, endedAtMs } of events) {
      if (atMs <= lateBeforeMs) this.#note('stream', stream, { fromMs: atMs, toMs: (endedAtMs ?? atMs) + 1 });
    }
  }

  stop(): void {
    this.#cancel?.();
    this.#listeners.clear();
  }

  #note(of: LateChange['of'], name: string, span: Span): void {
    const known = this.#waiting[of].get(name);
    if (known === undefined) this.#waiting[of].set(name, span);
    else {
      if (span.fromMs < known.fromMs) known.fromMs = span.fromMs;
      if (span.toMs > known.toMs) known.toMs = span.toMs;
    }
    this.#cancel ??= this.#clock.after(TELL_EVERY_MS, () => this.#tell());
  }

  #tell(): void {
    this.#cancel = null;
    const changes: LateChange[] = [];
    for (const kind of ['check', 'stream'] as const) {
      for (const [name, span] of this.#waiting[kind]) changes.push({ of: kind, name, ...span });
      this.#waiting[kind].clear();
    }
    for (const listener of this.#listeners) listener(changes);
  }
}
