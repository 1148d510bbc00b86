import type { Appended, Delivery } from '../store.ts';
import { type GroupOutcome, type JournalGroup, toGroup } from './journal-group.ts';

interface Waiting {
  readonly delivery: Delivery;
  readonly resolve: (appended: Appended) => void;
  readonly reject: (error: unknown) => void;
}

/** A transaction takes no more than this, so that the first of a group does not wait for a mountain behind it. */
const MAX_GROUP_BYTES = 8 * 2 ** 20;

/** Everything that arrived while the last transaction ran goes into the next one: an fsync costs the same for all. */
export class GroupCommit {
  readonly #write: (group: JournalGroup) => Promise<GroupOutcome>;
  #queue: Waiting[] = [];
  #isWriting = false;
  #whenIdle: (() => void)[] = [];

  constructor(write: (group: JournalGroup) => Promise<GroupOutcome>) {
    this.#write = write;
  }

  append(delivery: Delivery): Promise<Appended> {
    return new Promise((resolve, reject) => {
      this.#queue.push({ delivery, resolve, reject });
      if (this.#isWriting) return;
      this.#isWriting = true;
      // Not at once: the other requests of this turn of the event loop join the same group.
      setImmediate(() => this.#writeNext());
    });
  }

  /** Resolves when nothing is queued or being written. */
  idle(): Promise<void> {
    return new Promise((resolve) => {
      if (this.#isWriting) this.#whenIdle.push(resolve);
      else resolve();
    });
  }

  #writeNext(): void {
    const group = this.#takeGroup();
    this.#write(toGroup(group.map(({ delivery }) => delivery))).then(
      (outcome) => {
        this.#goOn();
        for (const [index, { resolve }] of group.entries()) {
          resolve({ position: outcome.positions[index] ?? Number.NaN, duplicate: outcome.duplicates[index] === 1 });
        }
      },
      (error: unknown) => {
        this.#goOn();
        for (const { reject } of group) reject(error);
      },
    );
  }

  #goOn(): void {
    this.#isWriting = this.#queue.length > 0;
    if (this.#isWriting) this.#writeNext();
    else for (const resolve of this.#whenIdle.splice(0)) resolve();
  }

  #takeGroup(): Waiting[] {
    let bytes = 0;
    const end = this.#queue.findIndex(({ delivery }) => {
      const isOver = bytes > 0 && bytes + delivery.body.byteLength > MAX_GROUP_BYTES;
      bytes += delivery.body.byteLength;
      return isOver;
    });
    return this.#queue.splice(0, end === -1 ? this.#queue.length : end);
  }
}
