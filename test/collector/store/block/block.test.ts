import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  decodeBlock,
  decodeUpNumbers,
  encodeBlock,
  MAX_BLOCK_RUNS,
} from '../../../../collector/src/store/block/block.ts';
import { BlockError } from '../../../../collector/src/store/block/byte-stream.ts';
import { joinBlocks, splitBlocks } from '../../../../collector/src/store/block/chunk.ts';
import { OUTCOME_CODES, type RunColumns, sameRuns } from '../../../../collector/src/store/run-columns.ts';
import { RunsBuilder } from '../../../../collector/src/store/runs-builder.ts';

const START_MS = 1_790_000_000_000;

const number = fc.oneof(
  fc.integer({ min: 0, max: 300 }),
  fc.integer({ min: -5_000_000, max: 500_000_000 }),
  fc.maxSafeInteger(),
);

const run = fc.record({
  atMs: fc.oneof(
    fc.integer({ min: 0, max: 100 }).map((step) => step * 30_000),
    fc.integer({ min: 0, max: 10 ** 12 }),
  ),
  everyMs: fc.constantFrom(30_000, 30_000, 30_000, 60_000, 1),
  up: fc.constantFrom(1 as const, 1 as const, 0 as const, null),
  reason: fc.constantFrom('timeout', 'http-status', 'agent-isolated'),
  values: fc.dictionary(fc.constantFrom('total', 'connect', 'status', 'bytes'), number),
});

/** Any observations at all. */
const anyRuns = fc.array(run, { minLength: 1, maxLength: 60 }).map((runs): RunColumns => {
  const builder = new RunsBuilder();
  for (const { atMs, everyMs, up, reason, values } of runs) {
    builder.addColumns({
      check: 'shop',
      every_ms: everyMs,
      at_ms: [START_MS + atMs],
      up: [up],
      reasons: up === 1 ? {} : { 0: reason },
      values: Object.fromEntries(Object.entries(values).map(([name, value]) => [name, [value]])),
    });
  }
  return builder.build();
});

/** As an agent makes them: on a grid with some jitter, phases that add up, a few failures. */
const usualRuns = fc
  .record({
    seed: fc.integer({ min: 1, max: 2 ** 31 - 1 }),
    count: fc.integer({ min: 1, max: 4_096 }),
    everyMs: fc.constantFrom(1_000, 30_000, 300_000),
  })
  .map(({ seed, count, everyMs }): RunColumns => {
    let state = seed;
    const next = (below: number) => {
      state = (Math.imul(state, 48_271) >>> 0) % 2_147_483_647;
      return state % below;
    };
    const rows = Array.from({ length: count }, (_, index) => {
      const [connect, processing] = [8_000 + next(4_000), 60_000 + next(30_000)];
      return { at: START_MS + index * everyMs + next(5), isUp: next(50) > 0, connect, processing, rest: next(600) };
    });
    const builder = new RunsBuilder();
    const value = (of: (row: (typeof rows)[number]) => number) => rows.map((row) => (row.isUp ? of(row) : null));
    builder.addColumns({
      check: 'shop',
      every_ms: everyMs,
      at_ms: rows.map(({ at }) => at),
      up: rows.map(({ isUp }) => (isUp ? 1 : 0)),
      reasons: Object.fromEntries(rows.flatMap(({ isUp }, index) => (isUp ? [] : [[index, 'timeout']]))),
      values: {
        connect: value(({ connect }) => connect),
        processing: value(({ processing }) => processing),
        status: value(() => 200),
        total: value(({ connect, processing, rest }) => connect + processing + rest),
      },
    });
    return builder.build();
  });

const NAMES = ['bytes', 'connect', 'level', 'resolve', 'status', 'total', 'tür'];

/** Numbers of any kind that a column may take: each draws its own out of a few shapes, and outliers. */
const anyNumbers = fc.tuple(
  fc.constantFrom(0, 1, 255, 70_000, 2 ** 31, 2 ** 40, 2 ** 52, Number.MAX_SAFE_INTEGER),
  fc.constantFrom(0, 1, 3, 1_000, 2 ** 33, 2 ** 51, Number.MAX_SAFE_INTEGER),
  fc.boolean(),
);

