import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeBlock, encodeBlock } from '../../../../collector/src/store/block/block.ts';
import { boundsOf, roundRuns } from '../../../../collector/src/store/block/half-percent.ts';
import { type RunColumns, sameRuns } from '../../../../collector/src/store/run-columns.ts';

const START_MS = 1_790_000_000_000;
const LOSSY: ReadonlySet<string> = new Set(['connect', 'total']);

function runsOf(columns: Readonly<Record<string, readonly number[]>>): RunColumns {
  const length = Math.max(...Object.values(columns).map((numbers) => numbers.length));
  return {
    length,
    atMs: Float64Array.from({ length }, (_, row) => START_MS + row * 30_000 + (row % 3)),
    everyMs: new Float64Array(length).fill(30_000),
    outcomes: new Uint8Array(length).fill(1),
    reasons: new Uint16Array(length),
    reasonNames: [],
    values: Object.entries(columns).map(([name, numbers]) => ({
      name,
      present: new Uint8Array(length).fill(1),
      numbers: Float64Array.from(numbers),
    })),
  };
}

const duration = fc.oneof(fc.integer({ min: 0, max: 1_000 }), fc.integer({ min: 0, max: 2 ** 40 }), fc.nat(100_000));
const rows = fc.array(fc.tuple(duration, fc.maxSafeInteger(), duration), { minLength: 1, maxLength: 200 });

describe('at half a percent', () => {
  it('rounded values are within half a percent, and below 200 exact; all others are exact', () => {
    fc.assert(
      fc.property(rows, (all) => {
        const runs = runsOf({
          connect: all.map(([connect]) => connect),
          status: all.map(([, status]) => status),
          total: all.map(([, , total]) => total),
        });
        const back = decodeBlock(encodeBlock(roundRuns(runs, LOSSY)));
        expect(sameRuns({ ...back, values: [] }, { ...runs, values: [] })).toBe(true);
        expect(back.values[1]).toEqual(runs.values[1]);
        for (const index of [0, 2]) {
          for (const [row, number] of runs.values[index]?.numbers.entries() ?? []) {
            const kept = back.values[index]?.numbers[row] ?? Number.NaN;
            expect(Math.abs(kept - number) * 200).toBeLessThanOrEqual(number < 200 ? 0 : number);
          }
        }
      }),
    );
  });

  it('what was kept once is kept as it is ever after', () => {
    fc.assert(
      fc.property(rows, (all) => {
        const runs = runsOf({ connect: all.map(([connect]) => connect), total: all.map(([, , total]) => total) });
        const once = roundRuns(runs, LOSSY);
        expect(roundRuns(once, LOSSY)).toEqual(once);
        expect(decodeBlock(encodeBlock(once))).toEqual(once);
      }),
    );
  });

  it('a column with a number that is negative or beyond 2^40 stays exact', () => {
    const runs = runsOf({ connect: [-1, 90_001, 70_003], total: [2 ** 40 + 1, 90_001, 70_003] });
    expect(roundRuns(runs, LOSSY)).toEqual(runs);
  });

  it('what was rounded lies between its bounds', () => {
    fc.assert(
      fc.property(rows, (all) => {
        const runs = runsOf({ connect: all.map(([connect]) => connect), total: all.map(([, , total]) => total) });
        const { least, greatest } = boundsOf(roundRuns(runs, LOSSY));
        for (const [index, { numbers }] of runs.values.entries()) {
          for (const [row, number] of numbers.entries()) {
            expect(least.values[index]?.numbers[row]).toBeLessThanOrEqual(number);
            expect(greatest.values[index]?.numbers[row]).toBeGreaterThanOrEqual(number);
          }
        }
      }),
    );
  });

  it('durations of a usual spread take little more than half the room', () => {
    const total = Array.from({ length: 2_000 }, (_, row) => 90_000 + ((row * 7_919) % 60_000));
    const runs = runsOf({ total });
    expect(encodeBlock(roundRuns(runs, LOSSY)).length).toBeLessThan(0.6 * encodeBlock(runs).length);
  });

  it('an exact total beside rounded phases is exact', () => {
    const runs = runsOf({ connect: [90_001, 70_003, 81_234], total: [190_001, 170_003, 181_234] });
    const back = decodeBlock(encodeBlock(roundRuns(runs, new Set(['connect']))));
    expect(back.values[1]).toEqual(runs.values[1]);
  });
});
