import type { Event } from '@nines/shared/event.ts';
import type { Case } from './cases.ts';
import { holds } from './event-evidence.ts';
import type { EventRatio, EventSource } from './indicator.ts';

/**
 * Events as cases of a ratio; those that are certainly not valid are none. One that may still turn out valid is a case
 * that may turn out either way: if it turns out not valid, the share is between the two.
 */
export function ratioCases(events: Iterable<Event>, { source, valid, good }: EventRatio, nowMs: number): Case[] {
  const cases: Case[] = [];
  for (const event of events) {
    const atMs = instantOf(event, source, nowMs);
    const isValid = holds(valid, event, nowMs);
    if (atMs === null || isValid === false) continue;
    const isGood = isValid === null ? null : holds(good, event, nowMs);
    cases.push(caseOf(event, { atMs, isGood, nowMs }));
  }
  return cases;
}

/** A case of an event; `isGood` `null` when it could come out either way. */
export function caseOf(
  event: Event,
  { atMs, isGood, nowMs, ranMs }: { atMs: number; isGood: boolean | null; nowMs: number; ranMs?: number | undefined },
): Case {
  return {
    ...(ranMs !== undefined && { ranMs }),
    atMs,
    fromMs: event.atMs,
    toMs: Math.max(event.atMs + 1, event.endedAtMs ?? nowMs),
    state: isGood === null ? 'unknown' : isGood ? 'good' : 'bad',
    name: `${event.stream}/${event.id}`,
    reason: event.outcome,
  };
}

/** When an event counts; one that counts when it ends counts now while it is open. `null`: it has not happened yet. */
export function instantOf({ atMs, endedAtMs }: Event, { at }: EventSource, nowMs: number): number | null {
  if (at === 'begin') return atMs < nowMs ? atMs : null;
  return endedAtMs ?? (atMs < nowMs ? nowMs - 1 : null);
}
