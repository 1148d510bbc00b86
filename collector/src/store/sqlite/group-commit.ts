/** How a group is written, and how much of it there is. */
export interface GroupCommitOptions<Item, Result> {
  /** Writes a whole group in one transaction, or nothing of it; an answer for each item, in order. */
  readonly write: (group: readonly Item[]) => Promise<readonly Result[]>;
  readonly bytesOf: (item: Item) => number;
}

interface Waiting<Item, Result> {
  readonly item: Item;
  readonly resolve: (result: Result) => void;
  readonly reject: (error: unknown) => void;
}

/** A transaction takes no more than this, so that the first of a group does not wait for a mountain behind it. */
const MAX_GROUP_BYTES = 8 * 2 ** 20;

/** Everything that arrived while the last transaction ran goes into the next one: an fsync costs the same for all. */
export class GroupCommit<Item, Result> {
  readonly #options: GroupCommitOptions<Item, Result>;
  #queue: Waiting<Item, Result>[] = [];
  #isWriting = false;
  #whenIdle: (() => void)[] = [];

  constructor(options: GroupCommitOptions<Item, Result>) {
    this.#options = options;
  }

  append(item: Item): Promise<Result> {
    return new Promise((resolve, reject) => {
      this.#queue.push({ item, resolve, reject });
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
    this.#options.write(group.map(({ item }) => item)).then(
      (results) => {
        this.#goOn();
        for (const [index, result] of results.entries()) group[index]?.resolve(result);
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

  #takeGroup(): Waiting<Item, Result>[] {
    let bytes = 0;
    const end = this.#queue.findIndex(({ item }) => {
      const itemBytes = this.#options.bytesOf(item);
      const isOver = bytes > 0 && bytes + itemBytes > MAX_GROUP_BYTES;
      bytes += itemBytes;
      return isOver;
    });
    return this.#queue.splice(0, end === -1 ? this.#queue.length : end);
  }
}