/** Columns beyond what agents send: any instants and intervals, negative ones too, any pattern of presence, any size. */
const anyColumns = fc
  .record({
    seed: fc.integer({ min: 1, max: 2 ** 31 - 2 }),
    length: fc.oneof(fc.integer({ min: 0, max: 40 }), fc.constantFrom(300, 301, 1_501, MAX_BLOCK_RUNS)),
    startMs: fc.constantFrom(START_MS, 0, -5, -8_640_000_000_000_000, Number.MIN_SAFE_INTEGER),
    stepMs: fc.constantFrom(0, 1, 30_000, 10 ** 9, 10 ** 12),
    intervals: fc.array(fc.constantFrom(30_000, 60_000, 1, 0, -7, Number.MAX_SAFE_INTEGER), {
      minLength: 1,
      maxLength: 3,
    }),
    shapes: fc.array(anyNumbers, { minLength: NAMES.length, maxLength: NAMES.length }),
    presence: fc.array(fc.constantFrom(0, 1, 2, 10), { minLength: NAMES.length, maxLength: NAMES.length }),
    reasons: fc.uniqueArray(fc.string(), { maxLength: 4 }),
  })
  .map(({ seed, length, startMs, stepMs, intervals, shapes, presence, reasons }): RunColumns => {
    const next = chance(seed);
    let at = startMs;
    const atMs = Float64Array.from({ length }, (_, row) => {
      at = Math.min(
        Number.MAX_SAFE_INTEGER,
        row === 0 || next(9) === 0 ? at : at + stepMs - (stepMs > 9 ? next(5) : 0),
      );
      return at;
    });
    const reasonNames = length === 0 ? [] : reasons.toSorted();
    return {
      length,
      atMs,
      everyMs: Float64Array.from({ length }, () => intervals[next(50) === 0 ? next(intervals.length) : 0] ?? 0),
      outcomes: Uint8Array.from({ length }, () => next(3)),
      reasons: Uint16Array.from({ length }, () => next(reasonNames.length + 1)),
      reasonNames,
      values: NAMES.map((name, index) => {
        const [base, spread, isSigned] = shapes[index] ?? [0, 0, false];
        const present = Uint8Array.from({ length }, () => (next(10) < (presence[index] ?? 0) ? 1 : 0));
        const numbers = Float64Array.from(present, (one) => {
          const number = Math.min(Number.MAX_SAFE_INTEGER, base + Math.floor((next(1_000_001) / 1_000_000) * spread));
          return one === 0 || number === 0 ? 0 : isSigned && next(2) === 0 ? -number : number;
        });
        return { name, present, numbers };
      }).filter(({ present }) => present.includes(1)),
    };
  });

/** Minimal standard generator, Park and Miller 1988: whole numbers below a bound. */
function chance(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state * 48_271) % 2_147_483_647;
    return state % below;
  };
}

function emptyRuns(): RunColumns {
  return new RunsBuilder().build();
}

