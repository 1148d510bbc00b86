import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { canonicalJson } from '@nines/shared/config/canonical-json.ts';
import type { Logger } from 'pino';
import type { Alert } from '../../alerts/alert.ts';
import type { AlertChanges } from '../alerts.ts';
import {
  type Covered,
  type Damage,
  KEEP_ALL,
  type PackedThresholdWeek,
  type Retention,
  type SealedRunsRequest,
  type SealedSeries,
  type SealedThreshold,
  type SeriesRuns,
  type SeriesSketch,
  type ThresholdProgress,
  type UpkeepReport,
} from '../archive.ts';
import type { ContractVersion, RecordedContract } from '../contracts.ts';
import type { EventRequest, EventStream, EventsPut, ReceivedEvents, StoredEvent } from '../events.ts';
import { hasInstantIn } from '../extent.ts';
import type { EntryDraft, LedgerEntry, LedgerHead, LedgerRequest } from '../ledger.ts';
import {
  type AgentToken,
  type Appended,
  type AssignedPair,
  type Assignment,
  type Delivery,
  type JournalEntry,
  type Store,
  StoreError,
  type StoreSize,
} from '../store.ts';
import { bytesOf } from './bytes-of.ts';
import type { CheckpointVerbs } from './checkpoint-thread.ts';
import { Checkpoints } from './checkpoints.ts';
import { toStoreError } from './fault.ts';
import { GroupCommit } from './group-commit.ts';
import { toGroup } from './journal-group.ts';
import type { Chunk, Cursor } from './journal-reader.ts';
import type { ReaderVerbs } from './reader-thread.ts';
import type { SealedPage } from './sealed-reader.ts';
import type { SealerOptions } from './sealer.ts';
import type { UnreadableBatch } from './set-aside.ts';
import { Stillness } from './stillness.ts';
import { storeFile } from './store-file.ts';
import { entryOf, readableOr } from './stored-entry.ts';
import { ThreadLink } from './thread-link.ts';
import type { UpkeepSettings, UpkeepVerbs } from './upkeep-thread.ts';
import type { WriterSettings, WriterVerbs } from './writer-thread.ts';

/** How a SQLite store is opened. */
export interface SqliteOptions extends SealerOptions {
  readonly directory: string;
  /** `collect` owns the folder and is refused when another does; `administer` may write beside it; `read` never writes. */
  readonly access: 'collect' | 'administer' | 'read';
  readonly log: StoreLog | undefined;
}

/** What a sealed observation writes: its chunk, its rollups, the journal's freed pages. */
const SEALED_BYTES = 20;

/** What an event takes in the journal of the file, its two indexes included, more or less. */
const EVENT_BYTES = 600;

/** So many events are read at a time: some milliseconds of the reading thread. */
const EVENTS_A_PAGE = 500;

/** A statement may have some hundred kilobytes. */
const ENTRIES_A_PAGE = 50;

type StoreLog = Pick<Logger, 'info' | 'error'>;

interface Threads {
  readonly reader: ThreadLink<ReaderVerbs>;
  readonly writer: ThreadLink<WriterVerbs> | null;
}

/** Opens the store in the folder, made when absent. Rejects with `StoreError`; a file it refuses stays as it was. */
export async function openSqliteStore({ directory, access, log, ...sealing }: SqliteOptions): Promise<Store> {
  const file = storeFile(directory);
  const writer = access === 'read' ? null : await startWriter({ file, exclusive: access === 'collect' }, log);
  const reader = new ThreadLink<ReaderVerbs>(new URL('./reader-thread.ts', import.meta.url), { file });
  try {
    await reader.ask('open', null);
  } catch (error) {
    await Promise.all([reader.end(), writer?.end()]);
    throw error;
  }
  log?.info({ file, access }, 'store opened');
  return new SqliteStore({ file, ...sealing }, { reader, writer }, log);
}

