import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  clipTimeline,
  compareOutcomes,
  NO_OBSERVATION,
  type Reading,
  stateAt,
  type Timeline,
  timeByState,
  timelineFrom,
} from '../../../collector/src/sla/timeline.ts';

const up = (atMs: number, holdMs = 60): Reading => ({ atMs, holdsUntilMs: atMs + holdMs, outcome: 'up', reason: null });
const down = (atMs: number, reason = 'http-status', holdMs = 60): Reading => ({
  atMs,
  holdsUntilMs: atMs + holdMs,
  outcome: 'down',
  reason,
});

const readings = fc
  .array(
    fc.record({
      atMs: fc.integer({ min: 0, max: 90 }),
      holdMs: fc.integer({ min: 1, max: 25 }),
      outcome: fc.constantFrom('up' as const, 'down' as const, 'unknown' as const),
      reason: fc.constantFrom('a', 'b'),
    }),
    { maxLength: 12 },
  )
  .map((found) =>
    found
      .sort((a, b) => a.atMs - b.atMs)
      .map(
        ({ atMs, holdMs, outcome, reason }): Reading => ({
          atMs,
          holdsUntilMs: atMs + holdMs,
          outcome,
          reason: outcome === 'up' ? null : reason,
        }),
      ),
  );

/** The definition, instant by instant: the last reading at or before it, while it holds. */
function spokenAt(all: readonly Reading[], atMs: number): string | null {
  const last = all.findLast((one) => one.atMs <= atMs);
  if (last === undefined) return null;
  return atMs < last.holdsUntilMs ? `${last.outcome} ${last.reason}` : `unknown ${NO_OBSERVATION}`;
}

/** Expected from the first reading on. */
function fromFirst(all: readonly Reading[], untilMs: number): Timeline {
  return timelineFrom(all, {
    expected: [{ fromMs: all[0]?.atMs ?? untilMs, toMs: untilMs }],
    interval: { fromMs: 0, toMs: untilMs },
  });
}

function toldAt(timeline: Timeline, atMs: number): string | null {
  const stretch = timeline.find((one) => one.fromMs <= atMs && atMs < one.toMs);
  return stretch === undefined ? null : `${stretch.state} ${stretch.reason}`;
}

describe('a timeline', () => {
  it('lets an observation speak until the next of its series', () => {
    expect(fromFirst([up(0), down(30), up(60)], 90)).toEqual([
      { fromMs: 0, toMs: 30, state: 'up', reason: null },
      { fromMs: 30, toMs: 60, state: 'down', reason: 'http-status' },
      { fromMs: 60, toMs: 90, state: 'up', reason: null },
    ]);
  });

  it('makes time without an observation unknown, not down and not up', () => {
    expect(fromFirst([up(0), up(100)], 130)).toEqual([
      { fromMs: 0, toMs: 60, state: 'up', reason: null },
      { fromMs: 60, toMs: 100, state: 'unknown', reason: NO_OBSERVATION },
      { fromMs: 100, toMs: 130, state: 'up', reason: null },
    ]);
  });

  it('begins with the first observation and tells nothing before it', () => {
    expect(fromFirst([up(40)], 50)).toEqual([{ fromMs: 40, toMs: 50, state: 'up', reason: null }]);
    expect(fromFirst([], 50)).toEqual([]);
    expect(fromFirst([up(50)], 50)).toEqual([]);
  });

  it('is silent where it is expected to speak, and tells nothing elsewhere', () => {
    const expected = [
      { fromMs: 5, toMs: 30 },
      { fromMs: 80, toMs: 95 },
      { fromMs: 97, toMs: 200 },
    ];
    expect(timelineFrom([up(10, 10), up(60, 10)], { expected, interval: { fromMs: 0, toMs: 100 } })).toEqual([
      { fromMs: 5, toMs: 10, state: 'unknown', reason: NO_OBSERVATION },
      { fromMs: 10, toMs: 20, state: 'up', reason: null },
      { fromMs: 20, toMs: 30, state: 'unknown', reason: NO_OBSERVATION },
      { fromMs: 60, toMs: 70, state: 'up', reason: null },
      { fromMs: 80, toMs: 95, state: 'unknown', reason: NO_OBSERVATION },
      { fromMs: 97, toMs: 100, state: 'unknown', reason: NO_OBSERVATION },
    ]);
  });

  it('keeps two reasons of an outage apart, and the same reason together', () => {
    const timeline = fromFirst([down(0, 'a'), down(30, 'a'), down(60, 'b')], 90);
    expect(timeline.map(({ fromMs, reason }) => [fromMs, reason])).toEqual([
      [0, 'a'],
      [60, 'b'],
    ]);
  });

  it('says at every instant what the last reading says while it holds', () => {
    fc.assert(
      fc.property(readings, fc.integer({ min: 0, max: 120 }), (all, untilMs) => {
        const timeline = fromFirst(all, untilMs);
        for (let at = 0; at < 130; at++) expect(toldAt(timeline, at)).toBe(at < untilMs ? spokenAt(all, at) : null);
        for (const [index, one] of timeline.slice(1).entries()) {
          const before = timeline[index];
          expect(one.fromMs).toBe(before?.toMs);
          expect(`${one.state} ${one.reason}`).not.toBe(`${before?.state} ${before?.reason}`);
        }
      }),
    );
  });

  it('clipped says the same inside the interval and nothing outside', () => {
    fc.assert(
      fc.property(readings, fc.integer({ min: 0, max: 120 }), fc.integer({ min: 0, max: 120 }), (all, fromMs, toMs) => {
        const timeline = fromFirst(all, 120);
        const clipped = clipTimeline(timeline, { fromMs, toMs });
        for (let at = 0; at < 130; at++) {
          expect(toldAt(clipped, at)).toBe(at >= fromMs && at < toMs ? toldAt(timeline, at) : null);
        }
      }),
    );
  });

  it('adds up time by state as counting every instant does', () => {
    fc.assert(
      fc.property(readings, fc.integer({ min: 0, max: 120 }), fc.integer({ min: 0, max: 120 }), (all, fromMs, toMs) => {
        const counted = { upMs: 0, downMs: 0, unknownMs: 0 };
        for (let at = fromMs; at < toMs; at++) {
          const said = spokenAt(all, at);
          if (said?.startsWith('up')) counted.upMs++;
          else if (said?.startsWith('down')) counted.downMs++;
          else if (said !== null) counted.unknownMs++;
        }
        expect(timeByState(fromFirst(all, 120), { fromMs, toMs })).toEqual(counted);
      }),
    );
  });

  it('tells the state at an instant, and nothing before it begins or after it ends', () => {
    const timeline = fromFirst([up(10), down(30)], 50);
    expect(stateAt(timeline, 9)).toBeNull();
    expect(stateAt(timeline, 10)?.state).toBe('up');
    expect(stateAt(timeline, 30)?.state).toBe('down');
    expect(stateAt(timeline, 50)).toBeNull();
  });
});

it('down is worse than unknown, and unknown worse than up', () => {
  expect((['up', 'down', 'unknown'] as const).toSorted(compareOutcomes)).toEqual(['up', 'unknown', 'down']);
});
