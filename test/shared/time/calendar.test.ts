import {
  type CalendarPeriod,
  dateStartMs,
  formatInstant,
  isDate,
  isTimeZone,
  periodAt,
  periodNamed,
} from '@nines/shared/time/calendar.ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

/** Bounds of calendar months computed with the IANA rules outside this program (the shared worked example `months`). */
const MONTHS = [
  { zone: 'UTC', name: '2026-01', fromMs: 1767225600000, toMs: 1769904000000, minutes: 44640 },
  { zone: 'Europe/Berlin', name: '2026-03', fromMs: 1772319600000, toMs: 1774994400000, minutes: 44580 },
  { zone: 'Europe/Berlin', name: '2026-10', fromMs: 1790805600000, toMs: 1793487600000, minutes: 44700 },
  { zone: 'America/New_York', name: '2026-03', fromMs: 1772341200000, toMs: 1775016000000, minutes: 44580 },
  { zone: 'America/New_York', name: '2026-11', fromMs: 1793505600000, toMs: 1796101200000, minutes: 43260 },
  { zone: 'Europe/London', name: '2026-10', fromMs: 1790809200000, toMs: 1793491200000, minutes: 44700 },
  { zone: 'Australia/Lord_Howe', name: '2026-04', fromMs: 1774962000000, toMs: 1777555800000, minutes: 43230 },
  { zone: 'Australia/Lord_Howe', name: '2026-10', fromMs: 1790775000000, toMs: 1793451600000, minutes: 44610 },
  { zone: 'Africa/Casablanca', name: '2026-02', fromMs: 1769900400000, toMs: 1772323200000, minutes: 40380 },
  { zone: 'Africa/Casablanca', name: '2026-03', fromMs: 1772323200000, toMs: 1774998000000, minutes: 44580 },
] as const;

