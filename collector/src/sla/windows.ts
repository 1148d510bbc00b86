import type { Event } from '@nines/shared/event.ts';
import type { Case } from './cases.ts';
import { holds } from './event-evidence.ts';
import type { Predicate } from './indicator.ts';
import type { Interval } from './interval.ts';

/**
 * Each window of a schedule as a case: good when a good event ended in it, and bad without one once the window is over.
 * Until then, and while nobody would have seen it (after `seenUntilMs`), it may still come.
 */
export function windowCases(
  windows: readonly Interval[],
  events: readonly Event[],
  { good, nowMs, seenUntilMs }: { readonly good: Predicate; readonly nowMs: number; readonly seenUntilMs: number },
): Case[] {
  return windows
    .filter(({ fromMs }) => fromMs < nowMs)
    .map((window) => {
      const inside = events.filter(
        ({ endedAtMs }) => endedAtMs !== null && window.fromMs <= endedAtMs && endedAtMs < window.toMs,
      );
      const isGood = inside.some((event) => holds(good, event, nowMs) === true);
      const isOver = window.toMs <= Math.min(nowMs, seenUntilMs);
      return {
        ...window,
        atMs: window.fromMs,
        state: isGood ? ('good' as const) : isOver ? ('bad' as const) : ('unknown' as const),
        name: 'window',
        reason: isGood || !isOver ? null : (inside.at(-1)?.outcome ?? 'missed'),
      };
    });
}
