import { type Interval, lengthMs } from './interval.ts';
import { appendStretch, type Stretch, type Timeline } from './timeline.ts';

export interface ConsecutiveRule {
  /** So many failed runs in a row make an outage, from the first of them on. */
  readonly least: number;
  /** How many failed runs lie in a stretch that is down. */
  readonly runsIn: (stretch: Interval) => number;
  /** The interval of the runs that are missing. */
  readonly everyMs: number;
}

/**
 * One agent's timeline in which only so many failures in a row are down. Fewer are up, unless unknown time beside them may
 * have been the rest: then they are unknown. Unknown time that could not have been enough of them, with what is beside
 * it, is up as well. Time that is not told ends a row.
 */
export function withConsecutive(timeline: Timeline, rule: ConsecutiveRule): Timeline {
  const result: Stretch[] = [];
  for (const row of rowsOf(timeline)) {
    const most = row.reduce((sum, one) => sum + mostFailures(one, rule), 0);
    for (const { fromMs, toMs, state, reason } of judgedRow(row, rule)) {
      const isOpen = state === 'unknown' && most >= rule.least;
      const isDown = state === 'down';
      if (isDown || isOpen) appendStretch(result, { fromMs, toMs, state, reason });
      else appendStretch(result, { fromMs, toMs, state: 'up', reason: null });
    }
  }
  return result;
}

/** Stretches that touch and are not up, together; those that are up, each by itself. */
function rowsOf(timeline: Timeline): Stretch[][] {
  const rows: Stretch[][] = [];
  for (const stretch of timeline) {
    const row = rows.at(-1);
    const last = row?.at(-1);
    const isRow = stretch.state !== 'up' && last?.state !== 'up' && last?.toMs === stretch.fromMs;
    if (isRow && row !== undefined) row.push(stretch);
    else rows.push([stretch]);
  }
  return rows;
}

/** Failures for certain: rows of down stretches that touch, whatever their reasons. Too few of them are unknown here. */
function judgedRow(row: readonly Stretch[], rule: ConsecutiveRule): Stretch[] {
  const judged: Stretch[] = [];
  for (let index = 0; index < row.length; ) {
    let end = index;
    let failures = 0;
    for (; row[end]?.state === 'down'; end++) failures += rule.runsIn(row[end] ?? { fromMs: 0, toMs: 0 });
    const isEnough = failures >= rule.least;
    for (const stretch of row.slice(index, Math.max(end, index + 1))) {
      const isShort = stretch.state === 'down' && !isEnough;
      judged.push(isShort ? { ...stretch, state: 'unknown' } : stretch);
    }
    index = Math.max(end, index + 1);
  }
  return judged;
}

function mostFailures(stretch: Stretch, { runsIn, everyMs }: ConsecutiveRule): number {
  if (stretch.state === 'up') return 0;
  return stretch.state === 'down' ? runsIn(stretch) : Math.ceil(lengthMs(stretch) / everyMs);
}
