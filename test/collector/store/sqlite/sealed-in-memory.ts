import { holdsUntilMs, type Observation } from '@nines/shared/observation.ts';
import { toColumns } from '@nines/shared/wire.ts';
import Sqlite from 'better-sqlite3';
import type { Journal } from '../../../../collector/src/evaluate/journal-reader.ts';
import type { Archive, QuantileRequest, SealedRunsRequest } from '../../../../collector/src/store/archive.ts';
import { hasInstantIn } from '../../../../collector/src/store/extent.ts';
import { packedDelivery, toGroup } from '../../../../collector/src/store/sqlite/journal-group.ts';
import { JournalReader } from '../../../../collector/src/store/sqlite/journal-reader.ts';
import { JournalWriter } from '../../../../collector/src/store/sqlite/journal-writer.ts';
import { QuantileReader } from '../../../../collector/src/store/sqlite/quantile-reader.ts';
import { migrate } from '../../../../collector/src/store/sqlite/schema.ts';
import { SealedReader, seriesOf } from '../../../../collector/src/store/sqlite/sealed-reader.ts';
import { Sealer } from '../../../../collector/src/store/sqlite/sealer.ts';
import { ALL_SERIES } from '../../../../collector/src/store/sqlite/share-of-series.ts';
import { SketchReader } from '../../../../collector/src/store/sqlite/sketch-reader.ts';
import { entryOf } from '../../../../collector/src/store/sqlite/stored-entry.ts';
import type { JournalEntry } from '../../../../collector/src/store/store.ts';

type Threshold = Parameters<Archive['thresholdWeeks']>[0];

/** The SQLite store's own parts on a database in memory, without threads: what a property test can afford. */
export class SealedInMemory implements Journal, Pick<Archive, 'sealed' | 'sealedAgents'> {
  readonly database = new Sqlite(':memory:');
  readonly #writer: JournalWriter;
  readonly #reader: JournalReader;
  readonly #sealed: SealedReader;
  readonly #sealer: Sealer;
  #sequence = 0;

  constructor(roundedValues: ReadonlySet<string> = new Set()) {
    migrate(this.database);
    this.#writer = new JournalWriter(this.database);
    this.#reader = new JournalReader(this.database);
    this.#sealed = new SealedReader(this.database);
    this.#sealer = new Sealer(this.database, { maxSkewMs: 30_000, roundedValues });
  }

  /** Stores a batch of one agent, received five seconds after its newest run, and gives back its entry. */
  append(agent: string, observations: readonly Observation[]): JournalEntry {
    const sequence = ++this.#sequence;
    const batch = { version: 1, agent, spool: 'spool-0001', sequence, checks: toColumns(observations) } as const;
    const receivedAtMs = Math.max(...observations.map((one) => one.atMs)) + 5_000;
    const delivery = packedDelivery({ batch, receivedAtMs, skewMs: 0 });
    const position = this.#writer.append(toGroup([delivery])).positions[0] ?? Number.NaN;
    return { position, batch, receivedAtMs, skewMs: 0 };
  }

  /** All that upkeep finds to do at an instant; the number of observations that were sealed. */
  seal(nowMs: number): number {
    let sealed = 0;
    for (let hasMore = true; hasMore; ) {
      const report = this.#sealer.step(nowMs);
      sealed += report.sealed;
      hasMore = report.hasMore;
    }
    return sealed;
  }

  get batches(): number {
    return this.#reader.countBatches();
  }

  async *tail(afterPosition: number): AsyncGenerator<JournalEntry> {
    for (const row of this.#reader.after([afterPosition]).rows) yield entryOf(row);
  }

  async *entriesBetween(fromMs: number, toMs: number): AsyncGenerator<JournalEntry> {
    for (const row of this.#reader.between([fromMs, -1, -1], toMs).rows) {
      const entry = entryOf(row);
      if (hasInstantIn(entry.batch, fromMs, toMs)) yield entry;
    }
  }

  async *sealed() {
    yield* seriesOf(this.#sealed.page(0));
  }

  async sealedAgents() {
    return this.#sealed.agentStates();
  }

  async sealedRuns(request: SealedRunsRequest) {
    return this.#sealed.runs(request);
  }

  async durationSketches(interval: { readonly fromMs: number; readonly toMs: number }) {
    return new SketchReader(this.database, this.#sealed.chunks).between(interval, ALL_SERIES);
  }

  async durationQuantiles(request: QuantileRequest) {
    return new QuantileReader(this.database, this.#sealed.chunks).of(request, ALL_SERIES);
  }

  damages() {
    return this.#sealed.damages();
  }

  covered() {
    return this.#sealed.covered();
  }

  prepareThresholds(wanted: readonly Threshold[]) {
    return this.#sealer.prepareThresholds(wanted);
  }

  /** Makes the next step ready: it seals what there is now. */
  makeReady(nowMs: number): void {
    this.#sealer.makeReady(nowMs);
  }

  /** One step of upkeep; whether there is more to do. */
  step(nowMs: number): boolean {
    return this.#sealer.step(nowMs).hasMore;
  }

  async thresholdWeeks(threshold: Threshold) {
    return this.#sealer.thresholdWeeks(threshold);
  }

  async holdStill() {
    return () => {};
  }
}

/** An instant at which everything that was observed is closed. */
export function longAfter(observations: readonly Observation[]): number {
  return Math.max(0, ...observations.map(holdsUntilMs)) + 30 * 86_400_000;
}
