import type { Clock } from '@nines/shared/time/clock.ts';
import type { DiskGuard } from './disk-guard.ts';
import { type Store, StoreError } from './store.ts';

export interface WriteWatchOptions {
  readonly store: Pick<Store, 'tryWrite'>;
  readonly disk: Pick<DiskGuard, 'requireRoom'>;
  readonly clock: Pick<Clock, 'after'>;
}

/** A load balancer sends nothing to who is not ready: so nobody else would find out that the store writes again. */
const TRY_EVERY_MS = 2_000;

/** Knows whether the store can be written to: from what is written, and while it cannot, by trying. */
export class WriteWatch {
  readonly #options: WriteWatchOptions;
  #fault: StoreError['code'] | null = null;
  #cancel = () => {};
  #isStopped = false;

  constructor(options: WriteWatchOptions) {
    this.#options = options;
  }

  /** Why nothing can be written, as `StoreError` names it; `null` when it can, as far as anybody knows. */
  get fault(): StoreError['code'] | null {
    return this.#fault;
  }

  /** Does a write when there is room on the disk, and learns from it. Rejects as it does. */
  async during<Result>(write: () => Promise<Result>): Promise<Result> {
    try {
      await this.#options.disk.requireRoom();
      const result = await write();
      this.#note(null);
      return result;
    } catch (error) {
      if (error instanceof StoreError) this.#note(error.code);
      throw error;
    }
  }

  stop(): void {
    this.#isStopped = true;
    this.#cancel();
  }

  #note(fault: StoreError['code'] | null): void {
    this.#fault = fault;
    this.#cancel();
    if (fault === null || this.#isStopped) return;
    this.#cancel = this.#options.clock.after(TRY_EVERY_MS, () => {
      this.during(() => this.#options.store.tryWrite()).catch((error: unknown) => {
        // That it still fails is noted already.
        if (!(error instanceof StoreError)) throw error;
      });
    });
  }
}
