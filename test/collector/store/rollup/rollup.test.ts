import { toColumns } from '@nines/shared/wire.ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Edges } from '../../../../collector/src/evaluate/edges.ts';
import { Labels } from '../../../../collector/src/evaluate/labels.ts';
import { noHours, packHours, unpackHours } from '../../../../collector/src/store/rollup/hour-sketches.ts';
import { LatencySketch, SKETCH_ERROR_PPM } from '../../../../collector/src/store/rollup/latency-sketch.ts';
import { RollupError } from '../../../../collector/src/store/rollup/packed.ts';
import { packThresholdWeek, unpackThresholdWeek } from '../../../../collector/src/store/rollup/threshold-week.ts';
import { addRunCounts, edgeRowsOf, noRuns, packWeek, unpackWeek } from '../../../../collector/src/store/rollup/week.ts';
import { RunsBuilder } from '../../../../collector/src/store/runs-builder.ts';
import { observations, START_MS, STEP_MS, STEPS } from '../../evaluate/arbitrary-observations.ts';
import type { Seen } from '../../evaluate/oracle.ts';

const WEEK_MS = 7 * 86_400_000;
const WEEK = Math.floor(START_MS / WEEK_MS);

function runsOf(all: readonly Seen[]) {
  const builder = new RunsBuilder();
  for (const columns of toColumns(all.filter(({ check, agent }) => check === 'shop' && agent === 'fra'))) {
    builder.addColumns(columns);
  }
  return builder.build();
}

const micros = fc.oneof(
  fc.integer({ min: 0, max: 200 }),
  fc.integer({ min: 0, max: 10_000_000 }),
  fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER - 1 }),
);

function sketchOf(values: readonly number[]): LatencySketch {
  const sketch = new LatencySketch();
  for (const value of values) sketch.add(value);
  return sketch;
}

describe('a latency sketch', () => {
  it('tells every quantile within 1 % of the value of that rank', () => {
    const ranks = fc.integer({ min: 1, max: 1_000_000_000 });
    fc.assert(
      fc.property(fc.array(micros, { minLength: 1, maxLength: 50 }), ranks, (values, ppb) => {
        const ordered = values.toSorted((a, b) => a - b);
        // Nearest rank: the smallest value with at least that share of all at or under it.
        const exact = ordered.find((_, index) => (index + 1) * 1_000_000_000 >= ppb * values.length) ?? Number.NaN;
        const told = sketchOf(values).quantile(ppb) ?? Number.NaN;
        expect(Math.abs(told - exact) * 1_000_000).toBeLessThanOrEqual(exact * SKETCH_ERROR_PPM);
      }),
      { numRuns: 2_000 },
    );
  });

  it('is the same merged in any order, packed or not, and comes back as it was packed', () => {
    const values = fc.array(micros, { maxLength: 40 });
    fc.assert(
      fc.property(values, values, (a, b) => {
        const whole = sketchOf([...a, ...b]).pack();
        const merged = sketchOf(b);
        merged.merge(sketchOf(a));
        const packed = sketchOf(a);
        packed.mergePacked(sketchOf(b).pack());
        expect([merged.pack(), packed.pack(), LatencySketch.unpack(whole).pack()]).toEqual([whole, whole, whole]);
      }),
    );
  });

  it('a day of hours comes back as it was packed', () => {
    fc.assert(
      fc.property(fc.array(fc.array(micros, { maxLength: 5 }), { maxLength: 24 }), (hours) => {
        const sketches = noHours().map((_, hour) => (hours[hour]?.length ? sketchOf(hours[hour]) : null));
        const back = unpackHours(packHours(sketches));
        expect(back.map((one) => one?.pack())).toEqual(sketches.map((one) => one?.pack()));
      }),
      { numRuns: 50 },
    );
  });
});

describe('a week of a series', () => {
  it('has the rows that the head merges', () => {
    fc.assert(
      fc.property(observations, (all) => {
        const runs = runsOf(all);
        const labels = new Labels();
        const edges = new Edges(labels);
        for (const { atMs, outcome, reason, everyMs } of all
          .filter(({ check, agent }) => check === 'shop' && agent === 'fra')
          .toSorted((a, b) => a.atMs - b.atMs)) {
          edges.add(atMs, labels.idOf(outcome, reason, everyMs));
        }
        const rows = [...edges.readings(0, START_MS + STEPS * STEP_MS)];
        expect(
          edgeRowsOf(runs).map(({ startMs, lastMs, outcome, reason, everyMs }) => ({
            atMs: startMs,
            holdsUntilMs: lastMs + 2 * everyMs,
            outcome,
            reason,
          })),
        ).toEqual(rows);
      }),
    );
  });

  it('comes back as it was packed; a changed byte is noticed', () => {
    fc.assert(
      fc.property(observations, fc.nat(), fc.integer({ min: 1, max: 255 }), (all, place, change) => {
        const columns = runsOf(all);
        const runs = noRuns();
        addRunCounts(runs, columns);
        const summary = { week: WEEK, runs, edges: edgeRowsOf(columns) };
        const packed = packWeek(summary);
        expect(unpackWeek(WEEK, packed)).toEqual(summary);
        const index = place % packed.length;
        packed[index] = (packed[index] ?? 0) ^ change;
        expect(() => unpackWeek(WEEK, packed)).toThrow(RollupError);
      }),
    );
  });

  it('takes a few bytes when every hour was like the others', () => {
    const runs = noRuns().map((_, index) => (index % 3 === 0 ? 120 : 0));
    const edges = [
      {
        startMs: WEEK * WEEK_MS,
        lastMs: (WEEK + 1) * WEEK_MS - 1,
        outcome: 'up' as const,
        reason: null,
        everyMs: 30_000,
      },
    ];
    expect(packWeek({ week: WEEK, runs, edges }).length).toBeLessThanOrEqual(40);
  });

  it('threshold counts come back as they were packed', () => {
    const counts = fc.array(fc.integer({ min: 0, max: 2 ** 32 - 1 }), { minLength: 336, maxLength: 336 });
    fc.assert(
      fc.property(counts, (given) => {
        expect([...unpackThresholdWeek(packThresholdWeek(Uint32Array.from(given)))]).toEqual(given);
      }),
      { numRuns: 20 },
    );
  });
});
