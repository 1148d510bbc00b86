import { CALLS } from '@nines/shared/phone/call.ts';
import type { Indicator } from '../sla/indicator.ts';

/** What of a promise is looked at over a short time of its own. */
export interface RecentWindow {
  readonly about: 'calls' | 'sizes';
  readonly windowMs: number;
}

const MINUTE_MS = 60_000;
/** A nightly backup that failed to come at all is overdue; one that came is still the newest for a day and some. */
const SIZES_MS = 36 * 60 * MINUTE_MS;

/** Whether a promise has one: telephone support of the last half hour, sizes of the last backups; `null`: it has none. */
export function recentWindow(indicator: Indicator): RecentWindow | null {
  if (indicator.kind === 'anomaly') return { about: 'sizes', windowMs: SIZES_MS };
  const isCalls = indicator.kind === 'event_ratio' && indicator.source.stream === CALLS;
  return isCalls ? { about: 'calls', windowMs: 30 * MINUTE_MS } : null;
}
