import { randomBytes } from 'node:crypto';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { errorCode } from '@nines/shared/errors.ts';
import { checkEvents, MAX_EVENTS, type ReportedEvent, writeEvents } from '@nines/shared/event.ts';
import type { Clock } from '@nines/shared/time/clock.ts';
import type { Logger } from 'pino';
import type { Outbox } from './delivery.ts';
import type { EventSink } from './probes/probe-run.ts';
import { isSystemError, makeFolder, writeDurably } from './spool/durable-file.ts';
import { packJson } from './spool/pack.ts';
import { batchPath, type PendingBatch, PendingBatches } from './spool/pending.ts';
import { makeSpoolDirectory, readSpool } from './spool/recover.ts';
import { RefusedFolder } from './spool/refused.ts';

/** Of a batch: three bytes each at most, and the packing besides, still make a body that a collector takes. */
const MAX_CHARACTERS = 2 * 2 ** 20;

export interface EventSpoolOptions {
  readonly directory: string;
  /** Bounds of what waits for delivery; beyond either the oldest batch goes, and is counted. */
  readonly maxBytes: number;
  readonly maxAgeMs: number;
  readonly clock: Pick<Clock, 'nowMs'>;
  readonly logger: Logger;
}

export interface EventSpoolState {
  readonly bytes: number;
  readonly batches: number;
  /** Since the process started. */
  readonly droppedEvents: number;
  readonly refusedEvents: number;
}

/**
 * Keeps events until the collector has them. Unlike an observation, an event has a source that still holds it: so it is
 * taken only once it is on disk for good, and a disk that refuses makes the source keep it.
 */
export class EventSpool implements Outbox {
  readonly #options: EventSpoolOptions;
  readonly #id = randomBytes(16).toString('base64url');
  readonly #pending = new PendingBatches();
  readonly #refused: RefusedFolder;
  #sequence = 0;
  #droppedEvents = 0;
  #refusedEvents = 0;
  onBatch: () => void = () => {};

  /** Opens the folder, inside of a spool that this process owns. Throws `ConfigError` when it cannot be made. */
  static open(options: EventSpoolOptions): EventSpool {
    makeSpoolDirectory(options.directory);
    return new EventSpool(options);
  }

  private constructor(options: EventSpoolOptions) {
    this.#options = options;
    this.#refused = new RefusedFolder(options.directory);
    for (const batch of readSpool(options.directory).batches) this.#pending.add(batch);
  }

  get state(): EventSpoolState {
    return {
      bytes: this.#pending.bytes,
      batches: this.#pending.count,
      droppedEvents: this.#droppedEvents,
      refusedEvents: this.#refusedEvents,
    };
  }

  /** Where the events of a check go. */
  sinkOf(check: string): EventSink {
    const path = join(this.#options.directory, 'places', check);
    return {
      place: () => readOrNull(path),
      ship: async (events, place) => {
        // Nobody could mend it later: one wrong event would have the collector refuse all that travel with it.
        checkEvents(events);
        for (const batch of batchesOf(events)) await this.#add(batch);
        await this.#write(path, place);
      },
    };
  }

  take(): PendingBatch | null {
    return this.#pending.take();
  }

  giveBack(batch: PendingBatch, isDeferred: boolean): void {
    this.#pending.giveBack(batch, isDeferred);
  }

  async read(batch: PendingBatch): Promise<Uint8Array | null> {
    try {
      return await readFile(batchPath(this.#options.directory, batch));
    } catch (error) {
      if (!isSystemError(error)) throw error;
      this.#options.logger.error({ err: error, ...batch.name }, 'events cannot be read and are lost');
      this.#pending.settle(batch);
      this.#droppedEvents += batch.name.items;
      return null;
    }
  }

  async delivered(batch: PendingBatch): Promise<void> {
    this.#pending.settle(batch);
    await this.#erase(batch);
  }

  async refused(batch: PendingBatch): Promise<void> {
    this.#pending.settle(batch);
    this.#refusedEvents += batch.name.items;
    try {
      await this.#refused.take(batchPath(this.#options.directory, batch), batch.bytes);
    } catch (error) {
      this.#diskRefused(error);
    }
  }

  async #add({ text, items }: EventBatch): Promise<void> {
    const { directory, clock } = this.#options;
    const body = packJson(text);
    const name = { createdAtMs: clock.nowMs(), spool: this.#id, sequence: this.#sequence++, items };
    const batch: PendingBatch = { name, bytes: body.length, body: null };
    await this.#write(batchPath(directory, batch), body);
    this.#pending.add(batch);
    await this.#enforceBounds();
    this.onBatch();
  }

  /** Somebody may have deleted the folder, and nobody has made that of the places yet. */
  async #write(path: string, content: Uint8Array | string): Promise<void> {
    try {
      return await writeDurably(path, content);
    } catch (error) {
      if (errorCode(error) !== 'ENOENT') throw error;
    }
    await makeFolder(join(this.#options.directory, 'places'));
    await writeDurably(path, content);
  }

  async #enforceBounds(): Promise<void> {
    const { maxBytes, maxAgeMs, clock, logger } = this.#options;
    const bounds = { maxBytes, fromMs: clock.nowMs() - maxAgeMs };
    const before = this.#droppedEvents;
    for (let batch = this.#pending.dropBeyond(bounds); batch !== null; batch = this.#pending.dropBeyond(bounds)) {
      this.#droppedEvents += batch.name.items;
      await this.#erase(batch);
    }
    const dropped = this.#droppedEvents - before;
    if (dropped > 0) logger.error({ events: dropped }, 'spool of events is full, oldest are dropped');
  }

  async #erase(batch: PendingBatch): Promise<void> {
    try {
      await rm(batchPath(this.#options.directory, batch), { force: true });
    } catch (error) {
      this.#diskRefused(error);
    }
  }

  /** What stays on disk by that is delivered once more after the next start, which changes nothing. */
  #diskRefused(error: unknown): void {
    if (!isSystemError(error)) throw error;
    this.#options.logger.error({ err: error }, 'spool of events cannot be written');
  }
}

/** The body of a request, and how many events are in it. */
interface EventBatch {
  readonly text: string;
  readonly items: number;
}

function batchesOf(events: readonly ReportedEvent[]): EventBatch[] {
  if (events.length === 0) return [];
  if (events.length <= MAX_EVENTS) {
    const text = writeEvents(events);
    if (text.length <= MAX_CHARACTERS) return [{ text, items: events.length }];
  }
  // Each part is at least half as large as it may be: a long log makes few files, and few syncs.
  const middle = Math.ceil(events.length / 2);
  return [...batchesOf(events.slice(0, middle)), ...batchesOf(events.slice(middle))];
}

async function readOrNull(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return null;
    throw error;
  }
}