describe('a block', () => {
  it('gives back any observations as they were', () => {
    fc.assert(
      fc.property(anyRuns, (runs) => void expect(decodeBlock(encodeBlock(runs))).toEqual(runs)),
      { numRuns: 1_000 },
    );
  });

  it('gives back any columns: negative and huge numbers, no numbers, no rows, one instant, any interval', () => {
    fc.assert(
      fc.property(anyColumns, (runs) => void expect(sameRuns(decodeBlock(encodeBlock(runs)), runs)).toBe(true)),
      { numRuns: 400 },
    );
  });

  it('gives back as many reasons as there can be', () => {
    const length = MAX_BLOCK_RUNS;
    const reasonNames = Array.from({ length: 65_535 }, (_, index) => `reason-${String(index).padStart(5, '0')}`);
    const runs: RunColumns = {
      length,
      atMs: Float64Array.from({ length }, (_, row) => START_MS + row),
      everyMs: new Float64Array(length).fill(1),
      outcomes: new Uint8Array(length),
      reasons: Uint16Array.from({ length }, (_, row) => 65_535 - row),
      reasonNames,
      values: [],
    };
    expect(sameRuns(decodeBlock(encodeBlock(runs)), runs)).toBe(true);
  });

  it('gives back what agents usually send', () => {
    fc.assert(
      fc.property(usualRuns, (runs) => void expect(decodeBlock(encodeBlock(runs))).toEqual(runs)),
      { numRuns: 60 },
    );
  });

  it('gives the numbers of one value over the runs that were up without unpacking all else', () => {
    fc.assert(
      fc.property(fc.oneof(anyRuns, usualRuns), fc.constantFrom('total', 'connect', 'status'), (runs, name) => {
        const column = runs.values.find((one) => one.name === name);
        const expected = Array.from(runs.outcomes).flatMap((code, row) =>
          code === OUTCOME_CODES.up && column?.present[row] === 1 ? [column.numbers[row] ?? Number.NaN] : [],
        );
        expect([...decodeUpNumbers(encodeBlock(runs), name)]).toEqual(expected);
      }),
      { numRuns: 60 },
    );
  });

  it('gives the values that are wanted, and no others', () => {
    const wanted = new Set(['total']);
    fc.assert(
      fc.property(fc.oneof(anyRuns, usualRuns), (runs) => {
        const expected = { ...runs, values: runs.values.filter(({ name }) => wanted.has(name)) };
        expect(decodeBlock(encodeBlock(runs), wanted)).toEqual(expected);
      }),
      { numRuns: 100 },
    );
  });

  it('notices any changed byte', () => {
    fc.assert(
      fc.property(fc.oneof(anyRuns, anyColumns), fc.nat(), fc.integer({ min: 1, max: 255 }), (runs, place, change) => {
        const bytes = encodeBlock(runs);
        const index = place % bytes.length;
        bytes[index] = (bytes[index] ?? 0) ^ change;
        expect(() => decodeBlock(bytes)).toThrow(BlockError);
      }),
      { numRuns: 1_000 },
    );
  });

  it('notices being cut short at any place', () => {
    fc.assert(
      fc.property(fc.oneof(anyRuns, anyColumns), fc.nat(), (runs, place) => {
        const bytes = encodeBlock(runs);
        expect(() => decodeBlock(bytes.subarray(0, place % bytes.length))).toThrow(BlockError);
      }),
    );
  });

  it('of a layout yet to come is refused, by its name', () => {
    const bytes = encodeBlock(emptyRuns());
    bytes[7] = 0x30;
    expect(() => decodeBlock(bytes)).toThrow(/unknown layout 3; update the collector/);
    expect(() => splitBlocks(bytes)).toThrow(BlockError);
  });

  it('is made of no more than 4,096 observations', () => {
    const length = MAX_BLOCK_RUNS + 1;
    const cells = { atMs: new Float64Array(length), everyMs: new Float64Array(length) };
    const codes = { outcomes: new Uint8Array(length), reasons: new Uint16Array(length) };
    expect(() => encodeBlock({ ...emptyRuns(), length, ...cells, ...codes })).toThrow(/no room/);
  });

  it('stands in a chunk behind others, found by its header', () => {
    fc.assert(
      fc.property(fc.array(anyRuns, { maxLength: 5 }), (all) => {
        const found = splitBlocks(joinBlocks(all.map((runs) => encodeBlock(runs))));
        expect(found.map(({ bytes }) => decodeBlock(bytes))).toEqual(all);
        expect(found.map(({ fromMs, toMs, length }) => [fromMs, toMs, length])).toEqual(
          all.map((runs) => [runs.atMs[0], runs.atMs.at(-1), runs.length]),
        );
      }),
    );
  });

  it('takes close to what the noise in it holds', () => {
    // Jitter of 5 ms, and uniform noise of 4,000, 30,000 and 600: log2 of each, and no more than 8 % above their sum:
    // uniform noise begins and ends in the middle of buckets.
    const noiseBits = Math.log2(5) + Math.log2(4_000) + Math.log2(30_000) + Math.log2(600);
    const [runs] = fc.sample(
      usualRuns.filter(({ length }) => length > 3_000),
      { seed: 7, numRuns: 1 },
    );
    if (runs === undefined) throw new Error('no sample');
    expect((encodeBlock(runs).length * 8) / runs.length).toBeLessThan(noiseBits * 1.08);
  });
});
