import type { Logger } from 'pino';
import type { Archive } from '../store/archive.ts';
import type { Head } from './head.ts';
import type { Threshold } from './thresholds.ts';

export interface CountedThresholdsOptions {
  readonly store: Pick<Archive, 'prepareThresholds' | 'holdStill'>;
  readonly head: Pick<Head, 'setThresholds' | 'settle'>;
  readonly log: Pick<Logger, 'info'>;
  /** Told how many weeks of a series are still to be counted. */
  readonly onProgress: (weeksToCount: number) => void;
  /** Called when figures that need a threshold can be told from now on. */
  readonly onCounted: () => void;
}

/** So many tenths of the work are one line of the log. */
const LOGGED_SHARES = 10;

/**
 * Gives the head the thresholds whose sealed past is counted. One that is new is counted by upkeep, which may take minutes
 * for years of many checks: neither a start nor a reload waits for it, and until then its runs are missing ones, so that
 * what needs them is inconclusive.
 */
export class CountedThresholds {
  readonly #options: CountedThresholdsOptions;
  #wanted: readonly Threshold[] = [];
  #given: string | null = null;
  #isPending = false;
  #shareLogged = 0;

  constructor(options: CountedThresholdsOptions) {
    this.#options = options;
  }

  /** Names all that objectives need from now on. Rejects with `StoreError`. */
  async want(thresholds: readonly Threshold[]): Promise<void> {
    this.#wanted = thresholds;
    this.#given = null;
    await this.#update();
  }

  /** Looks what upkeep has counted since. Rejects with `StoreError`. */
  async follow(): Promise<void> {
    if (this.#isPending) await this.#update();
  }

  async #update(): Promise<void> {
    const { store, head, onProgress, onCounted } = this.#options;
    const progress = await store.prepareThresholds(this.#wanted);
    const counted = progress.filter(({ isCounted }) => isCounted);
    const pending = progress.filter(({ isCounted }) => !isCounted);
    const [done, total] = [sum(pending, ({ done }) => done), sum(pending, ({ total }) => total)];
    onProgress(total - done);
    this.#log(pending.length, { done, total });
    this.#isPending = pending.length > 0;
    const given = JSON.stringify(counted.map(({ check, value, withinMicros }) => [check, value, withinMicros]));
    if (given === this.#given) return;
    this.#given = given;
    head.setThresholds(counted, await store.holdStill());
    // Upkeep waits for it, so it must not wait for somebody to ask. Whoever asks next is told of a failure, and tries again.
    head.settle().catch(() => {});
    onCounted();
  }

  #log(thresholds: number, { done, total }: { readonly done: number; readonly total: number }): void {
    const { log } = this.#options;
    if (thresholds > 0) {
      const share = Math.floor((LOGGED_SHARES * done) / Math.max(1, total));
      if (this.#isPending && share === this.#shareLogged) return;
      this.#shareLogged = share;
      log.info({ thresholds, weeks_done: done, weeks: total }, 'past of new thresholds is being counted');
    } else if (this.#isPending) log.info('past of new thresholds is counted');
  }
}

function sum<One>(all: readonly One[], of: (one: One) => number): number {
  return all.reduce((total, one) => total + of(one), 0);
}
