/** A half-open stretch of time `[fromMs, toMs)` in integer milliseconds; empty when `toMs <= fromMs`. */
export interface Interval {
  readonly fromMs: number;
  readonly toMs: number;
}

/** Length in milliseconds; 0 for an empty interval, never negative. */
export function lengthMs(interval: Interval): number {
  return Math.max(0, interval.toMs - interval.fromMs);
}

/** The time that both hold; `null` when they share none (touching is not sharing). */
export function intersect(a: Interval, b: Interval): Interval | null {
  const fromMs = Math.max(a.fromMs, b.fromMs);
  const toMs = Math.min(a.toMs, b.toMs);
  return fromMs < toMs ? { fromMs, toMs } : null;
}

/** Whether two lists name the same intervals in the same order. */
export function areSame(a: readonly Interval[], b: readonly Interval[]): boolean {
  return (
    a.length === b.length &&
    a.every(({ fromMs, toMs }, index) => b[index]?.fromMs === fromMs && b[index]?.toMs === toMs)
  );
}

/** The same set of instants as ordered intervals that neither overlap nor touch; empty ones vanish. */
export function mergeIntervals(intervals: readonly Interval[]): Interval[] {
  const merged: Interval[] = [];
  const ordered = intervals.filter((one) => one.fromMs < one.toMs).sort((a, b) => a.fromMs - b.fromMs);
  for (const { fromMs, toMs } of ordered) {
    const last = merged.at(-1);
    if (last !== undefined && fromMs <= last.toMs) {
      merged[merged.length - 1] = { fromMs: last.fromMs, toMs: Math.max(last.toMs, toMs) };
    } else merged.push({ fromMs, toMs });
  }
  return merged;
}

/** The instants of `intervals` that no one of `removed` holds; both in order and without overlap, as is the result. */
export function subtractAll(intervals: readonly Interval[], removed: readonly Interval[]): Interval[] {
  const left: Interval[] = [];
  let next = 0;
  for (const { fromMs, toMs } of intervals) {
    let beginMs = fromMs;
    while (next < removed.length && (removed[next]?.toMs ?? 0) <= beginMs) next++;
    for (let index = next; index < removed.length; index++) {
      const gap = removed[index];
      if (gap === undefined || gap.fromMs >= toMs) break;
      if (gap.fromMs > beginMs) left.push({ fromMs: beginMs, toMs: gap.fromMs });
      beginMs = Math.max(beginMs, gap.toMs);
    }
    if (beginMs < toMs) left.push({ fromMs: beginMs, toMs });
  }
  return left;
}

/** The time that both lists hold; each has to be ordered and apart, and so is the result. */
export function intersectAll(a: readonly Interval[], b: readonly Interval[]): Interval[] {
  const shared: Interval[] = [];
  for (let i = 0, j = 0; i < a.length && j < b.length; ) {
    const [left, right] = [a[i], b[j]];
    if (left === undefined || right === undefined) break;
    const both = intersect(left, right);
    if (both !== null) shared.push(both);
    if (left.toMs < right.toMs) i++;
    else j++;
  }
  return shared;
}

/** Milliseconds of intervals that are apart. */
export function totalMs(intervals: readonly Interval[]): number {
  return intervals.reduce((total, one) => total + lengthMs(one), 0);
}

/** The part of ordered intervals inside one. */
export function clipIntervals(intervals: readonly Interval[], interval: Interval): Interval[] {
  return intersectAll(intervals, interval.fromMs < interval.toMs ? [interval] : []);
}
