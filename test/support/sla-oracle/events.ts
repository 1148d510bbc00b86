/**
 * What objectives about events come to, by the words of `indicator.ts` applied literally: of an event that is open every way
 * in which it may end is tried, and time is looked at piece by piece. Shares no code with `sla/` or `evaluate/`.
 */
import type { Event } from '@nines/shared/event.ts';
import type { Amounts } from './methods.ts';
import { isIn, type Span } from './oracle.ts';

export type Condition = (event: Event) => boolean;

export interface JudgedEvents {
  readonly nowMs: number;
  readonly fromMs: number;
  readonly toMs: number;
  readonly isOpen: (atMs: number) => boolean;
  readonly openEdges: readonly number[];
  readonly excluded: readonly Span[];
  readonly kept: boolean;
  readonly events: readonly Event[];
  /** Runs of the check that brings the events, all of them up, and how long each speaks; `null`: no check brings them. */
  readonly source: { readonly runs: readonly number[]; readonly speaksMs: number } | null;
}

const LIMITS_MS = [0, 1, 3_600_000, 3_600_001, 400 * 86_400_000];

/** Every event that an open one may still become. */
function endings(event: Event, nowMs: number): Event[] {
  if (event.endedAtMs !== null) return [event];
  const ends = LIMITS_MS.flatMap((lengthMs) => [event.atMs + lengthMs, nowMs + lengthMs]).filter((end) => end >= nowMs);
  return ends.flatMap((endedAtMs) =>
    ['answered', 'abandoned', 'failed'].flatMap((outcome) =>
      [{}, { wait: 5 }, { wait: 50 }].map((values) => ({ ...event, endedAtMs, outcome, values })),
    ),
  );
}

/** `null` when it depends on how the event ends. */
function decided(event: Event, condition: Condition, nowMs: number): boolean | null {
  const answers = new Set(endings(event, nowMs).map(condition));
  return answers.size === 2 ? null : answers.has(true);
}

type Mutable = { -readonly [Name in keyof Amounts]: Amounts[Name] };

const nothing = (): Mutable => ({ good: 0, bad: 0, unknown: 0, excluded: 0, pending: 0 });

/** Adds one case that has come up, where it counts at all. */
function add(amounts: Mutable, state: 'good' | 'bad' | 'unknown', atMs: number, judged: JudgedEvents): void {
  const { fromMs, toMs, isOpen, excluded, kept } = judged;
  if (atMs < fromMs || atMs >= toMs || !isOpen(atMs)) return;
  if (isIn(excluded, atMs)) amounts[kept ? 'good' : 'excluded']++;
  else amounts[state]++;
}

export function ratioByOracle(
  judged: JudgedEvents,
  { at, valid, good }: { readonly at: 'begin' | 'end'; readonly valid: Condition; readonly good: Condition },
): Amounts {
  const { nowMs, events } = judged;
  const amounts = nothing();
  for (const event of events) {
    const atMs = at === 'begin' ? event.atMs : (event.endedAtMs ?? nowMs - 1);
    const isValid = decided(event, valid, nowMs);
    if (isValid === false || atMs >= nowMs) continue;
    const isGood = isValid === null ? null : decided(event, good, nowMs);
    add(amounts, isGood === null ? 'unknown' : isGood ? 'good' : 'bad', atMs, judged);
  }
  return amounts;
}

/** Until when somebody looked, of a stretch of time that is asked about. */
function seenUntil({ nowMs, source }: JudgedEvents, { fromMs, toMs }: Span): number {
  const untilMs = Math.min(nowMs, toMs);
  if (source === null) return untilMs;
  const { runs, speaksMs } = source;
  const ends = runs.filter((atMs) => atMs < nowMs && atMs + speaksMs > fromMs).map((atMs) => atMs + speaksMs);
  return Math.min(untilMs, Math.max(Number.NEGATIVE_INFINITY, ...ends));
}

export function windowsByOracle(judged: JudgedEvents, windows: readonly Span[], good: Condition): Amounts {
  const { nowMs, fromMs, toMs, isOpen, excluded, kept } = judged;
  const own = windows.filter((window) => window.fromMs >= fromMs && window.fromMs < toMs);
  const seenMs = seenUntil(judged, { fromMs, toMs: own.at(-1)?.toMs ?? toMs });
  const amounts = nothing();
  for (const window of own) {
    if (window.fromMs >= nowMs) {
      if (isOpen(window.fromMs) && (kept || !isIn(excluded, window.fromMs))) amounts.pending++;
      continue;
    }
    const isGood = judged.events.some(
      (event) => event.endedAtMs !== null && isIn([window], event.endedAtMs) && good(event),
    );
    const isOver = window.toMs <= nowMs && window.toMs <= seenMs;
    add(amounts, isGood ? 'good' : isOver ? 'bad' : 'unknown', window.fromMs, judged);
  }
  return amounts;
}

