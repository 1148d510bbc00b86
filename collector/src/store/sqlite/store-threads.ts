import { mkdir } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { dirname } from 'node:path';
import type { Logger } from 'pino';
import { StoreError } from '../store.ts';
import type { CheckpointVerbs } from './checkpoint-thread.ts';
import { Checkpoints } from './checkpoints.ts';
import { toStoreError } from './fault.ts';
import { GroupCommit, type GroupCommitOptions } from './group-commit.ts';
import type { ReaderVerbs } from './reader-thread.ts';
import { ThreadLink } from './thread-link.ts';
import type { UpkeepSettings, UpkeepVerbs } from './upkeep-thread.ts';
import type { WriterSettings, WriterVerbs } from './writer-thread.ts';

/** Two share the work of a long read; more would take the processor from what has to be quick. */
const SCANNERS = Math.min(2, availableParallelism());

/** Of those that read and write: what they handle is in arrays outside of the heap, or goes on to another thread at once. */
const YOUNG_MB = 8;

export type StoreLog = Pick<Logger, 'info' | 'error'>;

interface Started {
  readonly reader: ThreadLink<ReaderVerbs>;
  /** `null` when the store was opened for reading only. */
  readonly writer: ThreadLink<WriterVerbs> | null;
}

/** The threads that work on one file, each with its own connection; those that are seldom needed start when they are. */
export class StoreThreads {
  readonly file: string;
  readonly log: StoreLog | undefined;
  readonly #upkeepSettings: UpkeepSettings;
  readonly #reader: ThreadLink<ReaderVerbs>;
  readonly #writer: ThreadLink<WriterVerbs> | null;
  readonly #checkpoints: Checkpoints;
  readonly #whenIdle: (() => Promise<void>)[] = [];
  #checkpointer: ThreadLink<CheckpointVerbs> | null = null;
  #upkeeper: ThreadLink<UpkeepVerbs> | null = null;
  #scanners: readonly ThreadLink<ReaderVerbs>[] = [];
  #isFailing = false;
  #isClosed = false;

  constructor(settings: UpkeepSettings, { reader, writer }: Started, log: StoreLog | undefined) {
    this.file = settings.file;
    this.log = log;
    this.#upkeepSettings = settings;
    this.#reader = reader;
    this.#writer = writer;
    this.#checkpoints = new Checkpoints({
      beside: () => this.#checkpointBeside(),
      inWriter: () => this.writing().ask('checkpoint', null),
    });
  }

  get isReadOnly(): boolean {
    return this.#writer === null;
  }

  /** The reading thread; throws `StoreError` once the store is closed. */
  reading(): ThreadLink<ReaderVerbs> {
    this.#requireOpen();
    return this.#reader;
  }

  /**
   * Threads for reads that take long, so that no short one waits behind them; started when they are first needed. Throws
   * as `reading`.
   */
  scanning(): readonly [ThreadLink<ReaderVerbs>, ...ThreadLink<ReaderVerbs>[]] {
    this.#requireOpen();
    const [first, ...others] = this.#scanners.length > 0 ? this.#scanners : this.#startScanners();
    if (first === undefined) throw new Error('there is a thread at least');
    return [first, ...others];
  }

  /** Every reading thread that was started: each knows of the damage that it came upon. */
  readers(): readonly ThreadLink<ReaderVerbs>[] {
    return [this.reading(), ...this.#scanners];
  }

  /** The writing thread; throws `StoreError` once the store is closed, or when it was opened for reading only. */
  writing(): ThreadLink<WriterVerbs> {
    this.#requireOpen();
    if (this.#writer === null) throw new StoreError('io', `${this.file} was opened for reading only`);
    return this.#writer;
  }

  /** As `writing`. A store that is only read, or written beside, never has this thread. */
  upkeeping(): ThreadLink<UpkeepVerbs> {
    this.writing();
    this.#upkeeper ??= new ThreadLink(new URL('./upkeep-thread.ts', import.meta.url), this.#upkeepSettings);
    return this.#upkeeper;
  }

  /** Runs a write, and tells the log when the medium begins to refuse and when it takes again: every sender hears of its own. */
  async write<Outcome>(write: (writer: ThreadLink<WriterVerbs>) => Promise<Outcome>): Promise<Outcome> {
    try {
      const outcome = await write(this.writing());
      if (this.#isFailing) this.log?.info({ file: this.file }, 'store writes again');
      this.#isFailing = false;
      return outcome;
    } catch (error) {
      // The change of state wakes somebody, once.
      if (!this.#isFailing) this.log?.error({ err: error, file: this.file }, 'store cannot write');
      this.#isFailing = true;
      throw error;
    }
  }

  /** Writes that share transactions; `close` waits for them. */
  grouped<Item, Result>(options: GroupCommitOptions<Item, Result>): GroupCommit<Item, Result> {
    const groups = new GroupCommit(options);
    this.#whenIdle.push(() => groups.idle());
    return groups;
  }

  /** Counts what was written, and starts a checkpoint when it is time. */
  noteWritten(bytes: number, rows: number): void {
    this.#checkpoints.note(bytes, rows);
  }

  /** Ends them all once what was begun is done. */
  async close(): Promise<void> {
    if (this.#isClosed) return;
    await Promise.all(this.#whenIdle.map((idle) => idle()));
    this.#isClosed = true;
    await this.#upkeeper?.end();
    // The writer last: the last connection to let go moves the WAL into the file.
    await this.#checkpoints.idle();
    const readers = [this.#reader, ...this.#scanners];
    await Promise.all([...readers.map((reader) => reader.end()), this.#checkpointer?.end()]);
    await this.#writer?.end();
  }

  /** The thread is started when it is first needed: a collector of a few agents never does. */
  #checkpointBeside(): Promise<void> {
    this.#checkpointer ??= new ThreadLink(new URL('./checkpoint-thread.ts', import.meta.url), { file: this.file });
    return this.#checkpointer.ask('checkpoint', null);
  }

  #startScanners(): readonly ThreadLink<ReaderVerbs>[] {
    this.#scanners = Array.from({ length: SCANNERS }, () => startReader(this.file));
    return this.#scanners;
  }

  #requireOpen(): void {
    if (this.#isClosed) throw new StoreError('io', `${this.file} is closed`);
  }
}

function startReader(file: string): ThreadLink<ReaderVerbs> {
  return new ThreadLink(new URL('./reader-thread.ts', import.meta.url), { file }, YOUNG_MB);
}

/** Starts the threads that every store has; rejects with `StoreError` when the file cannot be used. */
export async function startThreads(
  settings: UpkeepSettings,
  access: 'collect' | 'administer' | 'read',
  log: StoreLog | undefined,
): Promise<StoreThreads> {
  const { file } = settings;
  // Loading its code takes as long as opening the file, which the writer has to do first.
  const reader = startReader(file);
  let writer: ThreadLink<WriterVerbs> | null = null;
  try {
    writer = access === 'read' ? null : await startWriter({ file, exclusive: access === 'collect' }, log);
    await reader.ask('open', null);
  } catch (error) {
    await Promise.all([reader.end(), writer?.end()]);
    throw error;
  }
  return new StoreThreads(settings, { reader, writer }, log);
}

async function startWriter(settings: WriterSettings, log: StoreLog | undefined): Promise<ThreadLink<WriterVerbs>> {
  const { file } = settings;
  await makeFolder(dirname(file));
  const writer = new ThreadLink<WriterVerbs>(new URL('./writer-thread.ts', import.meta.url), settings, YOUNG_MB);
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
