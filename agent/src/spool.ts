import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { errorCode } from '@nines/shared/errors.ts';
import type { Observation } from '@nines/shared/observation.ts';
import type { Clock } from '@nines/shared/time/clock.ts';
import type { AgentStatus } from '@nines/shared/wire.ts';
import type { Logger } from 'pino';
import { formatJournalName } from './spool/batch-name.ts';
import { isSystemError, writeDurably } from './spool/durable-file.ts';
import { type BatchIdentity, Journal } from './spool/journal.ts';
import { lockSpool } from './spool/lock.ts';
import { packBatch } from './spool/pack.ts';
import { batchPath, type PendingBatch, PendingBatches } from './spool/pending.ts';
import { makeSpoolDirectory, readSpool, type SpoolContents } from './spool/recover.ts';
import { RefusedFolder } from './spool/refused.ts';

/** A batch is closed when it has this many observations, however young it is. */
const MAX_OBSERVATIONS = 2_000;
/** With this many batches waiting the collector is away: batches may then be fewer and larger. */
const AWAY_BATCHES = 24;
const AWAY_INTERVAL_MS = 30_000;
/** What is kept in memory while the disk refuses. */
const MAX_MEMORY_BYTES = 8 * 2 ** 20;

export interface SpoolOptions {
  readonly directory: string;
  /** Bounds of what waits for delivery; beyond either the oldest batch goes, and is counted. */
  readonly maxBytes: number;
  readonly maxAgeMs: number;
  /** Age at which the open batch is closed. */
  readonly batchIntervalMs: number;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Process id, for the lock. */
  readonly pid: number;
  /** The name under which batches are delivered. */
  readonly agent: () => string;
  /** What the agent says of itself at the moment a batch is closed. */
  readonly status: () => AgentStatus | undefined;
}

export interface SpoolState {
  readonly bytes: number;
  readonly batches: number;
  readonly oldestAtMs: number | null;
  /** Since the process started. */
  readonly droppedObservations: number;
  readonly refusedBatches: number;
  readonly diskErrors: number;
}

interface OpenBatch {
  readonly identity: BatchIdentity;
  readonly path: string;
  /** `null` when the disk refused: then the batch is only in memory. */
  journal: Journal | null;
  readonly observations: Observation[];
  readonly cancelTimer: () => void;
}

/**
 * Keeps observations until the collector has them. Each is written at once to the journal of the open batch; every few
 * seconds the batch is closed: packed, synced, and only then given out for delivery. When the disk refuses, it goes on
 * in memory within a bound. A spool id is made per process start, so no `(spool, sequence)` is ever used twice.
 */
export class Spool {
  readonly #options: SpoolOptions;
  readonly #id = randomBytes(16).toString('base64url');
  readonly #pending = new PendingBatches();
  readonly #refused: RefusedFolder;
  #unlock: () => void;
  /** Batches in memory with the journal that goes with them, oldest first. */
  readonly #inMemory = new Map<PendingBatch, string>();
  #sequence = 0;
  #open: OpenBatch | null = null;
  #closing: Promise<void> = Promise.resolve();
  #droppedObservations = 0;
  #refusedBatches = 0;
  #diskErrors = 0;
  #isDiskRefusing = false;
  #isDropping = false;
  /** Called whenever a batch is ready for delivery. */
  onBatch: () => void = () => {};

  /** Opens the folder and recovers what an earlier process left. Rejects with `ConfigError` when it cannot be used. */
  static async open(options: SpoolOptions): Promise<Spool> {
    makeSpoolDirectory(options.directory);
    const unlock = lockSpool(options.directory, options.pid);
    const spool = new Spool(options, unlock);
    await spool.#recover(readSpool(options.directory));
    return spool;
  }

  private constructor(options: SpoolOptions, unlock: () => void) {
    this.#options = options;
    this.#unlock = unlock;
    this.#refused = new RefusedFolder(options.directory);
  }

  get state(): SpoolState {
    return {
      bytes: this.#pending.bytes,
      batches: this.#pending.count,
      oldestAtMs: this.#pending.oldestAtMs,
      droppedObservations: this.#droppedObservations,
      refusedBatches: this.#refusedBatches,
      diskErrors: this.#diskErrors,
    };
  }

