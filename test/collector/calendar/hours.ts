import type { OpenHours, WallRange } from '@nines/shared/time/open-hours.ts';
import type { Interval } from '../../../collector/src/sla/interval.ts';

const HOUR = 60;
const MINUTE_MS = 60_000;

/** `hours(9, 17)` is 09:00-17:00. */
export function hours(from: number, to: number): WallRange {
  return { fromMinute: from * HOUR, toMinute: to * HOUR };
}

/** Monday to Friday from nine to five, with nothing on other days. */
export function office(timeZone = 'Europe/Berlin', more: Partial<OpenHours> = {}): OpenHours {
  return {
    timeZone,
    week: [1, 2, 3, 4, 5, 6, 7].map((day) => (day <= 5 ? [hours(9, 17)] : [])),
    holidays: [],
    ...more,
  };
}

/** `[fromMs, toMs)` between two instants with an offset. */
export function between(from: string, to: string): Interval {
  return { fromMs: Date.parse(from), toMs: Date.parse(to) };
}

/** Intervals as text in UTC, to the minute. */
export function utc(intervals: readonly Interval[]): string[] {
  const text = (atMs: number) => new Date(atMs).toISOString().slice(0, 16).concat('Z');
  return intervals.map(({ fromMs, toMs }) => `${text(fromMs)}/${text(toMs)}`);
}

export function minutesOf(intervals: readonly Interval[]): number {
  return intervals.reduce((sum, { fromMs, toMs }) => sum + (toMs - fromMs), 0) / MINUTE_MS;
}
