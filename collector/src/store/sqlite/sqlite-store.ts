import { mkdir, stat } from 'node:fs/promises';
import type { Batch } from '@nines/shared/wire.ts';
import type { Logger } from 'pino';
import { hasInstantIn } from '../extent.ts';
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
import type { CheckpointVerbs } from './checkpoint-thread.ts';
import { Checkpoints } from './checkpoints.ts';
import { toStoreError } from './fault.ts';
import { GroupCommit } from './group-commit.ts';
import type { GroupOutcome, JournalGroup } from './journal-group.ts';
import type { Chunk, Cursor, StoredText } from './journal-reader.ts';
import type { ReaderVerbs } from './reader-thread.ts';
import { storeFile } from './store-file.ts';
import { ThreadLink } from './thread-link.ts';
import type { WriterSettings, WriterVerbs } from './writer-thread.ts';

/** How a SQLite store is opened. */
export interface SqliteOptions {
  readonly directory: string;
  /** `collect` owns the folder and is refused when another does; `administer` may write beside it; `read` never writes. */
  readonly access: 'collect' | 'administer' | 'read';
  readonly log: StoreLog | undefined;
}

type StoreLog = Pick<Logger, 'info' | 'error'>;

interface Threads {
  readonly reader: ThreadLink<ReaderVerbs>;
  readonly writer: ThreadLink<WriterVerbs> | null;
}

/** Opens the store in the folder, made when absent. Rejects with `StoreError`; a file it refuses stays as it was. */
export async function openSqliteStore({ directory, access, log }: SqliteOptions): Promise<Store> {
  const file = storeFile(directory);
  const writer = access === 'read' ? null : await startWriter(directory, { file, exclusive: access === 'collect' });
  const reader = new ThreadLink<ReaderVerbs>(new URL('./reader-thread.ts', import.meta.url), { file });
  try {
    await reader.ask('open', null);
  } catch (error) {
    await Promise.all([reader.end(), writer?.end()]);
    throw error;
  }
  log?.info({ file, access }, 'store opened');
  return new SqliteStore(file, { reader, writer }, log);
}

async function startWriter(directory: string, settings: WriterSettings): Promise<ThreadLink<WriterVerbs>> {
  await makeFolder(directory);
  const writer = new ThreadLink<WriterVerbs>(new URL('./writer-thread.ts', import.meta.url), settings);
  try {
    await writer.ask('open', null);
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
  readonly #groups: GroupCommit;
  readonly #checkpoints: Checkpoints;
  readonly #log: StoreLog | undefined;
  #checkpointer: ThreadLink<CheckpointVerbs> | null = null;
  #isFailing = false;
  #isClosed = false;

  constructor(file: string, { reader, writer }: Threads, log: StoreLog | undefined) {
    this.#file = file;
    this.#reader = reader;
    this.#writer = writer;
    this.#log = log;
    this.#groups = new GroupCommit((group) => this.#write(group));
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

  async size(): Promise<StoreSize> {
    const batches = await this.#reading().ask('countBatches', null);
    const sizes = await Promise.all([bytesOf(this.#file), bytesOf(`${this.#file}-wal`)]);
    return { bytes: sizes.reduce((sum, bytes) => sum + bytes, 0), batches };
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    await this.#groups.idle();
    this.#isClosed = true;
    // The writer last: the last connection to let go moves the WAL into the file.
    await this.#checkpoints.idle();
    await Promise.all([this.#reader.end(), this.#checkpointer?.end()]);
    await this.#writer?.end();
  }

  async #write(group: JournalGroup): Promise<GroupOutcome> {
    try {
      const outcome = await this.#writing().ask('append', group, [group.numbers.buffer, group.bodies.buffer]);
      if (this.#isFailing) this.#log?.info({ file: this.#file }, 'store writes again');
      this.#isFailing = false;
      this.#checkpoints.note(outcome.bytes, group.agents.length);
      return outcome;
    } catch (error) {
      // The change of state wakes somebody, once; every sender hears of its own batch.
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
      for (const row of chunk.rows) yield toEntry(row);
      cursor = chunk.next;
    }
  }
}

const DECODER = new TextDecoder();

function toEntry({ position, receivedAtMs, skewMs, text }: StoredText): JournalEntry {
  try {
    return { position, batch: parseStored(text), receivedAtMs, skewMs };
  } catch (error) {
    throw new StoreError('corrupt', `the stored batch ${position} cannot be read`, { cause: error });
  }
}

/** Safe: only text that `parseBatch` accepted is ever stored, and it is read back byte for byte. */
function parseStored(text: Uint8Array): Batch {
  return JSON.parse(DECODER.decode(text)) as Batch;
}

async function bytesOf(file: string): Promise<number> {
  try {
    return (await stat(file)).size;
  } catch (error) {
    const fault = toStoreError(error, file);
    // A WAL that is not there takes no room.
    if (fault instanceof StoreError) return 0;
    throw fault;
  }
}
