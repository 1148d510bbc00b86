import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { timeByDay } from '../../../../collector/src/store/rollup/time-by-day.ts';
import { edgeRowsOf } from '../../../../collector/src/store/rollup/week.ts';
import { observations, START_MS, STEP_MS, STEPS } from '../../evaluate/arbitrary-observations.ts';
import type { Seen } from '../../evaluate/oracle.ts';
import { runsOf } from './arbitrary-runs.ts';

const DAY_MS = 86_400_000;
const DAY = Math.floor(START_MS / DAY_MS);
/** The observations begin late on the first of these days and reach into the second. */
const DAYS = [DAY - 1, DAY, DAY + 1];

/** Every step looked at on its own: what the newest observation at or before it says, while it holds. */
function oracle(seen: readonly Seen[], day: number) {
  const time = { up: 0, down: 0, unknown: 0 };
  const ordered = seen.toSorted((a, b) => a.atMs - b.atMs);
  for (let step = 0; step < 2 * STEPS; step++) {
    const atMs = START_MS + step * STEP_MS;
    const newest = ordered.findLast((one) => one.atMs <= atMs);
    if (newest === undefined || atMs >= newest.atMs + 2 * newest.everyMs) continue;
    if (Math.floor(atMs / DAY_MS) === day) time[newest.outcome] += STEP_MS;
  }
  return { upMs: time.up, downMs: time.down, unknownMs: time.unknown };
}

describe('time by day', () => {
  it('is what looking at every step gives, over midnight and with gaps', () => {
    fc.assert(
      fc.property(observations, (all) => {
        const seen = all.filter(({ check, agent }) => check === 'shop' && agent === 'fra');
        const expected = DAYS.map((day) => oracle(seen, day));
        expect(timeByDay(edgeRowsOf(runsOf(seen)), null, DAYS)).toEqual(expected);
      }),
      { numRuns: 50 },
    );
  });

  it('needs of the past only the last row before', () => {
    fc.assert(
      fc.property(observations, (all) => {
        const seen = all.filter(({ check, agent }) => check === 'shop' && agent === 'fra');
        const rows = edgeRowsOf(runsOf(seen));
        const isLater = (row: { readonly startMs: number }) => row.startMs >= (DAY + 1) * DAY_MS;
        const before = rows.findLast((row) => !isLater(row)) ?? null;
        expect(timeByDay(rows.filter(isLater), before, [DAY + 1])).toEqual(timeByDay(rows, null, [DAY + 1]));
      }),
      { numRuns: 100 },
    );
  });

  it('of no rows is nothing, and of no days is no time', () => {
    expect(timeByDay([], null, [DAY])).toEqual([{ upMs: 0, downMs: 0, unknownMs: 0 }]);
    expect(timeByDay([], null, [])).toEqual([]);
  });
});
