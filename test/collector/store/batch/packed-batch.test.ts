import { type Batch, type CheckColumns, parseBatch } from '@nines/shared/wire.ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openBatch, packBatch, unpackBatch } from '../../../../collector/src/store/batch/packed-batch.ts';
import { BlockError } from '../../../../collector/src/store/block/byte-stream.ts';
import { RunsBuilder } from '../../../../collector/src/store/runs-builder.ts';
import { aBatch } from '../../../support/batches.ts';

const name = fc.stringMatching(/^[a-z][a-z0-9]{0,20}$/);
const number = fc.oneof(
  fc.constant(200),
  fc.integer({ min: 0, max: 300 }),
  fc.integer({ min: -5_000_000, max: 70_000_000 }),
  fc.maxSafeInteger(),
);

const columns = fc.integer({ min: 1, max: 30 }).chain((count): fc.Arbitrary<CheckColumns> => {
  const rows = <Value>(value: fc.Arbitrary<Value>) => fc.array(value, { minLength: count, maxLength: count });
  const values = fc.dictionary(
    fc.oneof(fc.constantFrom('total', 'status'), name),
    fc.oneof(rows(number), rows(fc.option(number, { freq: 3 })), rows(fc.constant(null))),
    { maxKeys: 4 },
  );
  return fc
    .record({
      check: name,
      every_ms: fc.integer({ min: 1, max: 86_400_000 }),
      at_ms: rows(fc.integer({ min: 1e12, max: 1e13 })),
      up: rows(fc.constantFrom<(0 | 1 | null)[]>(1, 1, 1, 1, 1, 1, 0, null)),
      values,
      reason: name,
    })
    .map(({ reason, ...rest }) => {
      const reasons = rest.up.flatMap((up, row) => (up === 1 ? [] : [[row, `${reason}-${row % 3}`] as const]));
      return { ...rest, reasons: Object.fromEntries(reasons) };
    });
});

const batches = fc
  .record({ checks: fc.array(columns, { minLength: 1, maxLength: 4 }), sequence: fc.nat() })
  .map((given): Batch => parseBatch(JSON.stringify(aBatch(given))));

describe('a batch as the journal keeps it', () => {
  it('gives back any batch that can be sent', () => {
    fc.assert(
      fc.property(batches, (batch) => {
        expect(unpackBatch(packBatch(batch))).toEqual(batch);
      }),
    );
  });

  it('reads into columns what would be put into them', () => {
    fc.assert(
      fc.property(batches, (batch) => {
        const [read, put] = [new RunsBuilder(), new RunsBuilder()];
        for (const checks of batch.checks) put.addColumns(checks);
        expect(openBatch(packBatch(batch)).read(() => read)).toBe(put.length);
        expect(read.build()).toEqual(put.build());
      }),
    );
  });

  it('a changed byte is noticed wherever it is', () => {
    fc.assert(
      fc.property(batches, fc.nat(), fc.integer({ min: 1, max: 255 }), (batch, place, change) => {
        const bytes = packBatch(batch);
        const index = place % bytes.length;
        bytes[index] = (bytes[index] ?? 0) ^ change;
        expect(() => unpackBatch(bytes)).toThrow(BlockError);
      }),
    );
  });

  it('keeps what the agent said of itself', () => {
    const status = {
      at_ms: 1,
      version: '0.1',
      started_at_ms: 1,
      checks: 1,
      runs: 2,
      late_runs: 0,
      isolated: false,
      isolated_runs: 0,
      agent_errors: 0,
      spool_bytes: 0,
      spool_batches: 0,
      spool_oldest_at_ms: null,
      dropped_observations: 0,
      refused_batches: 0,
    };
    const batch = aBatch({ status });
    expect(unpackBatch(packBatch(batch))).toEqual(batch);
  });

  it.each([new Uint8Array(), new Uint8Array(3)])('%j is none', (bytes) => {
    expect(() => unpackBatch(bytes)).toThrow(BlockError);
  });
});
