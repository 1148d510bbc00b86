import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Archive } from '../store/archive.ts';
import type { Head } from './head.ts';

/** What charts reach back, and a little. */
const RECENT_MS = 25 * 3_600_000;
const CHECKS_A_READ = 20;

/** What is loaded from where; stopped between two reads when it is no longer wanted. */
export interface RecentOptions {
  readonly store: Pick<Archive, 'sealedRuns'>;
  readonly checks: readonly string[];
  readonly nowMs: number;
  readonly isWanted: () => boolean;
}

/** What charts show of before this start. Nothing is sealed meanwhile: a run must not be put back twice. */
export async function loadRecent(head: Head, { store, checks, nowMs, isWanted }: RecentOptions): Promise<void> {
  const fromMs = nowMs - RECENT_MS;
  const recent = checks.filter((check) => head.seriesOf(check).some(({ newestAtMs }) => newestAtMs >= fromMs));
  for (let first = 0; first < recent.length && isWanted(); first += CHECKS_A_READ) {
    const some = recent.slice(first, first + CHECKS_A_READ);
    await head.loadRecent(store, some, { fromMs, toMs: nowMs });
    await nextTurn();
  }
}