  /** Records an observation: it survives the death of the process from here on. Never throws for the disk's sake. */
  append(observation: Observation): void {
    this.#open ??= this.#openBatch();
    const batch = this.#open;
    batch.observations.push(observation);
    this.#tryDisk(() => batch.journal?.append(observation), batch);
    if (batch.observations.length >= MAX_OBSERVATIONS) void this.closeBatch();
  }

  /** Closes the open batch; resolves when it is ready for delivery. */
  closeBatch(): Promise<void> {
    const batch = this.#open;
    if (batch !== null) {
      this.#open = null;
      batch.cancelTimer();
      this.#closing = this.#closing.then(() => this.#finish(batch));
    }
    return this.#closing;
  }

  /** The newest batch that is not being delivered; it has to be `delivered`, `refused` or given back. */
  take(): PendingBatch | null {
    return this.#pending.take();
  }

  /** Puts a batch back; `isDeferred` puts it behind all others. */
  giveBack(batch: PendingBatch, isDeferred: boolean): void {
    this.#pending.giveBack(batch, isDeferred);
  }

  /** The body of a taken batch; `null` when the disk cannot give it, and then it is gone and counted. */
  async read(batch: PendingBatch): Promise<Uint8Array | null> {
    if (batch.body !== null) return batch.body;
    try {
      return await readFile(batchPath(this.#options.directory, batch));
    } catch (error) {
      if (!isSystemError(error)) throw error;
      this.#options.logger.error({ err: error, ...batch.name }, 'batch cannot be read and is lost');
      this.#pending.settle(batch);
      this.#droppedObservations += batch.name.items;
      return null;
    }
  }

  /** The collector has it: forget it. */
  async delivered(batch: PendingBatch): Promise<void> {
    this.#pending.settle(batch);
    await this.#erase(batch);
  }

  /** The collector will never take it: set it aside. */
  async refused(batch: PendingBatch): Promise<void> {
    this.#pending.settle(batch);
    this.#refusedBatches++;
    if (batch.body !== null) return this.#erase(batch);
    try {
      await this.#refused.take(batchPath(this.#options.directory, batch), batch.bytes);
    } catch (error) {
      this.#diskRefused(error);
    }
  }

  /** Closes the open batch and lets go of the folder. */
  async close(): Promise<void> {
    await this.closeBatch();
    this.#unlock();
  }

  #openBatch(): OpenBatch {
    const { directory, clock, agent } = this.#options;
    const identity = { agent: agent(), spool: this.#id, sequence: this.#sequence++, createdAtMs: clock.nowMs() };
    const path = join(directory, formatJournalName(identity.spool, identity.sequence));
    const cancelTimer = clock.after(this.#intervalMs(), () => void this.closeBatch());
    const batch: OpenBatch = { identity, path, journal: null, observations: [], cancelTimer };
    this.#tryDisk(() => {
      batch.journal = this.#createJournal(path, identity);
    }, batch);
    return batch;
  }

  #createJournal(path: string, identity: BatchIdentity): Journal {
    try {
      return new Journal(path, identity);
    } catch (error) {
      if (errorCode(error) !== 'ENOENT') throw error;
    }
    this.#restoreFolder();
    return new Journal(path, identity);
  }

