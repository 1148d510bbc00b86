import { type Interval, lengthMs } from './interval.ts';
import type { FailureRule } from './profile.ts';
import type { Timeline } from './timeline.ts';

/** Outages of a timeline as runs of time, ordered and apart. */
export interface Outages {
  /** Those that count for certain: every run that is down and long enough even if all unknown time was up. */
  readonly best: readonly Interval[];
  /** Those that may count: if all unknown time was down. Every run of `best` lies in one of them. */
  readonly worst: readonly Interval[];
  /** Every run that is down, long enough or not. */
  readonly seen: readonly Interval[];
}

/**
 * Outages that are long enough to count, counted from their first millisecond. The timeline has to cover, without holes,
 * the judged time and `minOutageMs` on both sides of it: an outage is as long as it was, also across a period's ends.
 */
export function outagesOf(timeline: Timeline, { minOutageMs }: Pick<FailureRule, 'minOutageMs'>): Outages {
  const seen: Interval[] = [];
  const possible: Interval[] = [];
  for (const { fromMs, toMs, state } of timeline) {
    if (state === 'up') continue;
    if (state === 'down') extend(seen, fromMs, toMs);
    extend(possible, fromMs, toMs);
  }
  const isLong = (run: Interval) => lengthMs(run) >= minOutageMs;
  return { best: seen.filter(isLong), worst: possible.filter(isLong), seen };
}

function extend(runs: Interval[], fromMs: number, toMs: number): void {
  const last = runs.at(-1);
  if (last?.toMs === fromMs) runs[runs.length - 1] = { fromMs: last.fromMs, toMs };
  else runs.push({ fromMs, toMs });
}
