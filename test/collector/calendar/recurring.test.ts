import { dateStartMs } from '@nines/shared/time/calendar.ts';
import type { WallRange } from '@nines/shared/time/open-hours.ts';
import type { RecurringWindow } from '@nines/shared/time/recurring.ts';
import { describe, expect, it } from 'vitest';
import { recurringIntervals } from '../../../collector/src/calendar/recurring.ts';
import { between, hours, minutesOf, utc } from './hours.ts';

const DAILY = { kind: 'weekdays', weekdays: [1, 2, 3, 4, 5, 6, 7] } as const;

function onDay(date: string, next: string, window: RecurringWindow) {
  const { timeZone } = window;
  return recurringIntervals(window, { fromMs: dateStartMs(date, timeZone), toMs: dateStartMs(next, timeZone) });
}

describe('a window every day from 02:00 to 05:00 in Berlin', () => {
  const window = { days: DAILY, at: hours(2, 5), timeZone: 'Europe/Berlin' };

  // The shared worked example B2: 180, 120 and 240 minutes.
  it('has 180 minutes on a normal day', () => {
    expect(minutesOf(onDay('2026-06-01', '2026-06-02', window))).toBe(180);
  });

  it('has 120 minutes when clocks go forward: 02:00 does not exist, the next instant is 03:00', () => {
    expect(utc(onDay('2026-03-29', '2026-03-30', window))).toEqual(['2026-03-29T01:00Z/2026-03-29T03:00Z']);
  });

  it('has 240 minutes when clocks go back: the first 02:00 begins it', () => {
    expect(utc(onDay('2026-10-25', '2026-10-26', window))).toEqual(['2026-10-25T00:00Z/2026-10-25T04:00Z']);
  });
});

describe('windows that touch', () => {
  it('are one each day all the same: a backup on Monday is none for Tuesday', () => {
    const window = { days: DAILY, at: hours(0, 24), timeZone: 'Europe/Berlin' };
    expect(utc(onDay('2026-10-24', '2026-10-27', window))).toEqual([
      '2026-10-23T22:00Z/2026-10-24T22:00Z',
      '2026-10-24T22:00Z/2026-10-25T23:00Z',
      '2026-10-25T23:00Z/2026-10-26T23:00Z',
    ]);
  });

  it('and that overlap when clocks go back: the second begins when the first ends', () => {
    const window = { days: DAILY, at: { fromMinute: 150, toMinute: 1_590 }, timeZone: 'Europe/Berlin' };
    const found = onDay('2026-10-24', '2026-10-27', window);
    for (const [index, { fromMs }] of found.entries()) if (index > 0) expect(fromMs).toBe(found[index - 1]?.toMs);
  });
});

describe('the rule for wall times that do not exist or come twice', () => {
  const berlin = (at: WallRange) => ({ days: DAILY, at, timeZone: 'Europe/Berlin' });

  it('a beginning inside the skipped hour is the instant after it, not an hour later', () => {
    // 02:30 does not exist; 03:00 is 01:00 UTC, 04:00 is 02:00 UTC.
    const window = berlin({ fromMinute: 150, toMinute: 240 });
    expect(utc(onDay('2026-03-29', '2026-03-30', window))).toEqual(['2026-03-29T01:00Z/2026-03-29T02:00Z']);
  });

  it('an end inside the skipped hour is the instant after it', () => {
    const window = berlin({ fromMinute: 60, toMinute: 150 });
    expect(utc(onDay('2026-03-29', '2026-03-30', window))).toEqual(['2026-03-29T00:00Z/2026-03-29T01:00Z']);
  });

  it('a window that lies in the skipped hour does not come that day', () => {
    expect(onDay('2026-03-29', '2026-03-30', berlin({ fromMinute: 130, toMinute: 170 }))).toEqual([]);
  });

  it('an end that comes twice is the second', () => {
    // 01:00 to 02:30: from 23:00 UTC to the second 02:30, which is 01:30 UTC.
    const window = berlin({ fromMinute: 60, toMinute: 150 });
    expect(utc(onDay('2026-10-25', '2026-10-26', window))).toEqual(['2026-10-24T23:00Z/2026-10-25T01:30Z']);
  });

  it('holds for the half hour of Lord Howe too', () => {
    // 2026-10-04: 02:00 (+10:30) becomes 02:30 (+11). 2026-04-05: 02:00 (+11) becomes 01:30 (+10:30).
    const window = { days: DAILY, at: { fromMinute: 75, toMinute: 135 }, timeZone: 'Australia/Lord_Howe' };
    expect(minutesOf(onDay('2026-10-04', '2026-10-05', window))).toBe(45);
    expect(minutesOf(onDay('2026-04-05', '2026-04-06', window))).toBe(90);
  });

  it('holds when Ramadan moves the clocks of Casablanca', () => {
    // 2026-02-15 03:00 (+01) becomes 02:00 (+00), and 2026-03-22 02:00 (+00) becomes 03:00 (+01).
    const window = { days: DAILY, at: hours(2, 5), timeZone: 'Africa/Casablanca' };
    expect(minutesOf(onDay('2026-02-15', '2026-02-16', window))).toBe(240);
    expect(minutesOf(onDay('2026-03-22', '2026-03-23', window))).toBe(120);
  });
});

describe('a window that comes', () => {
  const within = between('2026-11-01T00:00Z', '2027-01-01T00:00Z');
  const daysOf = (days: RecurringWindow['days']) =>
    recurringIntervals({ days, at: hours(2, 4), timeZone: 'UTC' }, within).map(({ fromMs }) =>
      new Date(fromMs).toISOString().slice(0, 10),
    );

  it('weekly comes on its weekday', () => {
    expect(daysOf({ kind: 'weekdays', weekdays: [7] }).slice(0, 3)).toEqual(['2026-11-01', '2026-11-08', '2026-11-15']);
  });

  it('on the second Tuesday comes once a month', () => {
    expect(daysOf({ kind: 'nth_weekday', nth: 2, weekday: 2 })).toEqual(['2026-11-10', '2026-12-08']);
  });

  it('on the last Sunday comes once a month, whether that is the fourth or the fifth', () => {
    expect(daysOf({ kind: 'nth_weekday', nth: -1, weekday: 7 })).toEqual(['2026-11-29', '2026-12-27']);
  });

  it('on the last Monday is the month’s last day when that is a Monday, and not the week before too', () => {
    expect(daysOf({ kind: 'nth_weekday', nth: -1, weekday: 1 })).toEqual(['2026-11-30', '2026-12-28']);
  });

  it('on a fifth Sunday comes only in months that have one', () => {
    expect(daysOf({ kind: 'nth_weekday', nth: 5, weekday: 7 })).toEqual(['2026-11-29']);
  });

  it('over midnight comes on the day on which it begins', () => {
    const window = { days: { kind: 'weekdays', weekdays: [7] }, at: hours(22, 26), timeZone: 'UTC' } as const;
    expect(utc(recurringIntervals(window, between('2026-11-02T00:00Z', '2026-11-03T00:00Z')))).toEqual([
      '2026-11-02T00:00Z/2026-11-02T02:00Z',
    ]);
  });
});
