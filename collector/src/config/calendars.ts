import { date, identifier, timeZone } from '@nines/shared/config/fields.ts';
import { isDate } from '@nines/shared/time/calendar.ts';
import type { Holiday, OpenHours, WallRange } from '@nines/shared/time/open-hours.ts';
import * as z from 'zod';
import { wallRange } from './wall-range.ts';
import { parseWeekdays, WEEKDAYS } from './weekdays.ts';

/** A day of every year, `12-25`; 02-29 comes in leap years only. */
const dayOfYear = z.string().refine((text) => isDate(`2024-${text}`), {
  error: (issue) => `expected a month and a day such as 12-25, not "${issue.input}"`,
});

const holiday = z.union(
  [
    date.transform((day): Holiday => ({ kind: 'dates', from: day, to: day })),
    z
      .strictObject({ from: date, to: date })
      .refine(({ from, to }) => from <= to, { path: ['to'], error: 'before its beginning' })
      .transform((dates): Holiday => ({ kind: 'dates', ...dates })),
    z
      .strictObject({ yearly: dayOfYear })
      .transform(({ yearly }): Holiday => ({ kind: 'yearly', from: yearly, to: yearly })),
    /** 12-24 to 01-01 goes over the new year. */
    z
      .strictObject({ yearly_from: dayOfYear, yearly_to: dayOfYear })
      .transform((days): Holiday => ({ kind: 'yearly', from: days.yearly_from, to: days.yearly_to })),
  ],
  oneOfThese(
    'a date such as 2026-12-25, { from: 2026-12-24, to: 2027-01-01 }, { yearly: 12-25 } or { yearly_from: 12-24, yearly_to: 01-01 }',
  ),
);

const hoursOfDay = z.union(
  [wallRange.transform((range) => [range]), z.array(wallRange)],
  oneOfThese('hours such as 09:00-17:00, 22:00-06:00 or 00:00-24:00, or a list of them'),
);

/** What is allowed, and what stands there instead when it is text. */
function oneOfThese(allowed: string): { error: (issue: { readonly input?: unknown }) => string } {
  return { error: ({ input }) => `expected ${allowed}${typeof input === 'string' ? `, not "${input}"` : ''}` };
}

const openSchema = z.record(z.string(), hoursOfDay).transform((open, context): readonly (readonly WallRange[])[] => {
  const week = new Map<number, { readonly key: string; readonly ranges: readonly WallRange[] }>();
  for (const [key, ranges] of Object.entries(open)) {
    const days = parseWeekdays(key);
    if (days === null) refuseKey(key, 'expected weekdays such as mon-fri or sat', context);
    const overlap = ranges.some((one, index) => ranges.some((other, at) => at < index && overlaps(one, other)));
    if (overlap) context.addIssue({ code: 'custom', path: [key], message: 'two of these hours overlap' });
    for (const day of days ?? []) {
      const earlier = week.get(day);
      if (earlier === undefined) week.set(day, { key, ranges });
      else refuseKey(key, `${WEEKDAYS[day - 1]} is in ${earlier.key} too; write each day once`, context);
    }
  }
  return WEEKDAYS.map((_, index) =>
    (week.get(index + 1)?.ranges ?? []).toSorted((a, b) => a.fromMinute - b.fromMinute),
  );
});

function overlaps(a: WallRange, b: WallRange): boolean {
  return a.fromMinute < b.toMinute && b.fromMinute < a.toMinute;
}

function refuseKey(key: string, message: string, context: z.RefinementCtx): void {
  context.addIssue({ code: 'custom', path: [key], message });
}

/** `calendars:` business hours, in their own zone, and the days that are closed all day. */
export const calendarSchema = z.strictObject({
  id: identifier,
  time_zone: timeZone,
  open: openSchema,
  holidays: z.array(holiday).default([]),
});

/** The parsed calendar as `collector/src/calendar/open-hours.ts` reads it. */
export function toOpenHours({ time_zone, open, holidays }: z.output<typeof calendarSchema>): OpenHours {
  return { timeZone: time_zone, week: open, holidays };
}
