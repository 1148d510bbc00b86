import { errorMessage } from '@nines/shared/errors.ts';
import type { Clock } from '@nines/shared/time/clock.ts';
import type { Logger } from 'pino';
import type { NoticeStore } from '../../store/alerts.ts';
import { Refusal } from '../exchange.ts';
import { type Notice, type PostedNotice, posted } from './notice.ts';

/** Sends a notice to its receiver; resolves once it was taken in. */
export type SendNotice = (notice: Notice, signal: AbortSignal) => Promise<void>;

export interface OutboxOptions {
  readonly store: NoticeStore;
  readonly clock: Pick<Clock, 'nowMs'>;
  readonly log: Pick<Logger, 'warn' | 'error' | 'info'>;
  /** Breaks off what is under way; what waits is sent at the next start. */
  readonly signal: AbortSignal;
  /** Told of each attempt. */
  readonly onAttempt: (receiver: string, result: 'taken' | 'failed') => void;
}

/** After a failure it is tried again after this, doubled with each failure that follows. */
const FIRST_RETRY_MS = 5_000;
const LAST_RETRY_MS = 15 * 60_000;
/** After so long a notice is given up. */
const GIVEN_UP_AFTER_MS = 24 * 3_600_000;
/** So many wait for one receiver; then the oldest is given up. */
const MOST_WAITING = 1_000;
/** What was given up is kept for people to see: so many, and so long. */
const MOST_DEAD = 1_000;
const DEAD_KEPT_MS = 14 * 24 * 3_600_000;

/** Answers that say of this very message that it will never be taken; all others may be mended at the other end. */
const NEVER = new Set([400, 413, 422]);

/**
 * Notices on their way: each is sent until it was taken in, at least once, in order for each receiver, and each receiver
 * by itself: one that hangs delays no other.
 */
export class Outbox {
  readonly #options: OutboxOptions;
  readonly #waiting = new Map<string, PostedNotice[]>();
  #dead: PostedNotice[] = [];
  readonly #busy = new Set<string>();
  readonly #retryAtMs = new Map<string, number>();
  readonly #failures = new Map<string, number>();
  #saving: Promise<void> = Promise.resolve();

  constructor(options: OutboxOptions) {
    this.#options = options;
  }

  /** Takes over what was not sent before this start. Rejects with `StoreError`. */
  async load(): Promise<void> {
    for (const notice of await this.#options.store.notices()) {
      if (notice.state === 'dead') this.#dead.push(notice);
      else this.#queue(notice.receiver).push(notice);
    }
  }

