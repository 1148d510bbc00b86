import { createHash } from 'node:crypto';
import { appendFileSync, copyFileSync, existsSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { openStore } from '../../../../collector/src/store/open.ts';
import { MIGRATIONS, SCHEMA_VERSION } from '../../../../collector/src/store/sqlite/schema.ts';
import { StoreError } from '../../../../collector/src/store/store.ts';
import { aDelivery, collect, upColumns } from '../../../support/batches.ts';
import { temporaryFolder } from '../../../support/folders.ts';

function digestOf(file: string): string {
  return createHash('sha256').update(readFileSync(file)).digest('hex');
}

/** A folder with a store in it that holds some hundred kilobytes. */
async function filledFolder(): Promise<{ directory: string; file: string }> {
  const directory = temporaryFolder();
  const store = await openStore({ directory });
  for (let sequence = 0; sequence < 40; sequence++) {
    await store.append(aDelivery({ sequence, checks: [upColumns('shop-home', 300)] }));
  }
  await store.close();
  return { directory, file: join(directory, 'nines.db') };
}

/** Opening must be refused for reading and for writing, and the file stays as it was, byte for byte. */
async function expectRefusal(directory: string, code: StoreError['code'], message: RegExp): Promise<void> {
  const file = join(directory, 'nines.db');
  const before = digestOf(file);
  for (const readOnly of [false, true]) {
    const refusal = await openStore({ directory, readOnly }).then(
      () => null,
      (error: unknown) => error,
    );
    expect(refusal).toBeInstanceOf(StoreError);
    expect(refusal).toMatchObject({ code, message: expect.stringMatching(message) });
    expect(refusal).toMatchObject({ message: expect.stringContaining(file) });
    expect(digestOf(file)).toBe(before);
  }
}

describe('a file that is not a store of this version is refused and left as it is', () => {
  it('a text file', async () => {
    const directory = temporaryFolder();
    writeFileSync(join(directory, 'nines.db'), 'Dear diary, '.repeat(1_000));
    await expectRefusal(directory, 'corrupt', /not a SQLite database; move it away/);
  });

  it('a few bytes, shorter than any database', async () => {
    const directory = temporaryFolder();
    writeFileSync(join(directory, 'nines.db'), 'SQLite format 3\0');
    await expectRefusal(directory, 'corrupt', /not a SQLite database/);
  });

  it("another program's database", async () => {
    const directory = temporaryFolder();
    const other = new Sqlite(join(directory, 'nines.db'));
    other.exec('CREATE TABLE bookmarks (url TEXT)');
    other.close();
    await expectRefusal(directory, 'corrupt', /another program/);
  });

  it("another program's database that declares itself", async () => {
    const directory = temporaryFolder();
    const other = new Sqlite(join(directory, 'nines.db'));
    other.pragma('application_id = 252006673');
    other.exec('CREATE TABLE artifacts (id INTEGER)');
    other.close();
    await expectRefusal(directory, 'corrupt', /another program/);
  });

  it('a store of a newer version, with what to do', async () => {
    const { directory, file } = await filledFolder();
    const newer = new Sqlite(file);
    newer.pragma(`user_version = ${SCHEMA_VERSION + 1}`);
    newer.close();
    await expectRefusal(directory, 'newer-version', /newer version.*update the collector/);
  });

  it('a store of a newer version whose new number is still in the WAL', async () => {
    const { directory, file } = await filledFolder();
    const newer = new Sqlite(file);
    newer.pragma('wal_autocheckpoint = 0');
    newer.pragma(`user_version = ${SCHEMA_VERSION + 1}`);
    // As after a kill -9: the files as they are while the newer program runs.
    const crashed = temporaryFolder();
    for (const suffix of ['', '-wal']) copyFileSync(file + suffix, join(crashed, `nines.db${suffix}`));
    newer.close();
    await expectRefusal(crashed, 'newer-version', /newer version/);
    expect(existsSync(join(directory, 'nines.db'))).toBe(true);
  });

  it('a store with damaged pages', async () => {
    const { directory, file } = await filledFolder();
    const bytes = readFileSync(file);
    bytes.fill(0xa5, 8_192 * 2, 8_192 * 8);
    writeFileSync(file, bytes);
    await expectRefusal(directory, 'corrupt', /damaged.*move it away and restore the newest backup/);
  });

  it('a store that was cut short', async () => {
    const { directory, file } = await filledFolder();
    truncateSync(file, readFileSync(file).byteLength / 2);
    await expectRefusal(directory, 'corrupt', /cut short.*restore the newest backup/);
  });
});

describe('what a start does accept', () => {
  it('an empty file, as a start leaves that was interrupted before it wrote anything', async () => {
    const directory = temporaryFolder();
    writeFileSync(join(directory, 'nines.db'), '');
    const store = await openStore({ directory });
    expect((await store.append(aDelivery())).duplicate).toBe(false);
    await store.close();
  });

  it('a file that was only switched to WAL before the start was interrupted', async () => {
    const directory = temporaryFolder();
    const interrupted = new Sqlite(join(directory, 'nines.db'));
    interrupted.pragma('journal_mode = WAL');
    interrupted.close();
    const store = await openStore({ directory });
    expect((await store.append(aDelivery())).duplicate).toBe(false);
    await store.close();
  });

  it('a store of the first version: it is brought up to date and keeps what it held', async () => {
    const { directory, file } = await filledFolder();
    const older = new Sqlite(file);
    const ofFirst = new Sqlite(':memory:');
    ofFirst.exec(MIGRATIONS[0] ?? '');
    const names = (database: Sqlite.Database) =>
      database
        .prepare(
          "SELECT type || ' ' || name FROM sqlite_schema WHERE type IN ('trigger', 'table') AND name NOT LIKE 'sqlite_%' ORDER BY type DESC",
        )
        .pluck()
        .all();
    const known = names(ofFirst);
    for (const name of names(older)) if (!known.includes(name)) older.exec(`DROP ${name}`);
    ofFirst.close();
    older.pragma('user_version = 1');
    older.close();
    expect(MIGRATIONS[0]).not.toContain('assignments');
    await expect(openStore({ directory, readOnly: true })).rejects.toThrow(/older version.*start the collector once/);
    const store = await openStore({ directory });
    expect(await collect(store.tail(0))).toHaveLength(40);
    await store.recordAssignments([{ check: 'shop', agent: 'fra' }], 100);
    expect(await store.assignments()).toHaveLength(1);
    await store.close();
    const reader = new Sqlite(file, { readonly: true });
    expect(reader.pragma('user_version', { simple: true })).toBe(SCHEMA_VERSION);
    reader.close();
  });

  it('a WAL with a torn end: what was acknowledged is there', async () => {
    const { directory, file } = await filledFolder();
    const store = await openStore({ directory });
    await store.append(aDelivery({ sequence: 1_000 }));
    const crashed = temporaryFolder();
    for (const suffix of ['', '-wal']) copyFileSync(file + suffix, join(crashed, `nines.db${suffix}`));
    await store.close();
    appendFileSync(join(crashed, 'nines.db-wal'), Buffer.alloc(5_000, 0xa5));
    const reopened = await openStore({ directory: crashed });
    expect(await collect(reopened.tail(0))).toHaveLength(41);
    await reopened.close();
  });
});

describe('a data folder belongs to one collector', () => {
  it('a second one is refused as locked, and may start once the first has ended', async () => {
    const directory = temporaryFolder();
    const first = await openStore({ directory });
    await expect(openStore({ directory })).rejects.toMatchObject({
      code: 'locked',
      message: expect.stringContaining(directory),
    });
    await first.append(aDelivery());
    await first.close();
    const second = await openStore({ directory });
    expect(await collect(second.tail(0))).toHaveLength(1);
    await second.close();
  });

  it('reading a folder where no store was ever made says so and makes nothing', async () => {
    const directory = join(temporaryFolder(), 'absent');
    await expect(openStore({ directory, readOnly: true })).rejects.toMatchObject({
      code: 'io',
      message: expect.stringMatching(/does not exist; start the collector once/),
    });
    expect(existsSync(directory)).toBe(false);
  });

  it('a data folder that is a file is refused with its name', async () => {
    const directory = join(temporaryFolder(), 'file');
    writeFileSync(directory, '');
    await expect(openStore({ directory })).rejects.toMatchObject({
      code: 'io',
      message: expect.stringContaining(directory),
    });
    rmSync(directory);
  });
});
