import { describe, expect, it } from 'vitest';
import { type Heard, type Heartbeat, NOTHING_HEARD, statusOf } from '../../../collector/src/heartbeat/heartbeat.ts';

const HOUR_MS = 3_600_000;
const NOON = Date.UTC(2026, 0, 10, 12);

const daily: Heartbeat = { id: 'nightly', key: 'k', schedule: { everyMs: 24 * HOUR_MS }, graceMs: HOUR_MS };
const byCron: Heartbeat = { ...daily, schedule: { cron: '0 2 * * *', timeZone: 'Europe/Berlin' } };

function stateOf(heartbeat: Heartbeat, heard: Partial<Heard>, nowMs = NOON): string {
  return statusOf(heartbeat, { ...NOTHING_HEARD, ...heard }, nowMs).state;
}

describe('a heartbeat', () => {
  it.each([
    ['was never heard', {}, 'new'],
    ['ran well a day ago, to the millisecond', { lastGoodMs: NOON - 24 * HOUR_MS }, 'up'],
    ['is due', { lastGoodMs: NOON - 24 * HOUR_MS - 1 }, 'late'],
    ['is at the end of its grace', { lastGoodMs: NOON - 25 * HOUR_MS }, 'late'],
    ['is overdue', { lastGoodMs: NOON - 25 * HOUR_MS - 1 }, 'down'],
    ['failed after it ran well', { lastGoodMs: NOON - 2, lastFailedMs: NOON - 1 }, 'down'],
    ['failed before it ran well', { lastGoodMs: NOON - 1, lastFailedMs: NOON - 2 }, 'up'],
    ['only ever failed', { lastFailedMs: NOON - 1 }, 'down'],
    ['runs', { lastGoodMs: NOON - HOUR_MS, runningSinceMs: NOON - HOUR_MS }, 'up'],
    ['runs for longer than its grace', { lastGoodMs: NOON - 1, runningSinceMs: NOON - HOUR_MS - 1 }, 'down'],
    ['runs for the first time', { runningSinceMs: NOON - 1 }, 'new'],
  ])('that %s: %j is %s', (_, heard, state) => {
    expect(stateOf(daily, heard)).toBe(state);
  });

  it('by cron is due at the next time of its zone after it last ran well', () => {
    // 02:00 in Berlin is 01:00 UTC in January.
    const heard = { ...NOTHING_HEARD, lastGoodMs: Date.UTC(2026, 0, 9, 1, 20) };
    const dueAtMs = Date.UTC(2026, 0, 10, 1);
    expect(statusOf(byCron, heard, dueAtMs)).toEqual({ state: 'up', fault: null, dueAtMs });
    expect(stateOf(byCron, heard, dueAtMs + HOUR_MS)).toBe('late');
    expect(stateOf(byCron, heard, dueAtMs + HOUR_MS + 1)).toBe('down');
  });
});
