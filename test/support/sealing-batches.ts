import type { Event } from '@nines/shared/event.ts';
import type { CheckColumns } from '@nines/shared/wire.ts';
import { KEEP_ALL, type Retention } from '../../collector/src/store/archive.ts';
import { anEvent } from './arbitrary-events.ts';
import { START_MS } from './batches.ts';

/** What the killed process stores: batch N has the totals N × 100, N × 100 + 1 …, spread over three weeks, in no order. */
export const CHECKS = 3;
export const RUNS = 20;
const STEP_MS = 60_000;
const DAY_MS = 86_400_000;
const WEEK_MS = 7 * DAY_MS;
const SPAN_MS = 3 * WEEK_MS;

/** When all of it is over. */
export const LATER_MS = START_MS + 2 * SPAN_MS;

/** About a third of it is too old. */
export const RETENTION: Retention = { ...KEEP_ALL, observationsMs: 5 * WEEK_MS, eventsMs: 5 * WEEK_MS };
export const KEPT_FROM_MS = Math.floor((LATER_MS - 5 * WEEK_MS) / WEEK_MS) * WEEK_MS;
export const EVENTS_KEPT_FROM_MS = Math.floor((LATER_MS - 5 * WEEK_MS) / DAY_MS) * DAY_MS;

export function columnsOf(sequence: number): CheckColumns[] {
  return Array.from({ length: CHECKS }, (_, check) => columns(sequence, check));
}

export function eventOf(sequence: number): Event {
  const atMs = columns(sequence, 0).at_ms[0] ?? START_MS;
  return anEvent({ id: `batch-${sequence}`, atMs, endedAtMs: atMs + STEP_MS });
}

function columns(sequence: number, check: number): CheckColumns {
  // A step that shares no factor with the number of places: late and early, dense in the end.
  const place = (sequence * 7_919 + check) % (SPAN_MS / STEP_MS - RUNS);
  const isUp = (run: number) => (sequence + run) % 11 !== 0;
  const runs = Array.from({ length: RUNS }, (_, run) => run);
  return {
    check: `check-${check}`,
    every_ms: STEP_MS,
    at_ms: runs.map((run) => START_MS + (place + run) * STEP_MS),
    up: runs.map((run) => (isUp(run) ? 1 : 0)),
    reasons: Object.fromEntries(runs.filter((run) => !isUp(run)).map((run) => [run, 'timeout'])),
    values: { total: runs.map((run) => sequence * 100 + run) },
  };
}
