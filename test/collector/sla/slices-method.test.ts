import { expect, it } from 'vitest';
import { type JudgedSlice, measureSlices } from '../../../collector/src/sla/slices-method.ts';
import { scopeOver } from './example-scope.ts';

const MINUTE_MS = 60_000;

function sliceAt(minute: number, state: JudgedSlice['state']): JudgedSlice {
  const parts = [{ fromMs: minute * MINUTE_MS, toMs: (minute + 1) * MINUTE_MS }];
  return { state, parts, checks: [], locations: [], reasons: [] };
}

// An hour of 60 slices: one bad, one unknown, three in which nothing was due, and 55 good ones.
it.each([
  ['skipped', 55],
  ['good', 58],
] as const)('slices in which nothing was due are %s, as the slice says: %i of the hour are good', (empty, good) => {
  const scope = scopeOver(60 * MINUTE_MS);
  const slices = [sliceAt(0, 'bad'), sliceAt(5, 'unknown'), ...[10, 11, 12].map((minute) => sliceAt(minute, 'empty'))];
  const slice = { lengthMs: MINUTE_MS, minSamples: 1, empty };
  const { tally } = measureSlices(slices, scope, { grid: { anchorMs: 0, lengthMs: MINUTE_MS }, slice });
  expect(tally).toEqual({ good, bad: 1, unknown: 1, pending: 0 });
});
