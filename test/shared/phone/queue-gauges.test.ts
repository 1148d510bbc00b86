import { expect, it } from 'vitest';
import { gaugeValues, occupancyPpm } from '../../../shared/src/phone/queue-gauges.ts';

it.each([
  // Four there, one paused, one free: two of three are busy.
  [{ loggedIn: 4, available: 1, paused: 1 }, 666_666],
  [{ loggedIn: 3, available: 3, paused: 0 }, 0],
  [{ loggedIn: 2, available: 0, paused: 2 }, null],
  [{ loggedIn: 0, available: 0, paused: 0 }, null],
])('occupancy of %o is %s ppm', (gauges, expected) => {
  expect(occupancyPpm(gauges)).toBe(expected);
});

it('gauges are values in the units of the probes; an occupancy of nobody is absent', () => {
  expect(gaugeValues({ waiting: 2, longestWaitS: 44, loggedIn: 1, available: 0, paused: 1 })).toEqual({
    waiting: 2,
    longest_wait: 44_000_000,
    logged_in: 1,
    available: 0,
    paused: 1,
  });
});
