import { Cron } from 'croner';

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
