import { HOLD_INTERVALS } from '@nines/shared/observation.ts';
import { type Reading, type TimeByState, timeByState, timelineFrom } from '../../sla/timeline.ts';
import type { EdgeRow } from './week.ts';

const DAY_MS = 86_400_000;

/**
 * For each day (counted from 1970-01-01 UTC) the time in each state that the rows speak for: from a row's start to two
 * intervals after its last run, at most until the next row. Silence counts nowhere. Rows ascend; `before` is the last
 * row that starts before them, `null` when there is none.
 */
export function timeByDay(rows: readonly EdgeRow[], before: EdgeRow | null, days: readonly number[]): TimeByState[] {
  const interval = { fromMs: Math.min(...days) * DAY_MS, toMs: (Math.max(...days) + 1) * DAY_MS };
  const readings = (before === null ? rows : [before, ...rows]).map(readingOf);
  const timeline = timelineFrom(readings, { expected: [], interval });
  return days.map((day) => timeByState(timeline, { fromMs: day * DAY_MS, toMs: (day + 1) * DAY_MS }));
}

function readingOf({ startMs, lastMs, outcome, reason, everyMs }: EdgeRow): Reading {
  return { atMs: startMs, holdsUntilMs: lastMs + HOLD_INTERVALS * everyMs, outcome, reason };
}
