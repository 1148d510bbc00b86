import type { Event } from '@nines/shared/event.ts';
import type { Case } from './cases.ts';
import { holds } from './event-evidence.ts';
import type { Predicate } from './indicator.ts';
import type { Interval } from './interval.ts';

/** What ended in a window. */
interface Seen {
  readonly isGood: boolean;
  /** The last one by its beginning. */
  readonly last: Event;
}

/** The windows in which anything ended, by their beginning. */
export type SeenWindows = ReadonlyMap<number, Seen>;

/** `windows` are ordered and apart, and all of those in which an event may have ended. */
export function seenInWindows(
  events: Iterable<Event>,
  windows: readonly Interval[],
  { good, nowMs }: { readonly good: Predicate; readonly nowMs: number },
): SeenWindows {
  const seen = new Map<number, Seen>();
  for (const event of events) {
    const window = event.endedAtMs === null ? null : windowAt(windows, event.endedAtMs);
    if (window === null) continue;
    add(seen, window.fromMs, { isGood: holds(good, event, nowMs) === true, last: event });
  }
  return seen;
}

export function addSeen(parts: readonly SeenWindows[]): SeenWindows {
  const seen = new Map<number, Seen>();
  for (const part of parts) for (const [fromMs, one] of part) add(seen, fromMs, one);
  return seen;
}

function add(seen: Map<number, Seen>, fromMs: number, one: Seen): void {
  const known = seen.get(fromMs);
  const isLast = known === undefined || isBehind(one.last, known.last);
  seen.set(fromMs, { isGood: one.isGood || known?.isGood === true, last: isLast ? one.last : known.last });
}

/** The order in which stores have events. */
function isBehind(a: Event, b: Event): boolean {
  if (a.atMs !== b.atMs) return a.atMs > b.atMs;
  return a.id === b.id ? a.agent > b.agent : a.id > b.id;
}

function windowAt(windows: readonly Interval[], atMs: number): Interval | null {
  let low = 0;
  let high = windows.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((windows[middle]?.toMs ?? atMs) <= atMs) low = middle + 1;
    else high = middle;
  }
  const window = windows[low];
  return window !== undefined && window.fromMs <= atMs ? window : null;
}

/**
 * Each window of a schedule as a case: good when a good event ended in it, and bad without one once the window is over.
 * Until then, and while nobody would have seen it (after `seenUntilMs`), it may still come.
 */
export function windowCases(
  windows: readonly Interval[],
  seen: SeenWindows,
  { nowMs, seenUntilMs }: { readonly nowMs: number; readonly seenUntilMs: number },
): Case[] {
  return windows
    .filter(({ fromMs }) => fromMs < nowMs)
    .map((window) => {
      const inside = seen.get(window.fromMs);
      const isGood = inside?.isGood === true;
      const isOver = window.toMs <= Math.min(nowMs, seenUntilMs);
      return {
        ...window,
        atMs: window.fromMs,
        state: isGood ? ('good' as const) : isOver ? ('bad' as const) : ('unknown' as const),
        name: 'window',
        reason: isGood || !isOver ? null : (inside?.last.outcome ?? 'missed'),
      };
    });
}
