import { countObservations } from '@nines/shared/observation.ts';
import type { Head } from './evaluate/head.ts';
import type { LateArrivals } from './evaluate/late-arrivals.ts';
import type { RecentEvents } from './evaluate/recent-events.ts';
import type { Statements } from './ledger/statements.ts';
import type { ProgramMetrics } from './metrics/program.ts';
import type { CallCounts } from './phone/call-counts.ts';
import type { EventsPut, ReceivedEvents } from './store/events.ts';
import type { Appended, Delivery, JournalEntry, Store } from './store/store.ts';
import type { WriteWatch } from './store/write-watch.ts';

export interface IntakeOptions {
  readonly store: Pick<Store, 'append' | 'putEvents'>;
  readonly writes: Pick<WriteWatch, 'during'>;
  readonly head: Pick<Head, 'apply'>;
  readonly recentEvents: Pick<RecentEvents, 'note'>;
  readonly callCounts: Pick<CallCounts, 'note'>;
  readonly lateArrivals: Pick<LateArrivals, 'noteObservations' | 'noteEvents'>;
  readonly statements: Pick<Statements, 'touchByBatch' | 'touchByEvents'>;
  readonly metrics: Pick<ProgramMetrics, 'batches' | 'observations' | 'eventRequests' | 'events'>;
}

const STORED = { result: 'stored' } as const;

/** Where all that arrives is stored, and then told to everybody who lives from it. */
export class Intake {
  readonly #options: IntakeOptions;

  constructor(options: IntakeOptions) {
    this.#options = options;
  }

  /** Stores a batch. Rejects with `StoreError`. */
  append(delivery: Delivery): Promise<Appended> {
    const { store, writes } = this.#options;
    return writes.during(() => store.append(delivery));
  }

  /** Stores events, whoever they are from: a request, or the collector's own heartbeats. Rejects with `StoreError`. */
  async putEvents(received: ReceivedEvents): Promise<EventsPut> {
    const { store, writes, recentEvents, callCounts, lateArrivals, statements } = this.#options;
    const put = await writes.during(() => store.putEvents(received));
    recentEvents.note(received, put);
    if (put.stored === 0) return put;
    callCounts.note(received, put);
    lateArrivals.noteEvents(received.events);
    statements.touchByEvents(received.events);
    return put;
  }

  /** A batch of an agent is stored. */
  onStored(entry: JournalEntry): void {
    const { head, lateArrivals, statements, metrics } = this.#options;
    metrics.batches.inc(STORED);
    metrics.observations.inc(countObservations(entry.batch));
    head.apply(entry);
    lateArrivals.noteObservations(entry.batch);
    statements.touchByBatch(entry);
  }

  /** Events of a request are stored, so many of them new. */
  onEventsStored(stored: number): void {
    const { metrics } = this.#options;
    metrics.eventRequests.inc(STORED);
    metrics.events.inc(stored);
  }

  /** A request was refused, or stored before. */
  onNotStored(kind: 'batches' | 'eventRequests', result: string): void {
    this.#options.metrics[kind].inc({ result });
  }
}
