import { Cron } from 'croner';
import * as z from 'zod';

/** A cron expression and the zone whose wall clock it reads. */
export interface CronTime {
  readonly cron: string;
  readonly timeZone: string;
}

/** The text of a cron expression that is due some time. */
export const cronText = z.string().superRefine((text, context) => {
  const fault = cronFault(text);
  if (fault !== null) context.addIssue({ code: 'custom', message: fault });
});

/** When something is due, by a cron expression in a zone. */
export interface CronSchedule {
  /** The first due instant after the one given, in ms; `null` when there is none any more. */
  nextAfter(atMs: number): number | null;
}

/**
 * A cron expression of five fields (minute to weekday; six with seconds in front) in an IANA zone. An hour that a DST
 * change skips is due when it would have been over, one that comes twice is due once (croner's rules). Throws `RangeError`.
 */
export function parseCron(expression: string, timeZone: string): CronSchedule {
  const cron = compiled(expression, timeZone);
  return { nextAfter: (atMs) => cron.nextRun(new Date(atMs))?.getTime() ?? null };
}

/** Long enough for both changes of the clocks of each year, or for two instants of what comes once a year. */
const LONGEST_FROM_MS = Date.UTC(2025, 0, 1);
const LONGEST_DAYS = 800;
const MAX_INSTANTS = 400;
const DAY_MS = 86_400_000;

/**
 * The longest time between two instants of a schedule, in ms, as found in its first 400 instants, or 800 days, from 2025
 * on: the same on every day on which somebody asks. `null` for what is not due twice in that time.
 */
export function longestGapMs({ cron, timeZone }: CronTime): number | null {
  const schedule = parseCron(cron, timeZone);
  let longest: number | null = null;
  let beforeMs: number | null = null;
  let atMs = schedule.nextAfter(LONGEST_FROM_MS);
  for (let count = 0; atMs !== null && count < MAX_INSTANTS; count++) {
    if (atMs > LONGEST_FROM_MS + LONGEST_DAYS * DAY_MS) break;
    if (beforeMs !== null) longest = Math.max(longest ?? 0, atMs - beforeMs);
    beforeMs = atMs;
    atMs = schedule.nextAfter(atMs);
  }
  return longest;
}

/** Why a text is no cron expression; `null` when it is one. */
export function cronFault(expression: string): string | null {
  try {
    const next = parseCron(expression, 'UTC').nextAfter(0);
    return next === null ? `"${expression}" is never due` : null;
  } catch (error) {
    return error instanceof RangeError ? error.message : String(error);
  }
}

function compiled(expression: string, timeZone: string): Cron {
  try {
    return new Cron(expression, { timezone: timeZone, paused: true });
  } catch (error) {
    throw new RangeError(`"${expression}" is no cron expression such as "0 2 * * *"`, { cause: error });
  }
}
