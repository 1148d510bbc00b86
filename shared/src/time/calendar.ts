/** The only file that knows Temporal: calendar periods in an IANA zone, as half-open `[fromMs, toMs)` intervals. */

/**
 * How the time line is cut into periods for judging. `weeks` counts from an anchor date in the zone, not ISO weeks.
 * `months` are billing months: each begins on the anchor's day of the month, or on the month's last day when it has no
 * such day (anchor 31 January: 28 February, then 31 March again).
 */
export type CalendarPeriod =
  | { readonly unit: 'day' | 'week' | 'month' | 'quarter' | 'year' }
  | { readonly unit: 'weeks' | 'months'; readonly count: number; readonly anchor: string };

/** One period: `[fromMs, toMs)` and its name: `2026-10`, `2026-W44`, `2026-Q4`, or its first day (days and anchored ones). */
export interface PeriodInterval {
  readonly fromMs: number;
  readonly toMs: number;
  readonly name: string;
}

/** Whether the text names an IANA time zone (offsets such as `+01:00` are refused: they have no rules). */
export function isTimeZone(text: string): boolean {
  return /^[A-Za-z]/.test(text) && zoneOrNull(text) !== null;
}

function zoneOrNull(text: string): string | null {
  try {
    return Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(text).timeZoneId;
  } catch {
    return null;
  }
}

/** The period of the given kind that holds the instant. Lengths follow the zone: Berlin's October 2026 has 745 h. */
export function periodAt(period: CalendarPeriod, timeZone: string, atMs: number): PeriodInterval {
  const date = Temporal.Instant.fromEpochMilliseconds(atMs).toZonedDateTimeISO(timeZone).toPlainDate();
  const first = firstDay(period, date);
  return {
    fromMs: startOfDayMs(first, timeZone),
    toMs: startOfDayMs(firstDayOfNext(period, first), timeZone),
    name: nameOf(period, first),
  };
}

/** The period of that name, as `periodAt` gives it; `null` when the text names none (`2026-13`, or a day no period begins). */
export function periodNamed(period: CalendarPeriod, timeZone: string, name: string): PeriodInterval | null {
  const day = someDayOf(period, name);
  if (day === null || !isDate(day)) return null;
  const found = periodAt(period, timeZone, dateStartMs(day, timeZone));
  return found.name === name ? found : null;
}

/** A day inside the named period, as text that may still be no date. */
function someDayOf(period: CalendarPeriod, name: string): string | null {
  switch (period.unit) {
    case 'day':
    case 'weeks':
    case 'months':
      return name;
    case 'month':
      return `${name}-01`;
    case 'year':
      return `${name}-01-01`;
    case 'quarter': {
      const match = /^(\d{4})-Q([1-4])$/.exec(name);
      return match === null ? null : `${match[1]}-${String(3 * Number(match[2]) - 2).padStart(2, '0')}-01`;
    }
    case 'week': {
      const match = /^(\d{4})-W(\d{2})$/.exec(name);
      // 4 January lies in week 1 of its year (ISO 8601).
      if (match === null) return null;
      const inFirstWeek = Temporal.PlainDate.from({ year: Number(match[1]), month: 1, day: 4 });
      return inFirstWeek.add({ weeks: Number(match[2]) - 1 }).toString();
    }
  }
}

/** The first instant of a date (`YYYY-MM-DD`) in a zone; throws `RangeError` when the text is no date. */
export function dateStartMs(date: string, timeZone: string): number {
  return startOfDayMs(Temporal.PlainDate.from(date), timeZone);
}

/** The date `days` later, or earlier. */
export function addDays(date: string, days: number): string {
  return Temporal.PlainDate.from(date).add({ days }).toString();
}

/** The date of an instant in a zone. */
export function dateAt(atMs: number, timeZone: string): string {
  return Temporal.Instant.fromEpochMilliseconds(atMs).toZonedDateTimeISO(timeZone).toPlainDate().toString();
}

/** 1 for Monday to 7 for Sunday. */
export function weekdayOf(date: string): number {
  return Temporal.PlainDate.from(date).dayOfWeek;
}

/** 28 to 31. */
export function daysInMonthOf(date: string): number {
  return Temporal.PlainDate.from(date).daysInMonth;
}

/**
 * The instant at which a wall clock in the zone shows so many minutes after the date's midnight (1,440 and more: on days
 * that follow). A time that does not exist is the next instant that does; of one that comes twice, a beginning is the
 * first and an end the second.
 */
