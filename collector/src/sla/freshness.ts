import type { Event } from '@nines/shared/event.ts';
import type { Outcome } from '@nines/shared/observation.ts';
import { holds } from './event-evidence.ts';
import type { Freshness } from './indicator.ts';
import type { Interval } from './interval.ts';
import { appendStretch, NO_OBSERVATION, NOT_YET, type Stretch, type Timeline } from './timeline.ts';

/** Why something is not fresh. */
export const TOO_OLD = 'too-old';

/**
 * Over `interval`, whether the last good event had ended at most `atMostMs` before: up while it is, down once it is older.
 * `events` have to reach back `atMostMs` before the interval; before the first good one of them all is too old.
 * After `seenUntilMs` nobody would have seen a good event: what looks too old there is unknown.
 */
export function freshnessTimeline(
  events: Iterable<Event>,
  { good, atMostMs }: Pick<Freshness, 'good' | 'atMostMs'>,
  {
    interval,
    nowMs,
    seenUntilMs,
  }: { readonly interval: Interval; readonly nowMs: number; readonly seenUntilMs: number },
): Timeline {
  const ends: number[] = [];
  for (const event of events) {
    const endMs = event.endedAtMs;
    if (endMs !== null && endMs <= nowMs && holds(good, event, nowMs) === true) ends.push(endMs);
  }
  ends.sort((a, b) => a - b);
  const timeline: Stretch[] = [];
  const untilMs = Math.min(interval.toMs, Math.max(interval.fromMs, nowMs));
  let atMs = interval.fromMs;
  const fill = (toMs: number, state: Outcome, reason: string | null) => {
    const endMs = Math.min(toMs, untilMs);
    appendStretch(timeline, { fromMs: atMs, toMs: endMs, state, reason });
    atMs = Math.max(atMs, endMs);
  };
  const fillOld = (toMs: number) => {
    fill(Math.min(toMs, seenUntilMs), 'down', TOO_OLD);
    fill(toMs, 'unknown', NO_OBSERVATION);
  };
  for (const endMs of ends) {
    fillOld(endMs);
    fill(endMs + atMostMs, 'up', null);
  }
  fillOld(untilMs);
  appendStretch(timeline, { fromMs: untilMs, toMs: interval.toMs, state: 'unknown', reason: NOT_YET });
  return timeline;
}