async function startWriter(settings: WriterSettings, log: StoreLog | undefined): Promise<ThreadLink<WriterVerbs>> {
  const { file } = settings;
  await makeFolder(dirname(file));
  const writer = new ThreadLink<WriterVerbs>(new URL('./writer-thread.ts', import.meta.url), settings);
  try {
    const { copy } = await writer.ask('open', null);
    if (copy !== null) log?.info({ file, copy }, 'store brought to the schema of this version, after a copy');
    return writer;
  } catch (error) {
    await writer.end();
    throw error;
  }
}

/** The folder holds what customers are billed by: nobody but its owner may look. */
async function makeFolder(directory: string): Promise<void> {
  try {
    await mkdir(directory, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw toStoreError(error, directory);
  }
}

class SqliteStore implements Store {
  readonly #file: string;
  readonly #reader: ThreadLink<ReaderVerbs>;
  readonly #writer: ThreadLink<WriterVerbs> | null;
  readonly #groups: GroupCommit<Delivery, Appended>;
  readonly #eventGroups: GroupCommit<ReceivedEvents, EventsPut>;
  readonly #checkpoints: Checkpoints;
  readonly #upkeepSettings: UpkeepSettings;
  readonly #stillness = new Stillness();
  readonly #log: StoreLog | undefined;
  #checkpointer: ThreadLink<CheckpointVerbs> | null = null;
  #upkeeper: ThreadLink<UpkeepVerbs> | null = null;
  #isFailing = false;
  #isClosed = false;

  constructor(settings: UpkeepSettings, { reader, writer }: Threads, log: StoreLog | undefined) {
    this.#file = settings.file;
    this.#upkeepSettings = settings;
    this.#reader = reader;
    this.#writer = writer;
    this.#log = log;
    this.#groups = new GroupCommit({
      write: (group) => this.#writeGroup(group),
      bytesOf: ({ body }) => body.byteLength,
    });
    this.#eventGroups = new GroupCommit({
      write: (group) => this.#writeEvents(group),
      bytesOf: ({ events }) => events.length * EVENT_BYTES,
    });
    this.#checkpoints = new Checkpoints({
      beside: () => this.#checkpointBeside(),
      inWriter: () => this.#writing().ask('checkpoint', null),
    });
  }

  async append(delivery: Delivery): Promise<Appended> {
    this.#writing();
    return this.#groups.append(delivery);
  }

  async *tail(afterPosition: number): AsyncGenerator<JournalEntry> {
    yield* this.#entries([afterPosition], (cursor) => this.#reading().ask('after', cursor));
  }

  async *entriesBetween(fromMs: number, toMs: number): AsyncGenerator<JournalEntry> {
    const read = (cursor: Cursor) => this.#reading().ask('between', { cursor, toMs });
    for await (const entry of this.#entries([fromMs, -1, -1], read)) {
      if (hasInstantIn(entry.batch, fromMs, toMs)) yield entry;
    }
  }

  async putEvents(received: ReceivedEvents): Promise<EventsPut> {
    this.#writing();
    return this.#eventGroups.append(received);
  }

  async *events(request: EventRequest): AsyncGenerator<StoredEvent> {
    let { after, limit: wanted = Number.POSITIVE_INFINITY } = request;
    while (wanted > 0) {
      const limit = Math.min(wanted, EVENTS_A_PAGE);
      const page = await this.#reading().ask('events', { ...request, ...(after && { after }), limit });
      yield* page;
      if (page.length < limit) return;
      wanted -= page.length;
      after = page.at(-1);
    }
  }

  async eventStreams(): Promise<readonly EventStream[]> {
    return this.#reading().ask('eventStreams', null);
  }

  async appendEntry(draft: EntryDraft, afterSequence: number): Promise<LedgerEntry | null> {
    // What cannot be hashed is refused here: over there it would end the process.
    canonicalJson(draft.body);
    return this.#write(() => this.#writing().ask('appendEntry', { draft, afterSequence }));
  }

  async *ledger(request: LedgerRequest = {}): AsyncGenerator<LedgerEntry> {
    for (let after: number | null = request.after ?? 0; after !== null; ) {
      const page: readonly LedgerEntry[] = await this.#reading().ask('ledger', {
        ...request,
        after,
        limit: ENTRIES_A_PAGE,
      });
      yield* page;
      after = page.length < ENTRIES_A_PAGE ? null : (page.at(-1)?.sequence ?? null);
    }
  }

  async ledgerHead(): Promise<LedgerHead> {
    return this.#reading().ask('ledgerHead', null);
  }

  async addToken(token: AgentToken): Promise<void> {
    return this.#writing().ask('addToken', token);
  }

  async revokeTokens(agent: string, configuredHashes: readonly Uint8Array[], atMs: number): Promise<number> {
    return this.#writing().ask('revokeTokens', { agent, configuredHashes, atMs });
  }

  async tokens(): Promise<readonly AgentToken[]> {
    return this.#reading().ask('tokens', null);
  }

  async recordAssignments(pairs: readonly AssignedPair[], atMs: number): Promise<void> {
    return this.#writing().ask('recordAssignments', { pairs, atMs });
  }

  async assignments(): Promise<readonly Assignment[]> {
    return this.#reading().ask('assignments', null);
  }

  async recordContracts(versions: readonly ContractVersion[], atMs: number): Promise<void> {
    return this.#writing().ask('recordContracts', { versions, atMs });
  }

  async contracts(): Promise<readonly RecordedContract[]> {
    return this.#reading().ask('contracts', null);
  }

  async changeAlerts(changes: AlertChanges): Promise<void> {
    return this.#write(() => this.#writing().ask('changeAlerts', changes));
  }

  async alerts(): Promise<readonly Alert[]> {
    return this.#reading().ask('alerts', null);
  }

  async *sealed(): AsyncGenerator<SealedSeries> {
    for (let afterId: number | null = 0; afterId !== null; ) {
      const page: SealedPage = await this.#reading().ask('sealed', { afterId });
      yield* page.series;
      afterId = page.next;
    }
  }

  async sealedAgents(): Promise<readonly string[]> {
    return this.#reading().ask('sealedAgents', null);
  }

  async sealedRuns(request: SealedRunsRequest): Promise<readonly SeriesRuns[]> {
    return this.#reading().ask('sealedRuns', request);
  }

  async durationSketches(interval: {
    readonly fromMs: number;
    readonly toMs: number;
  }): Promise<readonly SeriesSketch[]> {
    return this.#reading().ask('durationSketches', interval);
  }

  async damages(): Promise<readonly Damage[]> {
    return this.#reading().ask('damages', null);
  }

  async prepareThresholds(wanted: readonly SealedThreshold[]): Promise<readonly ThresholdProgress[]> {
    return this.#upkeeping().ask('prepareThresholds', wanted);
  }

  async thresholdWeeks(threshold: SealedThreshold): Promise<readonly PackedThresholdWeek[]> {
    return this.#upkeeping().ask('thresholdWeeks', threshold);
  }

  async holdStill(): Promise<() => void> {
    return this.#stillness.hold();
  }

  async covered(): Promise<Covered> {
    return this.#reading().ask('covered', null);
  }

  async upkeep(nowMs: number, retention: Retention = KEEP_ALL): Promise<UpkeepReport> {
    const report = await this.#stillness.move(() => this.#upkeeping().ask('step', { nowMs, retention }));
    this.#checkpoints.note(report.sealed * SEALED_BYTES, report.merged);
    return report;
  }

  async tryWrite(): Promise<void> {
    return this.#write(() => this.#writing().ask('tryWrite', null));
  }

  async size(): Promise<StoreSize> {
    const batches = await this.#reading().ask('countBatches', null);
    const sizes = await Promise.all([bytesOf(this.#file), bytesOf(`${this.#file}-wal`)]);
    return { bytes: sizes.reduce((sum, bytes) => sum + bytes, 0), batches };
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    await Promise.all([this.#groups.idle(), this.#eventGroups.idle()]);
    this.#isClosed = true;
    await this.#upkeeper?.end();
    // The writer last: the last connection to let go moves the WAL into the file.
    await this.#checkpoints.idle();
    await Promise.all([this.#reader.end(), this.#checkpointer?.end()]);
    await this.#writer?.end();
  }

  async #writeGroup(deliveries: readonly Delivery[]): Promise<Appended[]> {
    const group = toGroup(deliveries);
    const transfer = [group.numbers.buffer, group.bodies.buffer];
    const { positions, duplicates, bytes } = await this.#write(() => this.#writing().ask('append', group, transfer));
    this.#checkpoints.note(bytes, deliveries.length);
    return deliveries.map((_, index) => ({
      position: positions[index] ?? Number.NaN,
      duplicate: duplicates[index] === 1,
    }));
  }

  async #writeEvents(requests: readonly ReceivedEvents[]): Promise<readonly EventsPut[]> {
    const answers = await this.#write(() => this.#writing().ask('putEvents', requests));
    const stored = answers.reduce((sum, answer) => sum + answer.stored, 0);
    this.#checkpoints.note(stored * EVENT_BYTES, stored);
    return answers;
  }

  async #write<Outcome>(write: () => Promise<Outcome>): Promise<Outcome> {
    try {
      const outcome = await write();
      if (this.#isFailing) this.#log?.info({ file: this.#file }, 'store writes again');
      this.#isFailing = false;
      return outcome;
    } catch (error) {
      // The change of state wakes somebody, once; every sender hears of its own.
      if (!this.#isFailing) this.#log?.error({ err: error, file: this.#file }, 'store cannot write');
      this.#isFailing = true;
      throw error;
    }
  }

  /** The thread is started when it is first needed: a collector of a few agents never does. */
  #checkpointBeside(): Promise<void> {
    this.#checkpointer ??= new ThreadLink(new URL('./checkpoint-thread.ts', import.meta.url), { file: this.#file });
    return this.#checkpointer.ask('checkpoint', null);
  }

  /** As with checkpoints: a store that is only read, or written beside, has none. */
  #upkeeping(): ThreadLink<UpkeepVerbs> {
    this.#writing();
    this.#upkeeper ??= new ThreadLink(new URL('./upkeep-thread.ts', import.meta.url), this.#upkeepSettings);
    return this.#upkeeper;
  }

  #reading(): ThreadLink<ReaderVerbs> {
    if (this.#isClosed) throw new StoreError('io', `${this.#file} is closed`);
    return this.#reader;
  }

  #writing(): ThreadLink<WriterVerbs> {
    if (this.#isClosed) throw new StoreError('io', `${this.#file} is closed`);
    if (this.#writer === null) throw new StoreError('io', `${this.#file} was opened for reading only`);
    return this.#writer;
  }

  async *#entries(first: Cursor, read: (cursor: Cursor) => Promise<Chunk>): AsyncGenerator<JournalEntry> {
    for (let cursor: Cursor | null = first; cursor !== null; ) {
      const chunk: Chunk = await read(cursor);
      const unreadable = [...chunk.unreadable];
      for (const row of chunk.rows) {
        const { position } = row;
        const entry = readableOr(
          () => entryOf(row),
          (why) => unreadable.push({ position, why }),
        );
        if (entry !== null) yield entry;
      }
      if (unreadable.length > 0) await this.#setAside(unreadable);
      cursor = chunk.next;
    }
  }

  /** One damaged batch is no reason to do without all the others; its time is unknown from now on. */
  async #setAside(batches: readonly UnreadableBatch[]): Promise<void> {
    if (this.#writer === null) throw new StoreError('corrupt', batches[0]?.why ?? '');
    this.#log?.error({ file: this.#file, batches }, 'stored batches cannot be read and are set aside');
    await this.#writing().ask('setAside', batches);
  }
}
