import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openIntervals } from '../../../collector/src/calendar/open-hours.ts';
import { countingTime, deadlineMs, elapsedMs } from '../../../collector/src/sla/business-time.ts';
import { between, office } from '../calendar/hours.ts';

const MINUTE_MS = 60_000;

describe('business time', () => {
  // The shared worked example E4, Monday to Friday 09:00-17:00 in Berlin: 30 minutes on Friday and 20 on Monday.
  it.each([
    ['2026-03-27T16:30+01:00', '2026-03-30T09:20+02:00', 3_830],
    ['2026-10-23T16:30+02:00', '2026-10-26T09:20+01:00', 3_950],
  ])('from Friday %s to Monday %s is 50 minutes of %i', (from, to, calendarMinutes) => {
    const ticket = between(from, to);
    const open = openIntervals(office(), ticket);
    expect(elapsedMs(open, ticket)).toBe(50 * MINUTE_MS);
    expect(ticket.toMs - ticket.fromMs).toBe(calendarMinutes * MINUTE_MS);
  });

  it('stands still while a ticket waits for the customer, and for hours when the pause lies outside them', () => {
    const ticket = between('2026-03-27T16:30+01:00', '2026-03-30T09:20+02:00');
    const open = openIntervals(office(), ticket);
    const pauses = [
      between('2026-03-27T16:40+01:00', '2026-03-27T16:45+01:00'),
      between('2026-03-27T16:43+01:00', '2026-03-27T16:50+01:00'),
      between('2026-03-28T10:00+01:00', '2026-03-28T12:00+01:00'),
    ];
    // 16:40 to 16:50 once, though two pauses overlap there; Saturday counts anyway as nothing.
    expect(elapsedMs(countingTime(open, pauses), ticket)).toBe(40 * MINUTE_MS);
  });

  it('adds to the next opening hours: four hours from Friday 15:00 are due on Monday at 11:00', () => {
    const open = openIntervals(office(), between('2026-03-27T00:00+01:00', '2026-04-03T00:00+02:00'));
    const due = deadlineMs(open, Date.parse('2026-03-27T15:00+01:00'), 240 * MINUTE_MS);
    expect(due).toBe(Date.parse('2026-03-30T11:00+02:00'));
  });

  it('that is up exactly when the office closes is due then, not when it opens again', () => {
    const open = openIntervals(office(), between('2026-03-27T00:00+01:00', '2026-04-03T00:00+02:00'));
    const due = deadlineMs(open, Date.parse('2026-03-27T16:00+01:00'), 60 * MINUTE_MS);
    expect(due).toBe(Date.parse('2026-03-27T17:00+01:00'));
  });

  it('that does not fit into the hours at hand has no deadline yet', () => {
    const open = openIntervals(office(), between('2026-03-27T00:00+01:00', '2026-03-28T00:00+01:00'));
    expect(deadlineMs(open, Date.parse('2026-03-27T16:00+01:00'), 61 * MINUTE_MS)).toBeNull();
    expect(deadlineMs([], 0, 1)).toBeNull();
  });

  it('measured up to a deadline is what was added to get there', () => {
    const week = between('2026-10-19T00:00+02:00', '2026-11-02T00:00+01:00');
    const open = openIntervals(office(), week);
    const instant = fc.integer({ min: week.fromMs, max: week.toMs });
    const pause = fc
      .tuple(instant, fc.nat({ max: 5 * 3_600_000 }))
      .map(([fromMs, ms]) => ({ fromMs, toMs: fromMs + ms }));
    fc.assert(
      fc.property(
        instant,
        fc.integer({ min: 1, max: 30 * 3_600_000 }),
        fc.array(pause),
        (fromMs, durationMs, pauses) => {
          const counting = countingTime(open, pauses);
          const due = deadlineMs(counting, fromMs, durationMs);
          const sum = elapsedMs(counting, { fromMs, toMs: due ?? week.toMs });
          if (due === null) expect(sum).toBeLessThan(durationMs);
          else expect(sum).toBe(durationMs);
        },
      ),
    );
  });
});
