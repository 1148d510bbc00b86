import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import Sqlite from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { openStore } from '../../../../collector/src/store/open.ts';
import { packedDelivery, toGroup } from '../../../../collector/src/store/sqlite/journal-group.ts';
import { ENTRIES_BETWEEN } from '../../../../collector/src/store/sqlite/journal-reader.ts';
import { JournalWriter, openForWriting } from '../../../../collector/src/store/sqlite/journal-writer.ts';
import { aDelivery, collect, START_MS, upColumns } from '../../../support/batches.ts';
import { temporaryFolder } from '../../../support/folders.ts';
import { describeStore } from '../../../support/store-contract.ts';

describeStore('the SQLite store', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'nines-test-'));
  const open = () => openStore({ directory });
  return {
    store: await open(),
    reopen: open,
    dispose: async () => rmSync(directory, { recursive: true, force: true }),
  };
});

describe('the SQLite store on its medium', () => {
  it('every commit is an fsync: WAL with synchronous FULL', () => {
    const database = openForWriting(join(temporaryFolder(), 'nines.db'));
    expect(database.pragma('journal_mode', { simple: true })).toBe('wal');
    expect(database.pragma('synchronous', { simple: true })).toBe(2);
    database.close();
  });

  it('every table is STRICT', () => {
    const database = openForWriting(join(temporaryFolder(), 'nines.db'));
    const tables = database
      .prepare("SELECT name, strict FROM pragma_table_list WHERE schema = 'main' AND name NOT LIKE 'sqlite_%'")
      .all();
    database.close();
    expect(tables.length).toBeGreaterThan(5);
    for (const table of tables) expect(table).toMatchObject({ strict: 1 });
  });

  it('a position is not used again after the newest rows of the journal are gone', () => {
    const database = openForWriting(join(temporaryFolder(), 'nines.db'));
    const writer = new JournalWriter(database);
    const [last] = writer.append(toGroup([packedDelivery(aDelivery({ sequence: 1 }))])).positions;
    database.exec('DELETE FROM journal');
    const [next] = writer.append(toGroup([packedDelivery(aDelivery({ sequence: 2 }))])).positions;
    expect(next).toBeGreaterThan(last ?? Number.NaN);
    // … and the batch whose row is gone is still known as delivered.
    expect([...writer.append(toGroup([packedDelivery(aDelivery({ sequence: 1 }))])).duplicates]).toEqual([1]);
    writer.close();
  });

  it.each([
    ['identity', 0, (text: string) => Buffer.from(text)],
    ['gzip', 1, (text: string) => gzipSync(text)],
    ['zstd', 2, (text: string) => zstdCompressSync(text)],
  ] as const)('a batch that an earlier version kept as JSON (%s) is read and sealed', async (_, code, pack) => {
    const directory = temporaryFolder();
    const store = await openStore({ directory });
    const delivery = aDelivery({ checks: [upColumns('large', 5_000)] });
    await store.append(delivery);
    const database = new Sqlite(join(directory, 'nines.db'));
    const body = pack(JSON.stringify(delivery.batch));
    database.prepare('UPDATE journal SET encoding = ?, body = ?').run(code, body);
    database.close();
    expect((await collect(store.tail(0))).map(({ batch }) => batch)).toEqual([delivery.batch]);
    expect((await store.upkeep(START_MS + 30 * 86_400_000)).sealed).toBe(5_000);
    await store.close();
  });

  it('a read of an interval is answered by the index, not by reading every batch', async () => {
    const database = openForWriting(join(temporaryFolder(), 'nines.db'));
    const plan = database.prepare(`EXPLAIN QUERY PLAN ${ENTRIES_BETWEEN}`).all(1, 1, 1, 2);
    database.close();
    expect(JSON.stringify(plan)).toContain('SEARCH journal USING INDEX journal_by_instant');
    expect(JSON.stringify(plan)).not.toContain('TEMP B-TREE');
  });

  it('the data folder is nobody else’s business', async () => {
    const directory = join(temporaryFolder(), 'new', 'data');
    const store = await openStore({ directory });
    await store.close();
    expect(statSync(directory).mode & 0o077).toBe(0);
  });

  it('a second store for reading sees what the first wrote, while that goes on writing', async () => {
    const directory = temporaryFolder();
    const store = await openStore({ directory });
    const reading = await openStore({ directory, readOnly: true });
    await store.append(aDelivery({ sequence: 1 }));
    expect(await collect(reading.tail(0))).toHaveLength(1);
    await store.append(aDelivery({ sequence: 2 }));
    expect(await collect(reading.tail(0))).toHaveLength(2);
    await expect(reading.append(aDelivery({ sequence: 3 }))).rejects.toMatchObject({ code: 'io' });
    await reading.close();
    await store.close();
  });

  it('a command may add and revoke tokens beside a running collector', async () => {
    const directory = temporaryFolder();
    const store = await openStore({ directory });
    const command = await openStore({ directory, beside: true });
    await command.addToken({ agent: 'a', sha256: Buffer.alloc(32, 1), createdAtMs: 1, revokedAtMs: null });
    expect(await store.tokens()).toHaveLength(1);
    await command.revokeTokens('a', [], 2);
    expect((await store.tokens()).map((token) => token.revokedAtMs)).toEqual([2]);
    await command.close();
    await store.close();
  });
});