/** Milliseconds. */
export function freshnessByOracle(judged: JudgedEvents, atMostMs: number, good: Condition): Amounts {
  const { nowMs, fromMs, toMs, openEdges, excluded, events, isOpen, kept } = judged;
  const seenMs = seenUntil(judged, { fromMs, toMs });
  const ends = events.filter((event) => event.endedAtMs !== null && good(event)).map(({ endedAtMs }) => endedAtMs ?? 0);
  const edges = [nowMs, fromMs, toMs, seenMs, ...openEdges, ...ends, ...ends.map((end) => end + atMostMs)];
  for (const span of excluded) edges.push(span.fromMs, span.toMs);
  const ordered = [...new Set(edges)].filter((edge) => edge >= fromMs && edge <= toMs).sort((a, b) => a - b);
  const amounts = nothing();
  for (const [index, beginMs] of ordered.entries()) {
    const lengthMs = (ordered[index + 1] ?? beginMs) - beginMs;
    if (!isOpen(beginMs)) continue;
    const isOut = isIn(excluded, beginMs);
    const isFresh = ends.some((end) => end <= beginMs && beginMs < end + atMostMs);
    if (beginMs >= nowMs) amounts.pending += isOut && !kept ? 0 : lengthMs;
    else if (isOut) amounts[kept ? 'good' : 'excluded'] += lengthMs;
    else amounts[isFresh ? 'good' : beginMs < seenMs ? 'bad' : 'unknown'] += lengthMs;
  }
  return amounts;
}

/** So many are due: what came, what may turn out to count, and what is missing. */
export function countByOracle(
  judged: JudgedEvents,
  { at, where, due }: { readonly at: 'begin' | 'end'; readonly where: Condition; readonly due: number },
): Amounts {
  const { nowMs, fromMs, toMs } = judged;
  const amounts = nothing();
  const states = counting(judged, at).map((event) => decided(event, where, nowMs));
  for (const state of [true, null]) {
    for (const one of states)
      if (one === state && amounts.good + amounts.unknown < due) amounts[one ? 'good' : 'unknown']++;
  }
  const missing = due - amounts.good - amounts.unknown;
  const untilMs = Math.min(nowMs, toMs);
  const isSeen = seenUntil(judged, { fromMs, toMs: untilMs }) >= untilMs;
  amounts[nowMs < toMs ? 'pending' : isSeen ? 'bad' : 'unknown'] += missing;
  return amounts;
}

/** One figure over all events: `figureOf` their values is at most the limit, or an event may still turn it. */
export function statisticByOracle(
  judged: JudgedEvents,
  {
    at,
    valid,
    value,
    isWithin,
    isLater,
  }: {
    readonly at: 'begin' | 'end';
    readonly valid: Condition;
    readonly value: string;
    readonly isWithin: (values: readonly number[]) => boolean;
    /** Whether what is beyond the limit stays so, whatever comes. */
    readonly isLater: boolean;
  },
): Amounts {
  const { nowMs, fromMs, toMs } = judged;
  const amounts = nothing();
  const values: number[] = [];
  let isOpen = nowMs < toMs;
  for (const event of counting(judged, at)) {
    const isValid = decided(event, valid, nowMs);
    if (isValid === false) continue;
    const said =
      value === 'length' ? (event.endedAtMs ?? Number.NaN) - event.atMs : (event.values[value] ?? Number.NaN);
    if (isValid && !Number.isNaN(said)) values.push(said);
    else if (event.endedAtMs === null) isOpen = true;
  }
  const untilMs = Math.min(nowMs, toMs);
  if (seenUntil(judged, { fromMs, toMs: untilMs }) < untilMs) isOpen = true;
  if (values.length === 0) return amounts;
  const isGood = isWithin(values);
  if (isOpen && !(isLater && !isGood)) amounts[nowMs < toMs ? 'pending' : 'unknown']++;
  else amounts[isGood ? 'good' : 'bad']++;
  return amounts;
}

/** Each done within its limit, counted in the hours in which the clock runs; an open one may end now, or never. */
export function durationsByOracle(
  judged: JudgedEvents,
  {
    at,
    limitOf,
  }: {
    readonly at: 'begin' | 'end';
    /** The limit of an event, and whether its clock runs at an instant; `null`: the promise is not about it. */
    readonly limitOf: (event: Event) => { readonly withinMs: number; readonly runs: (atMs: number) => boolean } | null;
  },
): Amounts {
  const amounts = nothing();
  const { nowMs } = judged;
  for (const event of judged.events) {
    const atMs = at === 'begin' ? event.atMs : (event.endedAtMs ?? nowMs - 1);
    const limit = limitOf(event);
    if (limit === null || atMs >= nowMs) continue;
    const isInTime = (endMs: number) => ranMs(event.atMs, endMs, limit.runs) <= limit.withinMs;
    const ends = event.endedAtMs === null ? [nowMs, nowMs + 40 * 86_400_000] : [event.endedAtMs];
    const answers = new Set(ends.map(isInTime));
    add(amounts, answers.size === 2 ? 'unknown' : answers.has(true) ? 'good' : 'bad', atMs, judged);
  }
  return amounts;
}

const QUARTER_MS = 900_000;

function ranMs(fromMs: number, toMs: number, runs: (atMs: number) => boolean): number {
  let ran = 0;
  for (let atMs = fromMs; atMs < toMs; ) {
    const endMs = Math.min(toMs, (Math.floor(atMs / QUARTER_MS) + 1) * QUARTER_MS);
    if (runs(atMs)) ran += endMs - atMs;
    atMs = endMs;
  }
  return ran;
}

/** The events of the period that count: in promised time, and not excluded. */
function counting({ nowMs, fromMs, toMs, isOpen, excluded, events }: JudgedEvents, at: 'begin' | 'end'): Event[] {
  return events.filter((event) => {
    const atMs = at === 'begin' ? event.atMs : (event.endedAtMs ?? nowMs - 1);
    return atMs < nowMs && atMs >= fromMs && atMs < toMs && isOpen(atMs) && !isIn(excluded, atMs);
  });
}
