import { type BatchName, formatBatchName } from './batch-name.ts';

/** A closed batch that waits for delivery: on disk, or in memory (`body`) while the disk refuses. */
export interface PendingBatch {
  readonly name: BatchName;
  readonly bytes: number;
  body: Uint8Array | null;
}

/**
 * The batches of a spool by age. `take` gives the newest, so that alerts are fresh after an outage; one that the
 * collector could not cope with waits behind all others, so that it never holds them up.
 */
export class PendingBatches {
  /** Oldest first. */
  #fresh: PendingBatch[] = [];
  #deferred: PendingBatch[] = [];
  readonly #taken = new Set<PendingBatch>();
  #bytes = 0;

  get count(): number {
    return this.#fresh.length + this.#deferred.length + this.#taken.size;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Creation of the oldest batch; `null` when there is none. */
  get oldestAtMs(): number | null {
    let oldest = this.#oldestWaiting();
    for (const batch of this.#taken) oldest = older(oldest, batch);
    return oldest?.name.createdAtMs ?? null;
  }

  add(batch: PendingBatch): void {
    this.#bytes += batch.bytes;
    this.#insert(batch);
  }

  take(): PendingBatch | null {
    const batch = this.#fresh.pop() ?? this.#deferred.shift();
    if (batch === undefined) return null;
    this.#taken.add(batch);
    return batch;
  }

  giveBack(batch: PendingBatch, isDeferred: boolean): void {
    this.#taken.delete(batch);
    if (isDeferred) this.#deferred.push(batch);
    else this.#insert(batch);
  }

  /** Forgets a taken batch: it was delivered or set aside. */
  settle(batch: PendingBatch): void {
    if (this.#taken.delete(batch)) this.#bytes -= batch.bytes;
  }

  /**
   * Removes the oldest batch that is not being delivered when there is too much, or when it was made too long ago; `null`
   * when nothing has to go.
   */
  dropBeyond({ maxBytes, fromMs }: { readonly maxBytes: number; readonly fromMs: number }): PendingBatch | null {
    const batch = this.#oldestWaiting();
    if (batch === null || (this.#bytes <= maxBytes && batch.name.createdAtMs >= fromMs)) return null;
    this.remove(batch);
    return batch;
  }

  /** Removes a batch unless it is being delivered; says whether it did. */
  remove(batch: PendingBatch): boolean {
    for (const list of [this.#fresh, this.#deferred]) {
      const index = list.indexOf(batch);
      if (index < 0) continue;
      list.splice(index, 1);
      this.#bytes -= batch.bytes;
      return true;
    }
    return false;
  }

  #oldestWaiting(): PendingBatch | null {
    let oldest = this.#fresh[0] ?? null;
    for (const batch of this.#deferred) oldest = older(oldest, batch);
    return oldest;
  }

  #insert(batch: PendingBatch): void {
    let index = this.#fresh.length;
    while (index > 0 && (this.#fresh[index - 1]?.name.createdAtMs ?? 0) > batch.name.createdAtMs) index--;
    this.#fresh.splice(index, 0, batch);
  }
}

function older(a: PendingBatch | null, b: PendingBatch): PendingBatch {
  return a === null || b.name.createdAtMs < a.name.createdAtMs ? b : a;
}

/** Where a batch lies inside the spool's folder. */
export function batchPath(directory: string, batch: PendingBatch): string {
  return `${directory}/${formatBatchName(batch.name)}`;
}
