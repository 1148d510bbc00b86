import type { Incident } from './attainment.ts';
import { countedTime, type Scope } from './counted-time.ts';
import { type Interval, mergeIntervals } from './interval.ts';
import { type ExactShares, sharesOf, type Tally } from './judge.ts';
import type { Measured } from './measured.ts';

/** One unit of work that a promise is about. */
export interface Case extends Interval {
  /** When it counts: cases in excluded time or outside service hours do not. */
  readonly atMs: number;
  readonly state: 'good' | 'bad' | 'unknown';
  /** What it is called in the list of incidents, and why it failed. */
  readonly name: string;
  readonly reason: string | null;
  /** How long the clock ran for it, where one runs: by its hours, less what stood still. Its whole length when absent. */
  readonly ranMs?: number;
}

/** How many cases are still to come: a number, or nobody knows. */
export type ToCome = number | 'any-number';

/** Cases added up: nobody asks for good ones by name. The others stand by their beginning, then their name. */
export interface CaseSum {
  readonly good: number;
  readonly bad: readonly Case[];
  readonly unknown: readonly Case[];
  /** The bad ones as they stand in the list of incidents once they are over, in the same order. */
  readonly incidents: readonly Incident[];
  /** When the last of the bad ones is over. */
  readonly badUntilMs: number;
}

export function sumOfCases(cases: readonly Case[]): CaseSum {
  const bad = cases.filter(({ state }) => state === 'bad').sort(compare);
  return {
    good: cases.filter(({ state }) => state === 'good').length,
    bad,
    unknown: cases.filter(({ state }) => state === 'unknown').sort(compare),
    incidents: bad.map(incidentOf),
    badUntilMs: bad.reduce((last, { toMs }) => Math.max(last, toMs), Number.NEGATIVE_INFINITY),
  };
}

export function addCases(sums: readonly CaseSum[]): CaseSum {
  const bad = inOrder(sums.map((one) => one.bad));
  return {
    good: sums.reduce((total, { good }) => total + good, 0),
    bad,
    unknown: inOrder(sums.map(({ unknown }) => unknown)),
    incidents: bad.map(incidentOf),
    badUntilMs: Math.max(Number.NEGATIVE_INFINITY, ...sums.map(({ badUntilMs }) => badUntilMs)),
  };
}

export function countCases({ good, bad, unknown }: CaseSum): number {
  return good + bad.length + unknown.length;
}

/** What is put in order: a case, or its incident, whose only check is the case's name. */
type Placed = { readonly fromMs: number } & ({ readonly name: string } | Pick<Incident, 'checks'>);

function compare(a: Placed, b: Placed): number {
  if (a.fromMs !== b.fromMs) return a.fromMs - b.fromMs;
  const [left, right] = [nameOf(a), nameOf(b)];
  return left === right ? 0 : left < right ? -1 : 1;
}

function nameOf(placed: Placed): string {
  return 'name' in placed ? placed.name : (placed.checks[0] ?? '');
}

/** Lists that are each in order as one; usually each goes on where the one before it ends. */
function inOrder<One extends Placed>(lists: readonly (readonly One[])[]): readonly One[] {
  const filled = lists.filter(({ length }) => length > 0);
  const [first, ...rest] = filled;
  if (first === undefined || rest.length === 0) return first ?? [];
  const all = first.concat(...rest);
  const isOrdered = rest.every((list, index) => {
    const [before, next] = [filled[index]?.at(-1), list[0]];
    return before === undefined || next === undefined || compare(before, next) <= 0;
  });
  return isOrdered ? all : all.sort(compare);
}

/** The cases of a period by whether their time counts; those that count in parts that are to be added up. */
export interface JudgedCases {
  readonly counted: readonly CaseSum[];
  readonly excluded: number;
}

/** Tells cases apart by when they count; those outside of service hours are neither. */
export function judgeCases(cases: readonly Case[], scope: Scope): JudgedCases {
  const time = countedTime(scope);
  return {
    counted: [sumOfCases(cases.filter(({ atMs }) => isIn(time.elapsed, atMs)))],
    excluded: cases.filter(({ atMs }) => isIn(time.excluded, atMs)).length,
  };
}

