import fc from 'fast-check';
import { expect, it } from 'vitest';
import { openIntervals } from '../../../collector/src/calendar/open-hours.ts';
import { remembered } from '../../../collector/src/calendar/remembered.ts';
import type { Interval } from '../../../collector/src/sla/interval.ts';

const HOUR_MS = 3_600_000;
/** The day on which clocks are put back in Berlin. */
const PLACE_MS = Date.UTC(2026, 9, 25);

const OFFICE = {
  timeZone: 'Europe/Berlin',
  week: Array.from({ length: 7 }, () => [{ fromMinute: 90, toMinute: 1_020 }]),
  holidays: [],
};

const interval = fc
  .record({ fromMs: fc.integer({ min: -90 * HOUR_MS, max: 90 * HOUR_MS }), lengthMs: fc.nat({ max: 90 * HOUR_MS }) })
  .map(({ fromMs, lengthMs }) => ({ fromMs: PLACE_MS + fromMs, toMs: PLACE_MS + fromMs + lengthMs }));

it('what is remembered of a calendar is what it says', () => {
  fc.assert(
    fc.property(fc.array(interval, { maxLength: 20 }), (asked) => {
      const known = remembered(openIntervals);
      for (const within of asked) expect(known(OFFICE, within)).toEqual(openIntervals(OFFICE, within));
    }),
  );
});

it('a day is looked up once, and another calendar for itself', () => {
  const looked: object[] = [];
  const known = remembered((calendar: object, within: Interval) => {
    looked.push(calendar);
    return [within];
  });
  const [one, other] = [{}, {}];
  for (const minute of [1, 2, 3]) known(one, { fromMs: PLACE_MS + minute, toMs: PLACE_MS + HOUR_MS + minute });
  known(other, { fromMs: PLACE_MS, toMs: PLACE_MS + 1 });
  expect(looked).toEqual([one, other]);
});
