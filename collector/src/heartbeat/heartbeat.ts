import { type CronSchedule, parseCron } from '@nines/shared/time/cron.ts';

/** A job that says itself that it ran. */
export interface Heartbeat {
  readonly id: string;
  readonly key: string;
  readonly schedule: Schedule;
  readonly graceMs: number;
}

/** How often it is due: so long after the last time that it ran well, or at the instants of a cron expression. */
export type Schedule = { readonly everyMs: number } | { readonly cron: string; readonly timeZone: string };

/** What its signals so far add up to. */
export interface Heard {
  /** End of the last run that went well; `null` before the first. */
  readonly lastGoodMs: number | null;
  /** End of the last run that did not; `null` when there was none. */
  readonly lastFailedMs: number | null;
  /** The exit status that it reported; `null` when there was none. */
  readonly lastFailedStatus: number | null;
  /** When the oldest run began that has not ended; `null` when none is under way. */
  readonly runningSinceMs: number | null;
}

export const NOTHING_HEARD: Heard = {
  lastGoodMs: null,
  lastFailedMs: null,
  lastFailedStatus: null,
  runningSinceMs: null,
};

/** `new`: never heard; `late`: due, and within its grace; `down`: failed, overdue, or running for longer than its grace. */
export type HeartbeatState = 'new' | 'up' | 'late' | 'down';

export const HEARTBEAT_STATES: readonly HeartbeatState[] = ['new', 'up', 'late', 'down'];

/** Why it is down. */
export type HeartbeatFault = 'failed' | 'stuck' | 'overdue';

export interface HeartbeatStatus {
  readonly state: HeartbeatState;
  /** `null` unless it is down. */
  readonly fault: HeartbeatFault | null;
  /** When it is due next; `null` while it never went well, or when its cron expression has no next time. */
  readonly dueAtMs: number | null;
}

/** How a heartbeat stands at an instant. */
export function statusOf({ schedule, graceMs }: Heartbeat, heard: Heard, nowMs: number): HeartbeatStatus {
  const { lastGoodMs, lastFailedMs, runningSinceMs } = heard;
  const dueAtMs = lastGoodMs === null ? null : dueAfter(schedule, lastGoodMs);
  const isStuck = runningSinceMs !== null && nowMs > runningSinceMs + graceMs;
  const hasFailed = (lastFailedMs ?? Number.NEGATIVE_INFINITY) > (lastGoodMs ?? Number.NEGATIVE_INFINITY);
  if (hasFailed) return { state: 'down', fault: 'failed', dueAtMs };
  if (isStuck) return { state: 'down', fault: 'stuck', dueAtMs };
  if (lastGoodMs === null) return { state: 'new', fault: null, dueAtMs };
  if (dueAtMs === null || nowMs <= dueAtMs) return { state: 'up', fault: null, dueAtMs };
  if (nowMs <= dueAtMs + graceMs) return { state: 'late', fault: null, dueAtMs };
  return { state: 'down', fault: 'overdue', dueAtMs };
}

function dueAfter(schedule: Schedule, atMs: number): number | null {
  return 'everyMs' in schedule ? atMs + schedule.everyMs : cronOf(schedule).nextAfter(atMs);
}

const CRONS = new WeakMap<object, CronSchedule>();

/** Parsed once for each schedule of a configuration. */
function cronOf(schedule: Extract<Schedule, { cron: string }>): CronSchedule {
  const known = CRONS.get(schedule);
  if (known !== undefined) return known;
  const parsed = parseCron(schedule.cron, schedule.timeZone);
  CRONS.set(schedule, parsed);
  return parsed;
}
