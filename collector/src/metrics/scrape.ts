import type { Clock } from '@nines/shared/time/clock.ts';
import type { Figures } from '../evaluate/figures.ts';
import type { Heartbeats } from '../heartbeat/heartbeats.ts';
import type { DiskGuard } from '../store/disk-guard.ts';
import type { Store } from '../store/store.ts';
import { writeMetricsPage } from './page.ts';
import type { ProgramMetrics } from './program.ts';

export interface ScrapeSource {
  readonly store: Pick<Store, 'size'>;
  readonly disk: Pick<DiskGuard, 'freeBytes'>;
  readonly metrics: ProgramMetrics;
  readonly heartbeats: Pick<Heartbeats, 'statuses'>;
  readonly figures: Pick<Figures, 'now'>;
  readonly clock: Pick<Clock, 'nowMs'>;
  /** While the journal is being read there are no figures, and the program tells of itself alone. */
  readonly isWhole: () => boolean;
}

/** Everything that Prometheus scrapes, as text. Rejects with `StoreError`. */
export async function writeScrape(source: ScrapeSource): Promise<string> {
  const { store, disk, metrics, heartbeats, figures, clock, isWhole } = source;
  const { bytes, batches } = await store.size();
  metrics.storeBytes.set(bytes);
  metrics.storeFreeBytes.set((await disk.freeBytes()) ?? Number.NaN);
  metrics.storeBatches.set(batches);
  const own = await metrics.registry.metrics();
  if (!isWhole()) return own;
  const now = await figures.now();
  return own + writeMetricsPage({ ...now, agents: now.nines.agents, heartbeats: heartbeats.statuses(clock.nowMs()) });
}
