import { statfs } from 'node:fs/promises';
import { errorCode } from '@nines/shared/errors.ts';
import type { Clock } from '@nines/shared/time/clock.ts';
import type { Logger } from 'pino';
import { StoreError } from './store.ts';

/** How the disk is asked: blocks that are free for this user, and bytes in one. Rejects as `node:fs` does. */
type AskDisk = (directory: string) => Promise<{ readonly bavail: number; readonly bsize: number }>;

export interface DiskGuardOptions {
  /** Any folder on the disk. */
  readonly directory: string;
  readonly minFreeBytes: () => number;
  readonly clock: Pick<Clock, 'elapsedMs'>;
  /** Hears when the room becomes too little, and when there is enough again. */
  readonly log: Pick<Logger, 'info' | 'error'>;
  readonly askDisk?: AskDisk;
}

/** What a busy collector can write in a second is far less than the room that is kept free. */
const ASK_EVERY_MS = 1_000;

/**
 * Keeps room free on the store's disk: a disk that is full to the last byte stops sealing, retention and every other
 * program too, and with some room left an operator can still act.
 */
export class DiskGuard {
  readonly #options: DiskGuardOptions;
  readonly #askDisk: AskDisk;
  #asked: Promise<number | null> | null = null;
  #askedAtMs = Number.NEGATIVE_INFINITY;
  #isShort = false;

  constructor(options: DiskGuardOptions) {
    this.#options = options;
    this.#askDisk = options.askDisk ?? ((directory) => statfs(directory));
  }

  /** Bytes free on the disk, at most a second ago; `null` when the disk does not say. */
  freeBytes(): Promise<number | null> {
    const nowMs = this.#options.clock.elapsedMs();
    if (this.#asked === null || nowMs - this.#askedAtMs >= ASK_EVERY_MS) {
      this.#askedAtMs = nowMs;
      this.#asked = this.#ask();
    }
    return this.#asked;
  }

  /** Rejects with `StoreError` `full` while there is too little room. A disk that does not say is written to. */
  async requireRoom(): Promise<void> {
    const freeBytes = await this.freeBytes();
    const minFreeBytes = this.#options.minFreeBytes();
    const isShort = freeBytes !== null && freeBytes < minFreeBytes;
    this.#note(isShort, { freeBytes, minFreeBytes });
    if (isShort)
      throw new StoreError('full', `${freeBytes} bytes are free on the disk, ${minFreeBytes} have to stay so`);
  }

  async #ask(): Promise<number | null> {
    try {
      const { bavail, bsize } = await this.#askDisk(this.#options.directory);
      return bavail * bsize;
    } catch (error) {
      // Whether it can be written to, writing shows.
      if (errorCode(error) === undefined) throw error;
      return null;
    }
  }

  #note(isShort: boolean, fields: { readonly freeBytes: number | null; readonly minFreeBytes: number }): void {
    if (isShort === this.#isShort) return;
    this.#isShort = isShort;
    const { directory, log } = this.#options;
    if (isShort) log.error({ directory, ...fields }, 'too little room on the disk, no batches are taken');
    else log.info({ directory, ...fields }, 'room on the disk again, batches are taken');
  }
}
