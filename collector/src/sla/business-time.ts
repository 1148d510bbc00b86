import { type Interval, lengthMs, mergeIntervals, subtractAll } from './interval.ts';

/**
 * Time that counts: `open` (in order, without overlap) less `pauses`, which may overlap and come in any order. Measured
 * and added to by the functions below; the clock stands still outside of it.
 */
export function countingTime(open: readonly Interval[], pauses: readonly Interval[]): Interval[] {
  return subtractAll(open, mergeIntervals(pauses));
}

/** How much counting time lies in `[fromMs, toMs)`, in milliseconds; 0 when it ends before it begins. */
export function elapsedMs(counting: readonly Interval[], { fromMs, toMs }: Interval): number {
  let sum = 0;
  for (const one of counting) {
    if (one.fromMs >= toMs) break;
    sum += lengthMs({ fromMs: Math.max(one.fromMs, fromMs), toMs: Math.min(one.toMs, toMs) });
  }
  return sum;
}

/**
 * The instant at which `durationMs` of counting time have passed since `fromMs`: the deadline of a promise. It is the
 * end of the stretch when the time is up exactly then, not the beginning of the next one. `null` when `counting` ends
 * before: give more of it.
 */
export function deadlineMs(counting: readonly Interval[], fromMs: number, durationMs: number): number | null {
  let leftMs = durationMs;
  for (const one of counting) {
    const beginMs = Math.max(one.fromMs, fromMs);
    const lastsMs = lengthMs({ fromMs: beginMs, toMs: one.toMs });
    if (lastsMs > 0 && lastsMs >= leftMs) return beginMs + leftMs;
    leftMs -= lastsMs;
  }
  return null;
}
