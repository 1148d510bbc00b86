import type { Event } from '@nines/shared/event.ts';
import { elapsedMs } from './business-time.ts';
import type { Case } from './cases.ts';
import { holds, LENGTH } from './event-evidence.ts';
import { caseOf, instantOf } from './event-ratio.ts';
import type { DurationTarget } from './indicator.ts';
import type { Interval } from './interval.ts';

/** The hours of a limit over the time of the events, ordered and apart; `null`: all hours. */
export type HoursOfLimit = (limit: number) => readonly Interval[] | null;

interface Timing {
  readonly nowMs: number;
  /** How long work that is not done has taken is said as of then at the latest: the end of what is judged. */
  readonly untilMs?: number | undefined;
  readonly hoursOf: HoursOfLimit;
}

/**
 * Units of work as cases of a time limit. Done in time is good, at exactly the limit too; one that is open is bad as soon
 * as its limit has passed. Which limit applies must be certain, else the case is open.
 */
export function durationCases(
  events: Iterable<Event>,
  target: DurationTarget,
  { nowMs, untilMs = nowMs, hoursOf }: Timing,
): Case[] {
  const cases: Case[] = [];
  for (const event of events) {
    const atMs = instantOf(event, target.source, nowMs);
    const isValid = holds(target.valid, event, nowMs);
    if (atMs === null || isValid === false) continue;
    const limit = limitOf(event, target, nowMs);
    if (limit === 'none') continue;
    const { isGood, ranMs } =
      isValid === null || limit === 'open' ? OPEN : judge(event, { target, limit, nowMs, untilMs, hoursOf });
    cases.push(caseOf(event, { atMs, isGood, nowMs, ranMs }));
  }
  return cases;
}

/** The number of the first limit that fits; `open` while an earlier one may still come to fit. */
function limitOf(event: Event, { limits }: DurationTarget, nowMs: number): number | 'open' | 'none' {
  for (const [index, { where }] of limits.entries()) {
    const fits = holds(where, event, nowMs);
    if (fits === true) return index;
    if (fits === null) return 'open';
  }
  return 'none';
}

interface Timed {
  /** `null` when it could come out either way. */
  readonly isGood: boolean | null;
  /** How long the clock ran; of work that is not done, as far as it is judged. */
  readonly ranMs?: number;
}

const OPEN: Timed = { isGood: null };

function judge(
  event: Event,
  {
    target,
    limit,
    nowMs,
    untilMs = nowMs,
    hoursOf,
  }: Timing & { readonly target: DurationTarget; readonly limit: number },
): Timed {
  const withinMs = target.limits[limit]?.withinMs ?? 0;
  const hours = hoursOf(limit) ?? [{ fromMs: Number.NEGATIVE_INFINITY, toMs: Number.POSITIVE_INFINITY }];
  const pausedMs = target.paused === null ? 0 : (lengthIn(event, target.paused) ?? 0);
  const doneMs = doneAtMs(event, target);
  const ranTo = (toMs: number) => elapsedMs(hours, { fromMs: event.atMs, toMs }) - pausedMs;
  const ranMs = ranTo(doneMs ?? event.endedAtMs ?? nowMs);
  // Done before it began, or standing still for longer than it took: nobody knows what really was.
  if (pausedMs < 0 || (doneMs !== null && (doneMs < event.atMs || ranMs < 0))) return OPEN;
  if (doneMs !== null) return { isGood: ranMs <= withinMs, ranMs };
  if (event.endedAtMs !== null) return { isGood: false, ranMs: Math.max(0, ranMs) };
  // A pause may still be added to one that is open: only without pauses is its lateness final.
  const isLate = ranMs > withinMs && target.paused === null;
  return isLate ? { isGood: false, ranMs: Math.max(0, ranTo(Math.max(event.atMs, Math.min(nowMs, untilMs)))) } : OPEN;
}

/** When the clock stopped; `null` while it runs, or when the work ended without what stops it. */
export function doneAtMs(event: Event, { until }: DurationTarget): number | null {
  if (until === LENGTH) return event.endedAtMs;
  const afterMs = lengthIn(event, until);
  return afterMs === null ? null : event.atMs + afterMs;
}

/** A value as milliseconds, by the unit with which its name ends; `null` when the event does not have it. */
function lengthIn({ values }: Event, name: string): number | null {
  const value = values[name];
  return value === undefined ? null : value * (name.endsWith('_s') ? 1_000 : 1);
}