const ZONES = ['UTC', 'Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'Africa/Casablanca', 'Asia/Kolkata'];
const PERIODS: readonly CalendarPeriod[] = [
  { unit: 'day' },
  { unit: 'week' },
  { unit: 'month' },
  { unit: 'quarter' },
  { unit: 'year' },
  { unit: 'weeks', count: 2, anchor: '2026-01-14' },
  { unit: 'months', count: 1, anchor: '2026-01-31' },
  { unit: 'months', count: 3, anchor: '2025-11-30' },
];
const instant = fc.integer({ min: Date.UTC(2015, 0, 1), max: Date.UTC(2035, 0, 1) });
const zone = fc.constantFrom(...ZONES);
const period = fc.constantFrom(...PERIODS);

describe('a calendar month', () => {
  it.each(MONTHS)('$name in $zone has $minutes minutes', ({ zone: timeZone, name, fromMs, toMs, minutes }) => {
    const month = { fromMs, toMs, name };
    expect(periodAt({ unit: 'month' }, timeZone, fromMs)).toEqual(month);
    expect(periodAt({ unit: 'month' }, timeZone, toMs - 1)).toEqual(month);
    expect(periodAt({ unit: 'month' }, timeZone, toMs).fromMs).toBe(toMs);
    expect(toMs - fromMs).toBe(minutes * 60_000);
  });
});

describe('a period', () => {
  it('holds the instant that asked for it, and touches its neighbours', () => {
    fc.assert(
      fc.property(period, zone, instant, (kind, timeZone, atMs) => {
        const found = periodAt(kind, timeZone, atMs);
        expect(found.fromMs).toBeLessThanOrEqual(atMs);
        expect(found.toMs).toBeGreaterThan(atMs);
        expect(periodAt(kind, timeZone, found.toMs).fromMs).toBe(found.toMs);
        expect(periodAt(kind, timeZone, found.fromMs - 1).toMs).toBe(found.fromMs);
      }),
    );
  });

  it('is found again by its name', () => {
    fc.assert(
      fc.property(period, zone, instant, (kind, timeZone, atMs) => {
        const found = periodAt(kind, timeZone, atMs);
        expect(periodNamed(kind, timeZone, found.name)).toEqual(found);
      }),
    );
  });

  it.each([
    [{ unit: 'month' }, '2026-13'],
    [{ unit: 'month' }, '2026-1'],
    [{ unit: 'month' }, '2026-10-01'],
    [{ unit: 'quarter' }, '2026-Q5'],
    [{ unit: 'quarter' }, '2026-10'],
    [{ unit: 'week' }, '2026-W54'],
    [{ unit: 'week' }, '2026-W00'],
    [{ unit: 'year' }, '26'],
    [{ unit: 'day' }, '2026-02-30'],
    [{ unit: 'weeks', count: 2, anchor: '2026-01-14' }, '2026-01-15'],
    [{ unit: 'month' }, ''],
  ] as const)('%o has none that is called "%s"', (kind, name) => {
    expect(periodNamed(kind, 'Europe/Berlin', name)).toBeNull();
  });

  it('of weeks counts from its anchor in the zone, not from ISO weeks, before the anchor too', () => {
    const fortnight = { unit: 'weeks', count: 2, anchor: '2026-01-14' } as const;
    const found = periodAt(fortnight, 'Europe/Berlin', Date.UTC(2026, 0, 27, 22));
    expect(found).toEqual({
      name: '2026-01-14',
      fromMs: Date.UTC(2026, 0, 13, 23),
      toMs: Date.UTC(2026, 0, 27, 23),
    });
    expect(periodAt(fortnight, 'Europe/Berlin', Date.UTC(2026, 0, 13, 22)).name).toBe('2025-12-31');
  });

  it('of a fortnight with the end of summer time in it is an hour longer', () => {
    const fortnight = { unit: 'weeks', count: 2, anchor: '2026-10-19' } as const;
    const { fromMs, toMs } = periodAt(fortnight, 'Europe/Berlin', Date.UTC(2026, 9, 25));
    expect(toMs - fromMs).toBe((14 * 24 + 1) * 3_600_000);
  });

  it('of a week is named by its ISO year, which may not be the calendar year', () => {
    expect(periodAt({ unit: 'week' }, 'UTC', Date.UTC(2027, 0, 1)).name).toBe('2026-W53');
  });

  it('of a day is 23 hours long when summer time begins and 25 when it ends', () => {
    const hours = (atMs: number) => {
      const { fromMs, toMs } = periodAt({ unit: 'day' }, 'Europe/Berlin', atMs);
      return (toMs - fromMs) / 3_600_000;
    };
    expect(hours(Date.UTC(2026, 2, 29, 12))).toBe(23);
    expect(hours(Date.UTC(2026, 9, 25, 12))).toBe(25);
    expect(hours(Date.UTC(2026, 9, 26, 12))).toBe(24);
  });
});

it('a date begins at the first instant of its day in the zone', () => {
  expect(dateStartMs('2026-10-01', 'Europe/Berlin')).toBe(1790805600000);
  expect(() => dateStartMs('2026-02-30x', 'UTC')).toThrow(RangeError);
});

it('only IANA names are time zones: an offset has no rules', () => {
  expect(['Europe/Berlin', 'UTC', 'Australia/Lord_Howe'].map(isTimeZone)).toEqual([true, true, true]);
  expect(['+01:00', 'Europe/Atlantis', '', '-05:00', 'CEST-nonsense'].map(isTimeZone)).toEqual([
    false,
    false,
    false,
    false,
    false,
  ]);
});

it('a date is one that exists, written in full', () => {
  expect(['2026-02-28', '2028-02-29'].map(isDate)).toEqual([true, true]);
  expect(['2026-02-29', '2026-2-28', '2026-02-28T00:00', '26-02-28'].map(isDate)).toEqual([false, false, false, false]);
});

it('an instant is written with the offset of its zone at that time', () => {
  expect(formatInstant(Date.UTC(2026, 9, 25, 0, 30), 'Europe/Berlin')).toBe('2026-10-25T02:30:00+02:00');
  expect(formatInstant(Date.UTC(2026, 9, 25, 1, 30), 'Europe/Berlin')).toBe('2026-10-25T02:30:00+01:00');
});
