import { join } from 'node:path';
import type { CheckColumns } from '@nines/shared/wire.ts';
import { describe, expect, it } from 'vitest';
import { packedDelivery, toGroup } from '../../../../collector/src/store/sqlite/journal-group.ts';
import { JournalWriter, openForWriting } from '../../../../collector/src/store/sqlite/journal-writer.ts';
import { Sealer } from '../../../../collector/src/store/sqlite/sealer.ts';
import { verifyStore } from '../../../../collector/src/store/sqlite/verify-store.ts';
import { aDelivery, START_MS, upColumns } from '../../../support/batches.ts';
import { temporaryFolder } from '../../../support/folders.ts';

const LATER_MS = START_MS + 30 * 86_400_000;
const RUNS = 6_000;

/** Numbers that no code makes short: their chunk needs room before the journal gives any. */
function noisy(check: string, fromMs: number): CheckColumns {
  const columns = upColumns(check, RUNS, fromMs);
  return {
    ...columns,
    values: { total: columns.at_ms.map((_, row) => (Math.imul(row + 1, 2_654_435_761) >>> 4) * 2 ** 20) },
  };
}

describe('a disk that is full while hours are sealed', () => {
  it('leaves them in the journal, whole, and they are sealed when there is room', () => {
    const directory = temporaryFolder();
    const database = openForWriting(join(directory, 'nines.db'));
    const writer = new JournalWriter(database);
    for (let sequence = 1; sequence <= 3; sequence++) {
      const fromMs = START_MS + sequence * RUNS * 60_000;
      writer.append(toGroup([packedDelivery(aDelivery({ sequence, checks: [noisy('shop', fromMs)] }))]));
    }
    const count = (sql: string) => Number(database.prepare(sql).pluck().get());
    const sealer = new Sealer(database, { maxSkewMs: 1e12, roundedValues: new Set() });
    database.pragma(`max_page_count = ${Number(database.pragma('page_count', { simple: true }))}`);
    for (let attempt = 0; attempt < 3; attempt++) {
      expect(() => sealer.step(LATER_MS)).toThrow(/full/);
      expect(count('SELECT sum(observations) FROM journal')).toBe(3 * RUNS);
      expect(count('SELECT count(*) FROM chunks')).toBe(0);
    }
    database.pragma('max_page_count = 1000000');
    expect(sealer.step(LATER_MS).sealed).toBe(3 * RUNS);
    expect(count('SELECT count(*) FROM journal')).toBe(0);
    expect(count('SELECT sum(observations) FROM chunks')).toBe(3 * RUNS);
    writer.close();
    expect(verifyStore(directory, () => {}).findings).toBe(0);
  });
});
