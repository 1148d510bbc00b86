import type { Event } from '@nines/shared/event.ts';
import type { Outcome } from '@nines/shared/observation.ts';
import { holds } from './event-evidence.ts';
import type { Freshness } from './indicator.ts';
import { type Interval, mergeIntervals } from './interval.ts';
import { appendStretch, NO_OBSERVATION, NOT_YET, type Stretch, type Timeline } from './timeline.ts';

/** Why something is not fresh. */
export const TOO_OLD = 'too-old';

/** The time in which the last good event is at most `atMostMs` old, of these events alone; ordered and apart. */
export function freshTime(
  events: Iterable<Event>,
  { good, atMostMs }: Pick<Freshness, 'good' | 'atMostMs'>,
  nowMs: number,
): Interval[] {
  const fresh: Interval[] = [];
  for (const event of events) {
    const endMs = event.endedAtMs;
    if (endMs !== null && endMs <= nowMs && holds(good, event, nowMs) === true)
      fresh.push({ fromMs: endMs, toMs: endMs + atMostMs });
  }
  return mergeIntervals(fresh);
}

/**
 * Over `interval`, whether something is fresh: up while it is, down once it is older. `fresh` is of all events that ended
 * since `atMostMs` before the interval; before the first good one of them all is too old. After `seenUntilMs` nobody would
 * have seen a good event: what looks too old there is unknown.
 */
export function freshnessTimeline(
  fresh: readonly Interval[],
  {
    interval,
    nowMs,
    seenUntilMs,
  }: { readonly interval: Interval; readonly nowMs: number; readonly seenUntilMs: number },
): Timeline {
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
  for (const { fromMs, toMs } of fresh) {
    fillOld(fromMs);
    fill(toMs, 'up', null);
  }
  fillOld(untilMs);
  appendStretch(timeline, { fromMs: untilMs, toMs: interval.toMs, state: 'unknown', reason: NOT_YET });
  return timeline;
}
