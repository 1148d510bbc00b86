import { addDays, dateAt, dateStartMs } from '@nines/shared/time/calendar.ts';
import type { Notice } from '../sla/contract.ts';
import { openIntervals } from './open-hours.ts';

/** A calendar without one working day in so many days has none. */
const MAX_DAYS = 3_660;

/**
 * The latest instant at which maintenance that begins at `beginMs` may be announced. With working days that many whole
 * ones lie between: announced at any time of a day, it may begin once so many open days after that day have passed.
 * `null` when the calendar never opens.
 */
export function latestNoticeMs(notice: Notice, beginMs: number): number | null {
  if (notice.kind === 'elapsed') return beginMs - notice.ms;
  const { hours, days } = notice;
  let date = dateAt(beginMs, hours.timeZone);
  for (let found = 0, tried = 0; tried < MAX_DAYS; tried++) {
    if (found === days) return dateStartMs(date, hours.timeZone) - 1;
    date = addDays(date, -1);
    const day = { fromMs: dateStartMs(date, hours.timeZone), toMs: dateStartMs(addDays(date, 1), hours.timeZone) };
    if (openIntervals(hours, day).length > 0) found++;
  }
  return null;
}
