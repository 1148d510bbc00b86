import type { WallRange } from '@nines/shared/time/open-hours.ts';
import * as z from 'zod';

const MINUTES_A_DAY = 1_440;
const CLOCK = String.raw`([01]\d|2[0-3]):([0-5]\d)`;
const RANGE = new RegExp(`^${CLOCK}-(?:${CLOCK}|24:00)$`);

/** `"22:00-06:00"` → minutes of local wall time, over midnight when it ends no later than it begins; `null` when it is none. */
export function parseWallRange(text: string): WallRange | null {
  const match = RANGE.exec(text);
  if (match === null) return null;
  const minuteOf = (hour: string | undefined, minute: string | undefined) => Number(hour) * 60 + Number(minute);
  const fromMinute = minuteOf(match[1], match[2]);
  const toMinute = match[3] === undefined ? MINUTES_A_DAY : minuteOf(match[3], match[4]);
  if (toMinute === fromMinute) return null;
  return { fromMinute, toMinute: toMinute > fromMinute ? toMinute : toMinute + MINUTES_A_DAY };
}

/** A stretch of the day such as `09:00-17:00`; `00:00-24:00` is the whole day. */
export const wallRange = z.string('expected hours such as 09:00-17:00').transform((text, context) => {
  const range = parseWallRange(text);
  if (range !== null) return range;
  context.addIssue({
    code: 'custom',
    message: `expected hours such as 09:00-17:00, 22:00-06:00 or 00:00-24:00, not "${text}"`,
  });
  return z.NEVER;
});
