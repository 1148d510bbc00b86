import type { CheckColumns } from '@nines/shared/wire.ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RunsBuilder } from '../../../../collector/src/store/runs-builder.ts';
import { SpareBuilders } from '../../../../collector/src/store/sqlite/spare-builders.ts';
import { START_MS } from '../../../support/batches.ts';

const columns = fc
  .record({
    runs: fc.array(fc.record({ atMs: fc.nat(1_000), up: fc.constantFrom<(0 | 1 | null)[]>(1, 1, 0, null) }), {
      minLength: 1,
      maxLength: 100,
    }),
    every_ms: fc.constantFrom(30_000, 60_000),
    reason: fc.constantFrom('timeout', 'dns-failure', 'http-status'),
    names: fc.uniqueArray(fc.constantFrom('connect', 'total', 'status', 'bytes'), { maxLength: 3 }),
    gap: fc.integer({ min: 1, max: 5 }),
  })
  .map(({ runs, every_ms, reason, names, gap }): CheckColumns => {
    const reasons = runs.flatMap(({ up }, row) => (up === 1 ? [] : [[row, reason]]));
    const values = names.map((name, at) => [name, runs.map((_, row) => (row % gap === 0 ? row * 7 + at : null))]);
    return {
      check: 'shop',
      every_ms,
      at_ms: runs.map(({ atMs }) => START_MS + atMs * 100),
      up: runs.map(({ up }) => up),
      reasons: Object.fromEntries(reasons),
      values: Object.fromEntries(values),
    };
  });

function built(builder: RunsBuilder, all: readonly CheckColumns[]) {
  for (const one of all) builder.addColumns(one);
  return builder.build();
}

describe('columns that are filled again', () => {
  it('hold what new ones would hold, and nothing of what was in them before', () => {
    const steps = fc.array(fc.array(columns, { minLength: 1, maxLength: 3 }), { minLength: 2, maxLength: 4 });
    fc.assert(
      fc.property(steps, (all) => {
        const spare = new SpareBuilders();
        for (const step of all) {
          const builder = spare.take();
          expect(built(builder, step)).toEqual(built(new RunsBuilder(), step));
          spare.giveBack([builder]);
        }
      }),
    );
  });

  it('are let go of when nothing is to be sealed', () => {
    const spare = new SpareBuilders();
    const builder = spare.take();
    spare.giveBack([builder]);
    spare.release();
    expect(spare.take()).not.toBe(builder);
  });
});
