import { dateAt, dateStartMs } from '@nines/shared/time/calendar.ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openIntervals } from '../../../collector/src/calendar/open-hours.ts';
import { between, hours, minutesOf, office, utc } from './hours.ts';

describe('open hours', () => {
  it('are the same wall time on both sides of a change of the clocks', () => {
    // 17:00 on Friday is 16:00 UTC in winter, 15:00 UTC in summer.
    const week = between('2026-03-27T00:00+01:00', '2026-03-31T00:00+02:00');
    expect(utc(openIntervals(office(), week))).toEqual([
      '2026-03-27T08:00Z/2026-03-27T16:00Z',
      '2026-03-30T07:00Z/2026-03-30T15:00Z',
    ]);
  });

  it('are cut at the ends of what is asked for', () => {
    const morning = between('2026-03-27T10:15+01:00', '2026-03-27T11:00+01:00');
    expect(utc(openIntervals(office(), morning))).toEqual(['2026-03-27T09:15Z/2026-03-27T10:00Z']);
    expect(openIntervals(office(), between('2026-03-28T00:00Z', '2026-03-28T20:00Z'))).toEqual([]);
  });

  it('of several ranges a day leave the break out', () => {
    const split = office('UTC', {
      week: office().week.map((day) => (day.length > 0 ? [hours(8, 12), hours(13, 17)] : [])),
    });
    expect(utc(openIntervals(split, between('2026-03-27T00:00Z', '2026-03-28T00:00Z')))).toEqual([
      '2026-03-27T08:00Z/2026-03-27T12:00Z',
      '2026-03-27T13:00Z/2026-03-27T17:00Z',
    ]);
  });

  it('over midnight belong to the day on which they begin, also when that day lies before what is asked for', () => {
    const nights = office('UTC', { week: [[], [], [], [], [hours(22, 30)], [], []] });
    expect(utc(openIntervals(nights, between('2026-03-28T00:00Z', '2026-03-29T00:00Z')))).toEqual([
      '2026-03-28T00:00Z/2026-03-28T06:00Z',
    ]);
  });

  it('of the whole day are as long as the day is', () => {
    const always = office('Europe/Berlin', { week: office().week.map(() => [hours(0, 24)]) });
    const day = (date: string, next: string) => {
      const within = { fromMs: dateStartMs(date, always.timeZone), toMs: dateStartMs(next, always.timeZone) };
      return minutesOf(openIntervals(always, within));
    };
    expect(day('2026-03-29', '2026-03-30')).toBe(23 * 60);
    expect(day('2026-10-25', '2026-10-26')).toBe(25 * 60);
  });

  it('of Samoa have no 30 December 2011: the date was skipped', () => {
    // 29 December ends at 10:00 UTC and 31 December begins there; it is a Saturday, as the 30th would have been a Friday.
    const week = between('2011-12-28T12:00Z', '2012-01-03T00:00Z');
    expect(utc(openIntervals(office('Pacific/Apia'), week))).toEqual([
      '2011-12-28T19:00Z/2011-12-29T03:00Z',
      '2011-12-29T19:00Z/2011-12-30T03:00Z',
      '2012-01-01T19:00Z/2012-01-02T03:00Z',
      '2012-01-02T19:00Z/2012-01-03T00:00Z',
    ]);
  });
});

describe('a holiday', () => {
  const openOn = (date: string, calendar = office('UTC')) => {
    const fromMs = Date.parse(date);
    return openIntervals(calendar, { fromMs, toMs: fromMs + 86_400_000 }).length > 0;
  };

  it('is closed on its date, on every day of its dates, or on its day of every year', () => {
    const calendar = office('UTC', {
      holidays: [
        { kind: 'dates', from: '2026-12-24', to: '2026-12-28' },
        { kind: 'yearly', from: '05-01', to: '05-01' },
      ],
    });
    expect(
      ['2026-12-23', '2026-12-24', '2026-12-25', '2026-12-28', '2026-12-29'].map((day) => openOn(day, calendar)),
    ).toEqual([true, false, false, false, true]);
    // 1 May is a Friday in 2026 and a Thursday in 2031.
    expect(['2026-05-01', '2031-05-01', '2026-05-04'].map((day) => openOn(day, calendar))).toEqual([
      false,
      false,
      true,
    ]);
  });

  it('that comes every year may go over the new year', () => {
    const calendar = office('UTC', { holidays: [{ kind: 'yearly', from: '12-30', to: '01-01' }] });
    expect(
      ['2026-12-29', '2026-12-30', '2026-12-31', '2027-01-01', '2027-01-04'].map((day) => openOn(day, calendar)),
    ).toEqual([true, false, false, false, true]);
  });

  it('ends the shift that began the evening before at midnight', () => {
    const nights = office('UTC', {
      week: office().week.map(() => [hours(22, 30)]),
      holidays: [{ kind: 'dates', from: '2026-05-01', to: '2026-05-01' }],
    });
    expect(utc(openIntervals(nights, between('2026-04-30T12:00Z', '2026-05-02T12:00Z')))).toEqual([
      '2026-04-30T22:00Z/2026-05-01T00:00Z',
      '2026-05-02T00:00Z/2026-05-02T06:00Z',
    ]);
  });
});

it('asking for two stretches that touch gives the same time as asking for both at once', () => {
  const zone = fc.constantFrom(
    'Europe/Berlin',
    'Australia/Lord_Howe',
    'Africa/Casablanca',
    'Pacific/Apia',
    'America/Havana',
  );
  const instant = fc.integer({ min: Date.UTC(2011, 11, 1), max: Date.UTC(2012, 11, 1) });
  const days = fc.nat({ max: 20 * 86_400_000 });
  fc.assert(
    fc.property(zone, instant, days, days, (timeZone, fromMs, first, second) => {
      const calendar = office(timeZone, { week: office().week.map(() => [hours(0, 3), hours(20, 26)]) });
      const [middle, toMs] = [fromMs + first, fromMs + first + second];
      const parts = [
        ...openIntervals(calendar, { fromMs, toMs: middle }),
        ...openIntervals(calendar, { fromMs: middle, toMs }),
      ];
      expect(minutesOf(parts)).toBe(minutesOf(openIntervals(calendar, { fromMs, toMs })));
    }),
    { numRuns: 60 },
  );
});

it('a date of an instant is the one that a calendar on the wall shows there', () => {
  expect(dateAt(Date.parse('2011-12-30T09:59:59Z'), 'Pacific/Apia')).toBe('2011-12-29');
  expect(dateAt(Date.parse('2011-12-30T10:00:00Z'), 'Pacific/Apia')).toBe('2011-12-31');
});
