import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Edges } from '../../../../collector/src/evaluate/edges.ts';
import { Labels } from '../../../../collector/src/evaluate/labels.ts';
import { PackedWriter, RollupError } from '../../../../collector/src/store/rollup/packed.ts';
import {
  addRunCounts,
  appendEdges,
  edgeRowsOf,
  noRuns,
  packWeek,
  unpackWeek,
  type WeekSummary,
} from '../../../../collector/src/store/rollup/week.ts';
import { sliceRuns } from '../../../../collector/src/store/runs-builder.ts';
import type { Seen } from '../../evaluate/oracle.ts';
import { runsOf, seenInWeek, WEEK, WEEK_MS } from './arbitrary-runs.ts';

const FROM_MS = WEEK * WEEK_MS;
const HOUR_MS = 3_600_000;

/** What `evaluate/edges.ts` makes of all observations at once, several at an instant included. */
function readingsOf(seen: readonly Seen[]) {
  const labels = new Labels();
  const edges = new Edges(labels);
  const marks = seen.map(({ atMs, outcome, reason, everyMs }) => ({
    atMs,
    label: labels.idOf(outcome, reason, everyMs),
  }));
  edges.splice(FROM_MS, FROM_MS + WEEK_MS, marks);
  return [...edges.readings(FROM_MS, FROM_MS + WEEK_MS)];
}

const UP: Seen = {
  check: 'shop',
  agent: 'fra',
  atMs: FROM_MS,
  everyMs: 30_000,
  outcome: 'up',
  reason: null,
  values: {},
};

describe('the rows of a week', () => {
  it('are those of the head, with several runs at one instant, whatever the order of arrival', () => {
    fc.assert(
      fc.property(seenInWeek, (seen) => {
        const rows = edgeRowsOf(runsOf(seen)).map(({ startMs, lastMs, outcome, reason, everyMs }) => ({
          atMs: startMs,
          holdsUntilMs: lastMs + 2 * everyMs,
          outcome,
          reason,
        }));
        expect(rows).toEqual(readingsOf(seen));
      }),
      { numRuns: 500 },
    );
  });

  it('join a run that is two intervals later, and none that is a millisecond more', () => {
    const gaps = [60_000, 60_001];
    const rows = gaps.map((gapMs) => edgeRowsOf(runsOf([UP, { ...UP, atMs: FROM_MS + gapMs }])).length);
    expect(rows).toEqual([1, 2]);
  });

  it('appended to those before are the rows of all; not when an instant is not later', () => {
    fc.assert(
      fc.property(seenInWeek, fc.nat(), (seen, place) => {
        const runs = runsOf(seen);
        const cut = place % (runs.length + 1);
        const [before, later] = [sliceRuns(runs, 0, cut), sliceRuns(runs, cut, runs.length)];
        const isLater = cut === 0 || cut === runs.length || runs.atMs[cut - 1] !== runs.atMs[cut];
        const rows = appendEdges(edgeRowsOf(before), edgeRowsOf(later));
        expect(rows).toEqual(isLater ? edgeRowsOf(runs) : null);
      }),
      { numRuns: 500 },
    );
  });
});

describe('the counts of a week', () => {
  it('are the runs of each hour by outcome, added in any parts', () => {
    fc.assert(
      fc.property(seenInWeek, fc.nat(), (seen, place) => {
        const runs = runsOf(seen);
        const cut = place % (runs.length + 1);
        const counts = noRuns();
        addRunCounts(counts, sliceRuns(runs, cut, runs.length));
        addRunCounts(counts, sliceRuns(runs, 0, cut));
        const expected = Array.from({ length: 168 }, (_, hour) =>
          ['up', 'down', 'unknown'].map(
            (outcome) =>
              seen.filter((one) => one.outcome === outcome && Math.floor((one.atMs - FROM_MS) / HOUR_MS) === hour)
                .length,
          ),
        );
        expect([...counts]).toEqual(expected.flat());
      }),
      { numRuns: 50 },
    );
  });
});

describe('a packed week', () => {
  it('has the bytes that stores hold already', () => {
    const runs = noRuns();
    // The week's fourth hour and the one after it.
    runs.set([120, 0, 0, 118, 1, 1], 9);
    const edges: WeekSummary['edges'] = [
      { startMs: FROM_MS + 10_800_007, lastMs: FROM_MS + 17_000_000, outcome: 'up', reason: null, everyMs: 30_000 },
      {
        startMs: FROM_MS + 17_030_000,
        lastMs: FROM_MS + 17_030_000,
        outcome: 'down',
        reason: 'timeout',
        everyMs: 30_000,
      },
      {
        startMs: FROM_MS + 17_060_000,
        lastMs: FROM_MS + 17_060_000,
        outcome: 'unknown',
        reason: 'agent-error',
        everyMs: 30_000,
      },
    ];
    const packed =
      '01030000000178000001760101a301000000020774696d656f75740b6167656e742d6572726f72' +
      '0387979305b9b5fa020100b0ea01b0ea01000001b0ea01b0ea01000202b0ea015bf89eff';
    expect(Buffer.from(packWeek({ week: WEEK, runs, edges })).toString('hex')).toBe(packed);
    expect(unpackWeek(WEEK, Buffer.from(packed, 'hex'))).toEqual({ week: WEEK, runs, edges });
  });

  it('with rows that do not ascend is refused rather than misread', () => {
    const edges = edgeRowsOf(runsOf([UP, { ...UP, atMs: FROM_MS + HOUR_MS }])).toReversed();
    expect(() => packWeek({ week: WEEK, runs: noRuns(), edges })).toThrow(RangeError);
    expect(() => packWeek({ week: WEEK + 1, runs: noRuns(), edges })).toThrow(RangeError);
  });

  it.each([
    ['of another layout', [2]],
    ['with hours beyond its end', [1, 169, 0, 0, 0, 0, 0]],
    ['with a run of no hours', [1, 0, 0, 0, 0, 168, 0, 0, 0, 0, 0]],
    ['that ends early', [1, 168, 0, 0]],
    ['of no bytes', []],
  ])('%s is refused, although the checksum is right', (_, numbers) => {
    const writer = new PackedWriter();
    for (const number of numbers) writer.number(number);
    expect(() => unpackWeek(WEEK, writer.finish())).toThrow(RollupError);
  });
});
