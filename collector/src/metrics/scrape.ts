import { setImmediate as nextTurn } from 'node:timers/promises';
import { Exposition, type ExpositionFormat } from '@nines/shared/exposition.ts';
import type { Clock } from '@nines/shared/time/clock.ts';
import { type BackupsSource, backupsNow } from '../backups/report.ts';
import type { Nines } from '../config/nines.ts';
import type { Heartbeats } from '../heartbeat/heartbeats.ts';
import type { CallCounts } from '../phone/call-counts.ts';
import { type PhoneSource, phoneNow } from '../phone/phone-now.ts';
import type { DiskGuard } from '../store/disk-guard.ts';
import type { Store } from '../store/store.ts';
import { type MetricsState, writeMetricsPage } from './page.ts';
import type { Pauses } from './pauses.ts';
import { type ProgramMetrics, programText } from './program.ts';

export interface ScrapeSource {
  readonly store: Pick<Store, 'size'>;
  readonly disk: Pick<DiskGuard, 'freeBytes'>;
  readonly metrics: ProgramMetrics;
  readonly heartbeats: Pick<Heartbeats, 'statuses'>;
  readonly figures: {
    now(): Promise<
      Omit<MetricsState, 'agents' | 'heartbeats' | 'phone' | 'backups'> &
        PhoneSource &
        BackupsSource & { readonly nines: Pick<Nines, 'agents'> }
    >;
  };
  readonly callCounts: Pick<CallCounts, 'totals'>;
  readonly clock: Pick<Clock, 'nowMs' | 'elapsedMs'>;
  /** While the journal is being read there are no figures, and the program tells of itself alone. */
  readonly isWhole: () => boolean;
}

/** A page of 10,000 checks is written in turns no longer than this, so that what arrives meanwhile does not wait. */
const TURN_MS = 1;

/** Everything that Prometheus scrapes, in pieces. Rejects with `StoreError` before the first one. */
export async function writeScrape(source: ScrapeSource, format: ExpositionFormat): Promise<AsyncGenerator<Uint8Array>> {
  const { store, disk, metrics, heartbeats, figures, callCounts, clock, isWhole } = source;
  // Together: under full ingest each turn of the event loop takes its time.
  const [{ bytes, batches }, freeBytes] = await Promise.all([store.size(), disk.freeBytes()]);
  metrics.storeBytes.set(bytes);
  metrics.storeFreeBytes.set(freeBytes ?? Number.NaN);
  metrics.storeBatches.set(batches);
  const exposition = new Exposition(format);
  exposition.text(programText(await metrics.registry.metrics(), format));
  if (!isWhole()) return inPieces(exposition, nothing(), clock);
  const now = await figures.now();
  const nowMs = clock.nowMs();
  const state = {
    ...now,
    agents: now.nines.agents,
    heartbeats: heartbeats.statuses(nowMs),
    phone: { ...(await phoneNow(now)), totals: callCounts.totals(nowMs) },
    backups: await backupsNow(now),
  };
  return inPieces(exposition, writeMetricsPage(exposition, state), clock);
}

function* nothing(): Pauses {}

async function* inPieces(exposition: Exposition, page: Pauses, clock: Pick<Clock, 'elapsedMs'>) {
  let turnBeganMs = clock.elapsedMs();
  for (const _ of page) {
    if (exposition.isFull) yield exposition.take();
    else if (clock.elapsedMs() - turnBeganMs < TURN_MS) continue;
    // Behind each piece, too: who takes it asks for the next one first, and would pack it only when that is written.
    await nextTurn();
    turnBeganMs = clock.elapsedMs();
  }
  exposition.end();
  yield exposition.take();
}
