import type { Incident } from './attainment.ts';
import { countedTime, type Scope } from './counted-time.ts';
import { type Interval, lengthMs, mergeIntervals } from './interval.ts';
import type { Measured } from './measured.ts';
import type { Slice } from './profile.ts';
import type { SliceState } from './slice-rule.ts';
import { countSlices, type SliceGrid, slicedTime } from './slicing.ts';

/** A slice that is not simply good, with the counted time in it. */
export interface JudgedSlice {
  readonly state: SliceState;
  readonly parts: readonly Interval[];
  /** Who saw it and why, for incidents. */
  readonly checks: readonly string[];
  readonly locations: readonly string[];
  readonly reasons: readonly string[];
}

/** The method `slices`: how many slices were good. `slices` are those that are over and not simply good, in order. */
export function measureSlices(
  slices: readonly JudgedSlice[],
  scope: Scope,
  { grid, slice }: { readonly grid: SliceGrid; readonly slice: Slice },
): Measured {
  const time = countedTime(scope);
  const sliced = slicedTime(time, grid, scope.period.toMs);
  const of = (state: SliceState) => slices.filter((one) => one.state === state);
  const [bad, unknown] = [of('bad'), of('unknown')];
  const skipped = slice.empty === 'skipped' ? of('empty').length : 0;
  const kept = scope.denominator === 'kept' ? sliced.excluded : 0;
  const all = countSlices(sliced.over, grid) - skipped;
  return {
    unit: 'slices',
    scale: 1,
    tally: {
      good: all - bad.length - unknown.length + kept,
      bad: bad.length,
      unknown: unknown.length,
      pending: sliced.pending,
    },
    exact: null,
    excluded: sliced.excluded - kept,
    serviceMs: time.serviceMs,
    badTime: { best: timeOf(bad), worst: timeOf(slices.filter(({ state }) => state === 'bad' || state === 'unknown')) },
    incidents: sliceIncidents(bad, scope),
    uncounted: [],
    statistic: null,
    verdict: null,
  };
}

function timeOf(slices: readonly JudgedSlice[]): Interval[] {
  return mergeIntervals(slices.flatMap(({ parts }) => parts));
}

/** Bad slices that touch are one incident. */
function sliceIncidents(bad: readonly JudgedSlice[], { nowMs }: Scope): Incident[] {
  let next = 0;
  return timeOf(bad).map((outage) => {
    while (next < bad.length && endOf(bad[next]) <= outage.fromMs) next++;
    const concerned: JudgedSlice[] = [];
    for (let index = next; index < bad.length; index++) {
      const one = bad[index];
      if (one === undefined || (one.parts[0]?.fromMs ?? outage.toMs) >= outage.toMs) break;
      if (one.parts.some((part) => part.fromMs < outage.toMs && outage.fromMs < part.toMs)) concerned.push(one);
    }
    const names = (read: (one: JudgedSlice) => readonly string[]) => [...new Set(concerned.flatMap(read))].sort();
    return {
      fromMs: outage.fromMs,
      toMs: outage.toMs === nowMs ? null : outage.toMs,
      countedMs: lengthMs(outage),
      checks: names(({ checks }) => checks),
      locations: names(({ locations }) => locations),
      reasons: names(({ reasons }) => reasons),
    };
  });
}

function endOf(slice: JudgedSlice | undefined): number {
  return slice?.parts.at(-1)?.toMs ?? Number.NEGATIVE_INFINITY;
}
