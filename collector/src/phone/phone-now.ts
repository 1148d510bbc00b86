import { holdsUntilMs } from '@nines/shared/observation.ts';
import { CALLS } from '@nines/shared/phone/call.ts';
import { bringersOf } from '../evaluate/events-of.ts';
import type { Evaluation } from '../evaluate/evidence.ts';
import type { RecentEvents } from '../evaluate/recent-events.ts';
import type { Standing } from '../evaluate/standings.ts';
import type { Share } from '../sla/attainment.ts';
import type { EventRatio } from '../sla/indicator.ts';
import type { Interval } from '../sla/interval.ts';
import type { Objective } from '../sla/objective.ts';
import type { StoredEvent } from '../store/events.ts';
import { type LiveQueue, liveQueues } from './live-queues.ts';
import { shareOfCalls } from './recent-share.ts';

/** The time over which promises are looked at as they stand just now. */
export const RECENT_MS = 30 * 60_000;
/** A queue that had a call within this time is there, also when nobody is in it. */
const LIVE_MS = 24 * 3_600_000;

/** What a promise about calls comes to over the last half hour. */
export interface RecentShare {
  readonly objective: Objective;
  /** `null` when no call of that time is known to be good or bad. */
  readonly share: Share | null;
}

/** Telephone support at this moment. */
export interface PhoneNow {
  readonly queues: readonly LiveQueue[];
  readonly shares: readonly RecentShare[];
}

export interface PhoneSource extends Pick<Evaluation, 'head' | 'plan' | 'nowMs'> {
  readonly standings: readonly Pick<Standing, 'objective'>[];
  /** Where events of the last days are in memory. */
  readonly recentEvents: Pick<RecentEvents, 'all'>;
}

/** Queues as they stand, and the promises about calls over the last half hour. Rejects with `StoreError`. */
export async function phoneNow(source: PhoneSource): Promise<PhoneNow> {
  const { nowMs } = source;
  const calls = await callsBetween({ fromMs: nowMs - LIVE_MS, toMs: nowMs + 1 }, source);
  const begun = calls.filter(({ atMs }) => atMs >= nowMs - RECENT_MS);
  const shares = source.standings.flatMap(({ objective }) => {
    const { indicator } = objective;
    if (!isAboutCalls(objective) || indicator.kind !== 'event_ratio') return [];
    return [{ objective, share: shareOfCalls(ofSource(begun, indicator, source), indicator, nowMs) }];
  });
  return { queues: liveQueues(calls, { nowMs, isHeard: hearing(source) }), shares };
}

/** The calls that touch an interval. Rejects with `StoreError`. */
export function callsBetween(
  { fromMs, toMs }: Interval,
  { recentEvents }: Pick<PhoneSource, 'recentEvents'>,
): Promise<readonly StoredEvent[]> {
  return recentEvents.all({ stream: CALLS, fromMs, toMs });
}

export function isAboutCalls({ indicator }: Pick<Objective, 'indicator'>): boolean {
  return 'source' in indicator && indicator.source.stream === CALLS;
}

/** The calls that a promise is about as far as who brings them goes. */
export function ofSource(
  calls: readonly StoredEvent[],
  { source }: Pick<EventRatio, 'source'>,
  { plan }: Pick<PhoneSource, 'plan'>,
): readonly StoredEvent[] {
  const bringers = bringersOf(source, plan);
  return bringers === null ? calls : calls.filter(({ agent }) => bringers.has(agent));
}

/** A check is heard while some agent's newest run of it still holds and was no unknown one. */
function hearing({ head, nowMs }: PhoneSource): (check: string | undefined) => boolean {
  const known = new Map<string, boolean>();
  return (check) => {
    if (check === undefined) return true;
    const isHeard =
      known.get(check) ??
      head.seriesOf(check).some(({ last }) => last !== null && last.outcome === 'up' && holdsUntilMs(last) > nowMs);
    known.set(check, isHeard);
    return isHeard;
  };
}
