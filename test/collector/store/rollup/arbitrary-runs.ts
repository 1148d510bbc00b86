import { toColumns } from '@nines/shared/wire.ts';
import fc from 'fast-check';
import type { RunColumns } from '../../../../collector/src/store/run-columns.ts';
import { RunsBuilder } from '../../../../collector/src/store/runs-builder.ts';
import type { Seen } from '../../evaluate/oracle.ts';

export const WEEK_MS = 604_800_000;
/** 2026-10-22, a Thursday, as weeks counted from 1970 begin. */
export const WEEK = 2_964;

/** Few different ones, so that a run is often exactly at a threshold. */
export const total = fc.oneof(fc.integer({ min: 0, max: 5 }), fc.integer({ min: 0, max: 1_000 }));

/** One series in one week, in any order, often several runs at one instant; every instant is a multiple of a second. */
export const seenInWeek: fc.Arbitrary<Seen[]> = fc
  .tuple(
    // Minutes and an hour apart: some runs are joined, some are not, some share an instant.
    fc.constantFrom(1_000, 20_000, 3_600_000),
    fc.array(
      fc.record({
        step: fc.integer({ min: 0, max: 150 }),
        everyMs: fc.constantFrom(1_000, 30_000, 30_000, 3_600_000),
        outcome: fc.constantFrom('up' as const, 'up' as const, 'down' as const, 'unknown' as const),
        reason: fc.constantFrom('timeout', 'http-status'),
        total: fc.option(total),
      }),
      { maxLength: 60 },
    ),
  )
  .map(([stepMs, found]) =>
    found.map(({ step, everyMs, outcome, reason, total }) => ({
      check: 'shop',
      agent: 'fra',
      atMs: WEEK * WEEK_MS + step * stepMs,
      everyMs,
      outcome,
      reason: outcome === 'up' ? null : reason,
      values: total === null ? {} : { total },
    })),
  );

/** Observations of one series as canonical columns. */
export function runsOf(seen: readonly Seen[]): RunColumns {
  const builder = new RunsBuilder();
  for (const columns of toColumns(seen)) builder.addColumns(columns);
  return builder.build();
}

/** The bytes with one of them changed: place and change as fast-check chooses them. */
export function withFlipped(bytes: Uint8Array, place: number, change: number): Uint8Array {
  const damaged = Uint8Array.from(bytes);
  const index = place % damaged.length;
  damaged[index] = (damaged[index] ?? 0) ^ change;
  return damaged;
}

/** What a byte is changed by. */
export const change = fc.integer({ min: 1, max: 255 });