export function wallInstantMs(
  date: string,
  minute: number,
  at: { readonly timeZone: string; readonly edge: 'begin' | 'end' },
): number {
  const day = Temporal.PlainDate.from(date).add({ days: Math.floor(minute / 1_440) });
  const wall = day.toPlainDateTime({ hour: Math.floor((minute % 1_440) / 60), minute: minute % 60 });
  const first = wall.toZonedDateTime(at.timeZone, { disambiguation: 'earlier' });
  if (!first.toPlainDateTime().equals(wall)) {
    // Temporal went back by the length of the gap: the gap itself is the next change of the clocks.
    return first.getTimeZoneTransition('next')?.epochMilliseconds ?? first.epochMilliseconds;
  }
  return at.edge === 'begin'
    ? first.epochMilliseconds
    : wall.toZonedDateTime(at.timeZone, { disambiguation: 'later' }).epochMilliseconds;
}

/** Whether the text is a real date `YYYY-MM-DD` (2026-02-30 is not). */
export function isDate(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  try {
    return Temporal.PlainDate.from(text, { overflow: 'reject' }).toString() === text;
  } catch {
    return false;
  }
}

/** The figures of a thousand objectives name the same few instants, and the rules of a zone cost microseconds each time. */
const formatted = new Map<string, string>();
const MAX_FORMATTED = 256;

/** An instant as people in a zone write it: `2026-10-25T02:30:00+01:00`. */
export function formatInstant(atMs: number, timeZone: string): string {
  const key = `${atMs} ${timeZone}`;
  const known = formatted.get(key);
  if (known !== undefined) return known;
  const text = Temporal.Instant.fromEpochMilliseconds(atMs)
    .toZonedDateTimeISO(timeZone)
    .toString({ timeZoneName: 'never', smallestUnit: atMs % 1_000 === 0 ? 'second' : 'millisecond' });
  if (formatted.size === MAX_FORMATTED) formatted.clear();
  formatted.set(key, text);
  return text;
}

function startOfDayMs(date: Temporal.PlainDate, timeZone: string): number {
  return date.toZonedDateTime({ timeZone }).epochMilliseconds;
}

function firstDay(period: CalendarPeriod, date: Temporal.PlainDate): Temporal.PlainDate {
  switch (period.unit) {
    case 'day':
      return date;
    case 'week':
      return date.subtract({ days: date.dayOfWeek - 1 });
    case 'month':
      return date.with({ day: 1 });
    case 'quarter':
      return date.with({ day: 1, month: date.month - ((date.month - 1) % 3) });
    case 'year':
      return date.with({ day: 1, month: 1 });
    case 'weeks': {
      const days = Temporal.PlainDate.from(period.anchor).until(date, { largestUnit: 'days' }).days;
      const size = 7 * period.count;
      return date.subtract({ days: ((days % size) + size) % size });
    }
    case 'months': {
      const anchor = Temporal.PlainDate.from(period.anchor);
      const months = monthsBetween(anchor, date);
      const passed = Math.floor(months / period.count) * period.count;
      // Counted from the anchor each time: a clamped day of one month must not shorten the next ones.
      const first = anchor.add({ months: passed });
      return Temporal.PlainDate.compare(first, date) <= 0 ? first : anchor.add({ months: passed - period.count });
    }
  }
}

function monthsBetween(from: Temporal.PlainDate, to: Temporal.PlainDate): number {
  return (to.year - from.year) * 12 + to.month - from.month;
}

function firstDayOfNext(period: CalendarPeriod, first: Temporal.PlainDate): Temporal.PlainDate {
  switch (period.unit) {
    case 'day':
      return first.add({ days: 1 });
    case 'week':
      return first.add({ weeks: 1 });
    case 'month':
      return first.add({ months: 1 });
    case 'quarter':
      return first.add({ months: 3 });
    case 'year':
      return first.add({ years: 1 });
    case 'weeks':
      return first.add({ weeks: period.count });
    case 'months': {
      const anchor = Temporal.PlainDate.from(period.anchor);
      return anchor.add({ months: monthsBetween(anchor, first) + period.count });
    }
  }
}

function nameOf(period: CalendarPeriod, first: Temporal.PlainDate): string {
  switch (period.unit) {
    case 'month':
      return first.toString().slice(0, 7);
    case 'quarter':
      return `${first.year}-Q${(first.month - 1) / 3 + 1}`;
    case 'year':
      return String(first.year);
    case 'week':
      return `${first.yearOfWeek}-W${String(first.weekOfYear).padStart(2, '0')}`;
    case 'day':
    case 'weeks':
    case 'months':
      return first.toString();
  }
}
