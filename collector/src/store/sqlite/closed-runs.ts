import { type AgentSeen, AgentsSeen, disbelievedOf } from '../../evaluate/agents-seen.ts';
import type { CountedEntry } from '../../evaluate/journal-reader.ts';
import type { Envelope, PackedBatch } from '../batch/packed-batch.ts';
import type { RunsBuilder } from '../runs-builder.ts';
import type { JournalEntry } from '../store.ts';
import type { DeliveredBatch } from './delivered-ranges.ts';
import type { UnreadableBatch } from './set-aside.ts';

/** The observations of one series that are to be sealed. */
export interface ClosedSeries {
  readonly agent: string;
  readonly check: string;
  readonly builder: RunsBuilder;
}

/** What one step takes out of the journal, gathered by series batch by batch: no batch stays in memory as it was read. */
export class ClosedRuns {
  readonly positions: number[] = [];
  readonly batches: DeliveredBatch[] = [];
  /** Batches that are to be set aside. */
  readonly unreadable: UnreadableBatch[] = [];
  readonly #agents = new AgentsSeen();
  readonly #byAgent = new Map<string, Map<string, ClosedSeries>>();
  readonly #newBuilder: () => RunsBuilder;
  #observations = 0;

  /** `known` is what agents said of themselves in batches that were sealed before. */
  constructor(known: readonly AgentSeen[], newBuilder: () => RunsBuilder) {
    this.#newBuilder = newBuilder;
    for (const seen of known) this.#agents.restore(seen);
  }

  get observations(): number {
    return this.#observations;
  }

  get agents(): readonly AgentSeen[] {
    return this.#agents.all();
  }

  /** A batch as it counts. */
  add(entry: JournalEntry, { checks, shiftMs, position }: CountedEntry): void {
    const { agent } = entry.batch;
    this.#noteBatch(position, entry.batch);
    this.#agents.note(entry, disbelievedOf(entry, shiftMs));
    for (const columns of checks) {
      this.#builderOf(agent, columns.check).addColumns(columns);
      this.#observations += columns.at_ms.length;
    }
  }

  /** A batch whose instants are believed, straight from how it is stored. Throws `BlockError`. */
  addPacked(
    { envelope, read }: PackedBatch,
    received: Pick<JournalEntry, 'position' | 'receivedAtMs' | 'skewMs'>,
  ): void {
    this.#noteBatch(received.position, envelope);
    this.#agents.note({ ...received, batch: envelope });
    this.#observations += read((check) => this.#builderOf(envelope.agent, check));
  }

  #noteBatch(position: number, { agent, spool, sequence }: Envelope): void {
    this.positions.push(position);
    this.batches.push({ agent, spool, sequence });
  }

  #builderOf(agent: string, check: string): RunsBuilder {
    let ofAgent = this.#byAgent.get(agent);
    if (ofAgent === undefined) {
      ofAgent = new Map();
      this.#byAgent.set(agent, ofAgent);
    }
    let series = ofAgent.get(check);
    if (series === undefined) {
      series = { agent, check, builder: this.#newBuilder() };
      ofAgent.set(check, series);
    }
    return series.builder;
  }

  *series(): Generator<ClosedSeries> {
    for (const ofAgent of this.#byAgent.values()) yield* ofAgent.values();
  }
}
