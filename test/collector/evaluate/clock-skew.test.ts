import type { Observation } from '@nines/shared/observation.ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CLOCK_SKEW, clockShiftMs, MovedEntries } from '../../../collector/src/evaluate/clock-skew.ts';
import { Head } from '../../../collector/src/evaluate/head.ts';
import { JournalInMemory } from './journal-in-memory.ts';

const NOW_MS = Date.UTC(2026, 10, 3, 12, 10);
const HOUR_MS = 3_600_000;
const MAX_MS = 30_000;

function run(atMs: number, outcome: 'up' | 'down' = 'up'): Observation {
  return {
    check: 'shop',
    atMs,
    everyMs: 30_000,
    outcome,
    reason: outcome === 'up' ? null : 'timeout',
    values: { total: 5 },
  };
}

function shift(newestAtMs: number, skewMs: number | null, receivedAtMs = NOW_MS): number | null {
  const journal = new JournalInMemory();
  return clockShiftMs(
    journal.append('fra', [run(newestAtMs - 30_000), run(newestAtMs)], { skewMs, receivedAtMs }),
    MAX_MS,
  );
}

describe('the instants of an agent', () => {
  it('are believed while its clock is within the allowed difference, or when it sent no time', () => {
    expect(shift(NOW_MS - 1_000, 30_000)).toBeNull();
    expect(shift(NOW_MS - 1_000, -30_000)).toBeNull();
    expect(shift(NOW_MS - 1_000, null)).toBeNull();
    expect(shift(NOW_MS - 5 * HOUR_MS, null)).toBeNull();
  });

  it('are moved by the measured difference when it is greater', () => {
    expect(shift(NOW_MS - HOUR_MS, HOUR_MS)).toBe(HOUR_MS);
    expect(shift(NOW_MS + HOUR_MS, -HOUR_MS)).toBe(-HOUR_MS);
  });

  it('cannot lie in the future: the newest is then taken to be from the moment of arrival', () => {
    expect(shift(NOW_MS + 30_000, null)).toBeNull();
    expect(shift(NOW_MS + 30_001, null)).toBe(-30_001);
    expect(shift(NOW_MS + HOUR_MS, 0)).toBe(-HOUR_MS);
    // Measured an hour behind, yet its newest instant is now: the clock jumped in between, and nothing can be believed.
    expect(shift(NOW_MS, HOUR_MS)).toBe(0);
  });
});

describe('an agent whose clock is wrong by an hour', () => {
  it('gives unknown at the time of the collector, never up or down', () => {
    const journal = new JournalInMemory();
    const head = new Head({ journal });
    const observations = [run(NOW_MS + HOUR_MS - 30_000), run(NOW_MS + HOUR_MS, 'down')];
    head.apply(journal.append('fra', observations, { skewMs: -HOUR_MS, receivedAtMs: NOW_MS + 1_000 }));
    const [series] = head.seriesOf('shop');
    expect(series?.timeline({ fromMs: NOW_MS - HOUR_MS, toMs: NOW_MS + 20_000 }, [])).toEqual([
      { fromMs: NOW_MS - 30_000, toMs: NOW_MS + 20_000, state: 'unknown', reason: CLOCK_SKEW },
    ]);
    expect(series?.runsTotal).toEqual({ up: 0, down: 0, unknown: 2 });
    expect(series?.last).toMatchObject({ atMs: NOW_MS, outcome: 'unknown', reason: CLOCK_SKEW, values: {} });
    expect(head.agent('fra')).toMatchObject({ skewMs: -HOUR_MS, disbelieved: 2 });
  });

  it('is found again when late observations make its stretch be read from the journal', async () => {
    const journal = new JournalInMemory();
    const head = new Head({ journal });
    const far = 40 * HOUR_MS;
    // Moved into the hour: unknown at 0 s and 60 s. Believed: up at 90 s; late, inside the unknown row: down at 30 s.
    const hour = Math.floor(NOW_MS / HOUR_MS) * HOUR_MS;
    const moved = [run(hour - far), run(hour - far + 60_000)];
    head.apply(journal.append('fra', moved, { skewMs: far, receivedAtMs: hour + 61_000 }));
    head.apply(journal.append('fra', [run(hour + 90_000)]));
    head.apply(journal.append('fra', [run(hour + 30_000, 'down')]));
    expect(head.isSettled).toBe(false);
    await head.settle();
    const timeline = head.seriesOf('shop')[0]?.timeline({ fromMs: hour, toMs: hour + 120_000 }, []);
    expect(timeline?.map(({ fromMs, state }) => [fromMs - hour, state])).toEqual([
      [0, 'unknown'],
      [30_000, 'down'],
      [60_000, 'unknown'],
      [90_000, 'up'],
    ]);
  });
});

describe('the places of moved entries', () => {
  it('hold everything that was moved into an interval, however many clocks are wrong', () => {
    const journal = new JournalInMemory();
    const moves = fc.array(
      fc.record({ atHour: fc.integer({ min: 0, max: 2_000 }), shiftHours: fc.integer({ min: -500, max: 500 }) }),
      { minLength: 1, maxLength: 400 },
    );
    fc.assert(
      fc.property(moves, fc.integer({ min: 0, max: 2_000 }), (all, hour) => {
        const movedEntries = new MovedEntries();
        const asked = { fromMs: NOW_MS + hour * HOUR_MS, toMs: NOW_MS + (hour + 24) * HOUR_MS };
        for (const { atHour, shiftHours } of all) {
          movedEntries.add(journal.append('fra', [run(NOW_MS + atHour * HOUR_MS)]), shiftHours * HOUR_MS);
        }
        const places = movedEntries.placesFor(asked);
        for (const { atHour, shiftHours } of all) {
          if (atHour + shiftHours < hour || atHour + shiftHours >= hour + 24) continue;
          const atMs = NOW_MS + atHour * HOUR_MS;
          expect(places.some((place) => place.fromMs <= atMs && atMs < place.toMs)).toBe(true);
        }
        expect(places.some((place) => place.fromMs <= asked.fromMs && asked.toMs <= place.toMs)).toBe(true);
      }),
      { numRuns: 40 },
    );
  });
});
