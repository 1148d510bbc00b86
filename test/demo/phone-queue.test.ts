import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { callsOf, countByOutcome } from '../support/calls.ts';
import { temporaryFolder } from '../support/folders.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { startPhoneQueue } from './phone-queue.ts';
import { RUSH, SCRIPT_CYCLE_S, scriptedCalls, scriptedLines } from './phone-script.ts';
import { CYCLE_MS } from './timetable.ts';

const BEGAN_S = 1_790_000_000;

/** The calls as a reader of the log would know them, so long after the world began. */
function callsAfter(elapsedS: number) {
  const lines = scriptedLines(0, BEGAN_S).filter(({ atS }) => atS <= elapsedS);
  return callsOf(lines.map(({ text }) => `${text}\n`).join(''));
}

describe('the demo’s telephone queue', () => {
  it('is worked well at first, overrun in the rush, and well again: all within three minutes', () => {
    const inTime = (fromS: number, toS: number) => {
      const own = scriptedCalls().filter(({ atS }) => atS >= fromS && atS < toS);
      return own.filter(({ waitS, talkS }) => talkS !== null && waitS <= 10).length / own.length;
    };
    expect(inTime(0, RUSH.fromMs / 1_000)).toBe(1);
    expect(inTime(RUSH.fromMs / 1_000, RUSH.toMs / 1_000)).toBe(0);
    expect(inTime(RUSH.toMs / 1_000 + 6, 180)).toBe(1);
    // Over the rush and what came before, fewer than 80 % were answered within 10 s.
    expect(inTime(0, RUSH.toMs / 1_000)).toBeLessThan(0.8);
  });

  it('has callers who wait, talk and gave up when somebody looks', () => {
    expect(countByOutcome(callsAfter(100))).toMatchObject({ open: expect.any(Number), talking: expect.any(Number) });
    expect(countByOutcome(callsAfter(180)).abandoned).toBeGreaterThan(0);
    const all = countByOutcome(callsAfter(SCRIPT_CYCLE_S));
    expect(Object.keys(all).sort()).toEqual(['abandoned', 'answered']);
  });

  it('is written line by line as time goes by, cycle after cycle', async () => {
    const clock = new ManualClock(BEGAN_S * 1_000);
    const path = join(temporaryFolder(), 'queue_log');
    const stop = startPhoneQueue(path, clock);
    const calls = () => callsOf(readFileSync(path, 'utf8'));
    expect(readFileSync(path, 'utf8')).toBe(`${BEGAN_S}|NONE|NONE|NONE|QUEUESTART|\n`);
    await clock.advance(100_000);
    expect(new Set(calls())).toEqual(new Set(callsAfter(100)));
    await clock.advance(2 * CYCLE_MS - 100_000);
    expect(calls()).toHaveLength(2 * scriptedCalls().length);
    stop();
    await clock.advance(CYCLE_MS);
    expect(calls()).toHaveLength(2 * scriptedCalls().length);
  });
});