/** The method `occurrences` of units of work: good ones of all. */
export function measureCases(
  { counted, excluded }: JudgedCases,
  scope: Scope,
  { unit, toCome }: { readonly unit: 'events' | 'windows'; readonly toCome: ToCome },
): Measured {
  const { denominator, nowMs, period } = scope;
  const kept = denominator === 'kept' ? excluded : 0;
  const total = (countOf: (sum: CaseSum) => number) => counted.reduce((count, sum) => count + countOf(sum), 0);
  const isPast = ({ badUntilMs }: CaseSum) => badUntilMs <= period.toMs && badUntilMs < nowMs;
  const tally = {
    good: total(({ good }) => good) + kept,
    bad: total(({ bad }) => bad.length),
    unknown: total(({ unknown }) => unknown.length),
    pending: toCome === 'any-number' ? 0 : toCome,
  };
  return {
    unit,
    scale: 1,
    tally,
    exact: toCome === 'any-number' ? openEnded(tally) : null,
    excluded: excluded - kept,
    serviceMs: countedTime(scope).serviceMs,
    badTime: badTimeOf(counted, scope),
    incidents: inOrder(
      counted.map((one) => (isPast(one) ? one.incidents : one.bad.map((bad) => incidentNow(bad, scope)))),
    ),
    uncounted: [],
    statistic: null,
    verdict: null,
  };
}

/** Made when somebody asks: only money does, and it costs more than all the rest. */
function badTimeOf(counted: readonly CaseSum[], scope: Scope): Measured['badTime'] {
  const timeOf = (cases: readonly Case[]) => mergeIntervals(cases.map((one) => cutAtEnd(one, scope)));
  return {
    get best() {
      return timeOf(counted.flatMap(({ bad }) => bad));
    },
    get worst() {
      return timeOf(counted.flatMap(({ bad, unknown }) => [...bad, ...unknown]));
    },
  };
}

/**
 * Shares of a period in which any number of cases may follow: in the end the share may be anything above 0, and anything
 * up to 1, which only a failure rules out (then it is less than 1 by less than a target can say).
 */
export function openEnded(tally: Tally): ExactShares {
  const nearlyOne = { good: 2_000_000_000n - 1n, total: 2_000_000_000n };
  return {
    ...sharesOf(tally),
    wholeLow: { good: 0n, total: 1n },
    wholeHigh: tally.bad === 0 ? { good: 1n, total: 1n } : nearlyOne,
  };
}

/**
 * What was measured, when there were cases enough to judge: fewer than `least` are no figure and no verdict, and nothing
 * is owed for them. They are among the excluded.
 */
export function unlessTooFew(measured: Measured, least: number): Measured {
  const { good, bad, unknown, pending } = measured.tally;
  const cases = good + bad + unknown;
  if (cases >= least) return measured;
  const tally = { good: 0, bad: 0, unknown: 0, pending };
  return {
    ...measured,
    tally,
    exact: measured.exact === null ? null : openEnded(tally),
    excluded: measured.excluded + cases,
    badTime: { best: [], worst: [] },
    incidents: [],
  };
}

/** Whether an instant lies in one of some intervals that are ordered and apart. */
export function isIn(intervals: readonly Interval[], atMs: number): boolean {
  let low = 0;
  let high = intervals.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((intervals[middle]?.toMs ?? atMs) <= atMs) low = middle + 1;
    else high = middle;
  }
  const found = intervals[low];
  return found !== undefined && found.fromMs <= atMs;
}

/** What goes on behind the period's end is the next one's: else a period that is over would never be the same again. */
function cutAtEnd({ fromMs, toMs }: Case, { period }: Scope): Interval {
  return { fromMs, toMs: Math.max(fromMs, Math.min(toMs, period.toMs)) };
}

function incidentOf({ fromMs, toMs, name, reason, ranMs }: Case): Incident {
  const reasons = reason === null ? [] : [reason];
  return { fromMs, toMs, countedMs: ranMs ?? toMs - fromMs, checks: [name], locations: [], reasons };
}

function incidentNow(one: Case, scope: Scope): Incident {
  const { fromMs, toMs } = cutAtEnd(one, scope);
  return { ...incidentOf(one), toMs: toMs >= scope.nowMs ? null : toMs, countedMs: one.ranMs ?? toMs - fromMs };
}