  /** Somebody deleted the folder: what lay in it is lost, what comes is not. */
  #restoreFolder(): void {
    const { directory, logger, pid } = this.#options;
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    this.#unlock = lockSpool(directory, pid);
    logger.error('spool folder was deleted and is made again');
  }

  /** A month without collector in batches of five seconds would be half a million files. */
  #intervalMs(): number {
    const { batchIntervalMs } = this.#options;
    return this.#pending.count > AWAY_BATCHES ? Math.max(batchIntervalMs, AWAY_INTERVAL_MS) : batchIntervalMs;
  }

  /** After a failed write a journal may end in half a line: nothing may follow it, the batch goes on in memory. */
  #tryDisk(write: () => void, batch: OpenBatch): void {
    try {
      write();
    } catch (error) {
      this.#diskRefused(error);
      batch.journal?.close();
      batch.journal = null;
    }
  }

  async #finish(batch: OpenBatch): Promise<void> {
    batch.journal?.close();
    const body = packBatch(batch.identity, batch.observations, this.#options.status());
    await this.#store(batch, body);
    await this.#emptyMemory();
    await this.#enforceBounds();
    this.onBatch();
  }

  async #store(batch: SpoolContents['open'][number], body: Uint8Array): Promise<void> {
    const { spool, sequence, createdAtMs } = batch.identity;
    const name = { createdAtMs, spool, sequence, items: batch.observations.length };
    const pending: PendingBatch = { name, bytes: body.length, body };
    this.#inMemory.set(pending, batch.path);
    await this.#moveToDisk(pending, batch.path);
    this.#pending.add(pending);
  }

  /** Says whether the batch is on disk now. */
  async #moveToDisk(pending: PendingBatch, journalPath: string): Promise<boolean> {
    if (pending.body === null) return true;
    try {
      await this.#write(batchPath(this.#options.directory, pending), pending.body);
      await rm(journalPath, { force: true });
    } catch (error) {
      this.#diskRefused(error);
      return false;
    }
    pending.body = null;
    // Delivered or dropped while it was being written: then the file has no purpose any more.
    if (!this.#inMemory.delete(pending)) await this.#erase(pending);
    if (this.#isDiskRefusing) this.#options.logger.info('spool can be written again');
    this.#isDiskRefusing = false;
    return true;
  }

  async #write(path: string, body: Uint8Array): Promise<void> {
    try {
      return await writeDurably(path, body);
    } catch (error) {
      if (errorCode(error) !== 'ENOENT') throw error;
    }
    this.#restoreFolder();
    await writeDurably(path, body);
  }

  async #emptyMemory(): Promise<void> {
    for (const [pending, journalPath] of this.#inMemory) {
      // The first refusal says it for all.
      if (!(await this.#moveToDisk(pending, journalPath))) return;
    }
  }

  async #enforceBounds(): Promise<void> {
    const { maxBytes, maxAgeMs, clock, logger } = this.#options;
    const bounds = { maxBytes, fromMs: clock.nowMs() - maxAgeMs };
    const droppedBefore = this.#droppedObservations;
    for (let batch = this.#pending.dropBeyond(bounds); batch !== null; batch = this.#pending.dropBeyond(bounds)) {
      await this.#drop(batch);
    }
    let memory = 0;
    for (const pending of this.#inMemory.keys()) memory += pending.bytes;
    for (const pending of this.#inMemory.keys()) {
      if (memory <= MAX_MEMORY_BYTES) break;
      if (!this.#pending.remove(pending)) continue;
      memory -= pending.bytes;
      await this.#drop(pending);
    }
    const dropped = this.#droppedObservations - droppedBefore;
    if (dropped > 0 && !this.#isDropping) logger.warn({ observations: dropped }, 'spool is full, oldest are dropped');
    this.#isDropping = dropped > 0;
  }

  async #drop(batch: PendingBatch): Promise<void> {
    this.#droppedObservations += batch.name.items;
    await this.#erase(batch);
  }

  async #erase(batch: PendingBatch): Promise<void> {
    const journalPath = this.#inMemory.get(batch);
    this.#inMemory.delete(batch);
    try {
      await rm(batchPath(this.#options.directory, batch), { force: true });
      if (journalPath !== undefined) await rm(journalPath, { force: true });
    } catch (error) {
      this.#diskRefused(error);
    }
  }

  async #recover(contents: SpoolContents): Promise<void> {
    const { logger } = this.#options;
    for (const batch of contents.batches) this.#pending.add(batch);
    for (const open of contents.open) {
      await this.#store(open, packBatch(open.identity, open.observations, undefined));
      logger.info({ observations: open.observations.length, spool: open.identity.spool }, 'open batch recovered');
    }
    await this.#enforceBounds();
  }

  #diskRefused(error: unknown): void {
    if (!isSystemError(error)) throw error;
    this.#diskErrors++;
    if (!this.#isDiskRefusing) this.#options.logger.error({ err: error }, 'spool cannot be written');
    this.#isDiskRefusing = true;
  }
}