  /** What waits and what was given up, by receiver. */
  counts(): ReadonlyMap<string, { readonly waiting: number; readonly dead: number }> {
    const names = new Set([...this.#waiting.keys(), ...this.#dead.map(({ receiver }) => receiver)]);
    const deadOf = (name: string) => this.#dead.filter(({ receiver }) => receiver === name).length;
    return new Map([...names].map((name) => [name, { waiting: this.#queue(name).length, dead: deadOf(name) }]));
  }

  /** Everything that was not taken in: what waits first, the oldest first; then what was given up, the newest first. */
  undelivered(): readonly PostedNotice[] {
    return [...[...this.#waiting.values()].flat(), ...this.#dead.toReversed()];
  }

  /** Adds what is on disk already, or could not be written there. */
  add(notices: readonly Notice[]): void {
    for (const notice of notices) {
      const queue = this.#queue(notice.receiver);
      queue.push(posted(notice));
      const oldest = queue.length > MOST_WAITING ? queue[0] : undefined;
      if (oldest !== undefined) this.#bury(oldest, `more than ${MOST_WAITING} wait for ${notice.receiver}`);
    }
  }

  /** Sends what is due to each of the receivers; what waits for somebody who is no longer there is given up. */
  pump(senders: ReadonlyMap<string, SendNotice>): void {
    if (this.#options.signal.aborted) return;
    for (const [name, queue] of this.#waiting) {
      const send = senders.get(name);
      if (send !== undefined) void this.#drain(name, send);
      else for (const notice of [...queue]) this.#bury(notice, 'there is no such receiver any more');
    }
    this.#forgetOldDead();
  }

  async #drain(name: string, send: SendNotice): Promise<void> {
    const { clock, signal } = this.#options;
    if (this.#busy.has(name)) return;
    this.#busy.add(name);
    for (;;) {
      const [notice] = this.#queue(name);
      const isPaused = clock.nowMs() < (this.#retryAtMs.get(name) ?? Number.NEGATIVE_INFINITY);
      if (notice === undefined || isPaused || signal.aborted) break;
      await this.#attempt(notice, send);
    }
    this.#busy.delete(name);
  }

  async #attempt(notice: PostedNotice, send: SendNotice): Promise<void> {
    const { signal, onAttempt } = this.#options;
    const error = await send(notice, signal).then(() => null, asError);
    if (signal.aborted) return;
    onAttempt(notice.receiver, error === null ? 'taken' : 'failed');
    if (error === null) {
      this.#failures.delete(notice.receiver);
      this.#takeOut(notice);
      this.#save({ put: [], remove: [notice.id] });
    } else {
      this.#noteFailure(notice, error);
    }
  }

  #noteFailure(notice: PostedNotice, error: Error): void {
    const { clock, log } = this.#options;
    const { receiver } = notice;
    const failures = this.#failures.get(receiver) ?? 0;
    if (failures === 0) log.error({ err: error, receiver }, 'alerts not taken in; they are sent again');
    const tried = { ...notice, attempts: notice.attempts + 1, lastError: errorMessage(error) };
    if (error instanceof Refusal && NEVER.has(error.status)) {
      this.#bury(tried, tried.lastError);
      return;
    }
    this.#failures.set(receiver, failures + 1);
    this.#retryAtMs.set(receiver, clock.nowMs() + Math.min(FIRST_RETRY_MS * 2 ** failures, LAST_RETRY_MS));
    if (clock.nowMs() - notice.atMs >= GIVEN_UP_AFTER_MS) {
      this.#bury(tried, tried.lastError);
      return;
    }
    const queue = this.#queue(receiver);
    const index = queue.findIndex(({ id }) => id === notice.id);
    if (index !== -1) queue[index] = tried;
    this.#save({ put: [tried], remove: [] });
  }

  #bury(notice: PostedNotice, lastError: string): void {
    const { clock, log } = this.#options;
    const dead: PostedNotice = { ...notice, state: 'dead', lastError, diedAtMs: clock.nowMs() };
    log.error({ receiver: notice.receiver, notice: notice.id, why: lastError }, 'a notice was given up');
    this.#takeOut(notice);
    this.#dead.push(dead);
    this.#save({ put: [dead], remove: [] });
  }

  #forgetOldDead(): void {
    const nowMs = this.#options.clock.nowMs();
    const kept = this.#dead.filter(({ diedAtMs }) => nowMs - (diedAtMs ?? 0) < DEAD_KEPT_MS).slice(-MOST_DEAD);
    if (kept.length === this.#dead.length) return;
    const ids = new Set(kept.map(({ id }) => id));
    const remove = this.#dead.filter(({ id }) => !ids.has(id)).map(({ id }) => id);
    this.#dead = kept;
    this.#save({ put: [], remove });
  }

  #takeOut({ receiver, id }: PostedNotice): void {
    const queue = this.#queue(receiver);
    const index = queue.findIndex((one) => one.id === id);
    if (index !== -1) queue.splice(index, 1);
  }

  #queue(receiver: string): PostedNotice[] {
    const known = this.#waiting.get(receiver);
    if (known !== undefined) return known;
    const queue: PostedNotice[] = [];
    this.#waiting.set(receiver, queue);
    return queue;
  }

  /** One write after the other. What cannot be written is sent once more after a restart. */
  #save(changes: Parameters<NoticeStore['changeNotices']>[0]): void {
    this.#saving = this.#saving.then(() =>
      this.#options.store.changeNotices(changes).catch((err: unknown) => {
        this.#options.log.warn({ err }, 'the outbox could not be written; a restart now would send a notice again');
      }),
    );
  }
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
