import { describe, expect, it } from 'vitest';
import { LateArrivals, type LateChange } from '../../../collector/src/evaluate/late-arrivals.ts';
import { anEvent } from '../../support/arbitrary-events.ts';
import { aBatch, upColumns } from '../../support/batches.ts';
import { ManualClock } from '../../support/manual-clock.ts';

const HOUR_MS = 3_600_000;
const NOW_MS = 1_800_000_000_000;

function start() {
  const clock = new ManualClock(NOW_MS);
  const late = new LateArrivals(clock);
  const told: (readonly LateChange[])[] = [];
  const unsubscribe = late.subscribe((changes) => told.push(changes));
  return { clock, late, told, unsubscribe };
}

describe('late data', () => {
  it('is told once for many batches, with the interval around all that it touched', async () => {
    const { clock, late, told } = start();
    for (const hours of [5, 9, 7]) {
      late.noteObservations(aBatch({ checks: [upColumns('shop', 3, NOW_MS - hours * HOUR_MS)] }));
    }
    late.noteEvents([anEvent({ atMs: NOW_MS - 4 * HOUR_MS, endedAtMs: NOW_MS - 3 * HOUR_MS })]);
    expect(told).toEqual([]);
    await clock.advance(1_000);
    // Three runs a minute apart, of which the last speaks for two minutes.
    const toMs = NOW_MS - 5 * HOUR_MS + 4 * 60_000;
    expect(told).toEqual([
      [
        { of: 'check', name: 'shop', fromMs: NOW_MS - 9 * HOUR_MS, toMs },
        { of: 'stream', name: 'calls', fromMs: NOW_MS - 4 * HOUR_MS, toMs: NOW_MS - 3 * HOUR_MS + 1 },
      ],
    ]);
    await clock.advance(10_000);
    expect(told).toHaveLength(1);
  });

  it('is not what has just happened', async () => {
    const { clock, late, told } = start();
    late.noteObservations(aBatch({ checks: [upColumns('shop', 3, NOW_MS - 60_000)] }));
    late.noteEvents([anEvent({ atMs: NOW_MS - 60_000, endedAtMs: null, outcome: null })]);
    await clock.advance(10_000);
    expect(told).toEqual([]);
    expect(clock.pendingTimers).toBe(0);
  });

  it('is not told to who does not want to hear of it any more', async () => {
    const { clock, late, told, unsubscribe } = start();
    late.noteEvents([anEvent({ atMs: NOW_MS - 2 * HOUR_MS, endedAtMs: NOW_MS - 2 * HOUR_MS })]);
    unsubscribe();
    await clock.advance(1_000);
    expect(told).toEqual([]);
  });
});
