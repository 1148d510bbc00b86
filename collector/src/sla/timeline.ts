import type { Outcome } from '@nines/shared/observation.ts';
import { type Interval, intersect, lengthMs } from './interval.ts';

/** A stretch of time in one state. `reason` says why it is not up; `null` while it is. */
export interface Stretch extends Interval {
  readonly state: Outcome;
  readonly reason: string | null;
}

/**
 * Ordered stretches that do not overlap; those that touch differ in state or reason. Time that no stretch holds is not
 * told: there the series does not take part.
 */
export type Timeline = readonly Stretch[];

/** The reason of time for which no observation speaks. */
export const NO_OBSERVATION = 'no-observation';

/** The reason of time that has not come yet. */
export const NOT_YET = 'not-yet';

/** What speaks for the time from `atMs` to the next reading, at most until `holdsUntilMs`. */
export interface Reading {
  readonly atMs: number;
  readonly holdsUntilMs: number;
  readonly outcome: Outcome;
  /** `null` when up. */
  readonly reason: string | null;
}

const RANK: Readonly<Record<Outcome, number>> = { up: 0, unknown: 1, down: 2 };

/** Positive when `a` is worse than `b`: down, then unknown, then up. */
export function compareOutcomes(a: Outcome, b: Outcome): number {
  return RANK[a] - RANK[b];
}

/** The time that a timeline is made for. */
export interface TimelineScope {
  /** When the series is expected to speak, ordered: there its silence is unknown, elsewhere it is not told. */
  readonly expected: readonly Interval[];
  readonly interval: Interval;
}

const NOTHING: Reading = {
  atMs: Number.NEGATIVE_INFINITY,
  holdsUntilMs: Number.NEGATIVE_INFINITY,
  outcome: 'unknown',
  reason: NO_OBSERVATION,
};

/**
 * Readings of one series, ascending by `atMs`, as a timeline inside the interval. Of several at one instant the last
 * given speaks. Expected time that no reading holds is `unknown` with the reason `NO_OBSERVATION`.
 */
export function timelineFrom(readings: Iterable<Reading>, scope: TimelineScope): Timeline {
  const { toMs } = scope.interval;
  const timeline: Stretch[] = [];
  let current = NOTHING;
  for (const next of readings) {
    if (next.atMs >= toMs) break;
    speak(timeline, current, next.atMs, scope);
    current = next;
  }
  speak(timeline, current, toMs, scope);
  return timeline;
}

function speak(timeline: Stretch[], reading: Reading, untilMs: number, { expected, interval }: TimelineScope): void {
  const fromMs = Math.max(reading.atMs, interval.fromMs);
  const endMs = Math.max(fromMs, Math.min(reading.holdsUntilMs, untilMs));
  appendStretch(timeline, { fromMs, toMs: endMs, state: reading.outcome, reason: reading.reason });
  if (endMs >= untilMs) return;
  for (const one of expected) {
    const silent = intersect(one, { fromMs: endMs, toMs: untilMs });
    if (silent !== null) appendStretch(timeline, { ...silent, state: 'unknown', reason: NO_OBSERVATION });
  }
}

/** The timeline with the intervals unknown for the reason given, whatever it told there. They must be ordered and apart. */
export function withUnknown(timeline: Timeline, intervals: readonly Interval[], reason: string): Timeline {
  const result: Stretch[] = [];
  const first = Math.min(timeline[0]?.fromMs ?? Number.POSITIVE_INFINITY, intervals[0]?.fromMs ?? 0);
  let fromMs = first;
  for (const interval of intervals) {
    for (const stretch of clipTimeline(timeline, { fromMs, toMs: interval.fromMs })) appendStretch(result, stretch);
    appendStretch(result, { ...interval, state: 'unknown', reason });
    fromMs = interval.toMs;
  }
  for (const stretch of clipTimeline(timeline, { fromMs, toMs: Number.POSITIVE_INFINITY }))
    appendStretch(result, stretch);
  return result;
}

/** Adds a stretch behind the timeline's last; an equal one that it touches grows instead, an empty one is dropped. */
export function appendStretch(timeline: Stretch[], stretch: Stretch): void {
  if (stretch.fromMs >= stretch.toMs) return;
  const last = timeline.at(-1);
  if (last?.toMs === stretch.fromMs && last.state === stretch.state && last.reason === stretch.reason) {
    timeline[timeline.length - 1] = { ...last, toMs: stretch.toMs };
  } else timeline.push(stretch);
}

/** The part of the timeline inside the interval; empty when they share no time. */
export function clipTimeline(timeline: Timeline, interval: Interval): Timeline {
  const clipped: Stretch[] = [];
  for (let index = firstEndingAfter(timeline, interval.fromMs); index < timeline.length; index++) {
    const stretch = timeline[index];
    const shared = stretch === undefined ? null : intersect(stretch, interval);
    if (stretch === undefined || shared === null) break;
    clipped.push({ ...stretch, ...shared });
  }
  return clipped;
}

/** The stretches that share time with the interval, as they are. */
export function touching(timeline: Timeline, { fromMs, toMs }: Interval): Timeline {
  const first = firstEndingAfter(timeline, fromMs);
  let end = first;
  while ((timeline[end]?.fromMs ?? toMs) < toMs) end++;
  return timeline.slice(first, end);
}

/** Binary search: flapping checks have many stretches, and an incident asks for a few of them. */
function firstEndingAfter(timeline: Timeline, atMs: number): number {
  let low = 0;
  let high = timeline.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((timeline[middle]?.toMs ?? 0) <= atMs) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The timeline up to now, and unknown from there to the interval's end: no observation speaks for what is to come. */
export function openFrom(timeline: Timeline, nowMs: number, interval: Interval): Timeline {
  if (nowMs >= interval.toMs) return timeline;
  const past: Stretch[] = [...clipTimeline(timeline, { fromMs: interval.fromMs, toMs: nowMs })];
  appendStretch(past, {
    fromMs: Math.max(nowMs, interval.fromMs),
    toMs: interval.toMs,
    state: 'unknown',
    reason: NOT_YET,
  });
  return past;
}

/** Milliseconds by state. */
export interface TimeByState {
  readonly upMs: number;
  readonly downMs: number;
  readonly unknownMs: number;
}

/** How long the timeline is in each state, inside the interval; time that it does not tell counts nowhere. */
export function timeByState(timeline: Timeline, interval: Interval): TimeByState {
  const total: Record<Outcome, number> = { up: 0, down: 0, unknown: 0 };
  for (const stretch of clipTimeline(timeline, interval)) total[stretch.state] += lengthMs(stretch);
  return { upMs: total.up, downMs: total.down, unknownMs: total.unknown };
}

/** The state at an instant; `null` where the timeline tells nothing. */
export function stateAt(timeline: Timeline, atMs: number): Stretch | null {
  const stretch = timeline[firstEndingAfter(timeline, atMs)];
  return stretch !== undefined && stretch.fromMs <= atMs ? stretch : null;
}
