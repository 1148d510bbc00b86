import type { Clock } from '@nines/shared/time/clock.ts';
import type { Logger } from 'pino';
import type { CountedThresholds } from './evaluate/counted-thresholds.ts';
import type { Head } from './evaluate/head.ts';
import type { RecentEvents } from './evaluate/recent-events.ts';
import type { ProgramMetrics } from './metrics/program.ts';
import type { Retention } from './store/archive.ts';
import type { Store } from './store/store.ts';

export interface UpkeepOptions {
  readonly store: Pick<Store, 'upkeep' | 'covered' | 'damages'>;
  readonly head: Pick<Head, 'damagedWeeks' | 'setCovered' | 'setEventsCovered' | 'setDamages'>;
  readonly events: Pick<RecentEvents, 'forgetEndedBefore'>;
  readonly thresholds: Pick<CountedThresholds, 'follow'>;
  readonly retention: () => Retention;
  readonly metrics: Pick<ProgramMetrics, 'sealed'>;
  readonly clock: Pick<Clock, 'nowMs'>;
  readonly log: Pick<Logger, 'error'>;
  /** Called when figures of the past may have become others. */
  readonly onLosses: () => void;
}

/** Has the store seal closed hours and so on, step by step, and tells the head what is lost. */
export class Upkeep {
  readonly #options: UpkeepOptions;
  #damages = 0;

  constructor(options: UpkeepOptions) {
    this.#options = options;
  }

  /** What retention let go, or was found damaged since the last time, makes its figures unknown from now on. */
  async noteLosses(): Promise<void> {
    const { store, head, events, log, onLosses } = this.#options;
    const { edgesFromMs, eventsFromMs } = await store.covered();
    if (edgesFromMs !== null) head.setCovered(edgesFromMs);
    if (eventsFromMs !== null) {
      head.setEventsCovered(eventsFromMs);
      events.forgetEndedBefore(eventsFromMs);
    }
    const damages = [...head.damagedWeeks, ...(await store.damages())];
    if (damages.length === this.#damages) return;
    this.#damages = damages.length;
    log.error({ damages: damages.slice(0, 20), count: damages.length }, 'stored observations are damaged');
    head.setDamages(damages);
    onLosses();
  }

  /** One step; whether there is more to do at once. */
  async step(): Promise<boolean> {
    const { store, thresholds, retention, metrics, clock } = this.#options;
    const { sealed, hasMore } = await store.upkeep(clock.nowMs(), retention());
    metrics.sealed.inc(sealed);
    await thresholds.follow();
    if (!hasMore) await this.noteLosses();
    return hasMore;
  }
}
