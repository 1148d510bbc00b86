import { describe, expect, it } from 'vitest';
import { latencyColumns } from '../../../collector/src/web/latency-columns.ts';

const cell = (fromMs: number) => ({ fromMs, minMicros: 1_000, meanMicros: 1_500, maxMicros: 2_250 });

describe('the columns of a latency chart', () => {
  it('are in milliseconds, with a null between cells that are further apart than the gap', () => {
    expect(latencyColumns([cell(0), cell(300_000), cell(900_000)], 300_000)).toEqual({
      atMs: [0, 300_000, 600_000, 900_000],
      meanMs: [1.5, 1.5, null, 1.5],
      minMs: [1, 1, null, 1],
      maxMs: [2.25, 2.25, null, 2.25],
    });
  });

  it('are unbroken for a slow check whose cells are as far apart as its interval', () => {
    expect(latencyColumns([cell(0), cell(900_000)], 1_800_000).meanMs).toEqual([1.5, 1.5]);
  });

  it('are empty without cells', () => {
    expect(latencyColumns([], 300_000)).toEqual({ atMs: [], meanMs: [], minMs: [], maxMs: [] });
  });
});
