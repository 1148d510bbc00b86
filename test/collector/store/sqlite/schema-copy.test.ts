import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { openStore } from '../../../../collector/src/store/open.ts';
import { APPLICATION_ID, MIGRATIONS, SCHEMA_VERSION } from '../../../../collector/src/store/sqlite/schema.ts';
import { temporaryFolder } from '../../../support/folders.ts';
import { mountProblem, mountSmallDisk, skippedNote } from '../../../support/small-disk.ts';

/** A store as the version before this one left it, with a token in it and so much ballast. */
function olderStore(directory: string, ballastBytes = 0): string {
  const file = join(directory, 'nines.db');
  const database = new Sqlite(file);
  for (const step of MIGRATIONS.slice(0, -1)) database.exec(step);
  database.pragma(`application_id = ${APPLICATION_ID}`);
  database.pragma(`user_version = ${SCHEMA_VERSION - 1}`);
  database.prepare("INSERT INTO tokens VALUES (x'aa', 'fra', 5, NULL)").run();
  database.prepare("INSERT INTO tokens VALUES (zeroblob(?), 'ballast', 5, 6)").run(ballastBytes);
  database.close();
  return file;
}

function versionOf(file: string): unknown {
  const database = new Sqlite(file, { readonly: true });
  const found = [
    database.pragma('user_version', { simple: true }),
    database.prepare("SELECT count(*) FROM tokens WHERE agent = 'fra'").pluck().get(),
  ];
  database.close();
  return found;
}

describe('a store of an older schema', () => {
  it('is copied before it is changed, and the log names the copy', async () => {
    const directory = temporaryFolder();
    const file = olderStore(directory);
    const logged: unknown[] = [];
    const log = { info: (fields: unknown) => void logged.push(fields), error: () => {} };
    const store = await openStore({ directory, log });
    expect(await store.tokens()).toHaveLength(2);
    await store.close();
    const copy = `${file}.before-schema-${SCHEMA_VERSION}`;
    expect(versionOf(copy)).toEqual([SCHEMA_VERSION - 1, 1]);
    expect(versionOf(file)).toEqual([SCHEMA_VERSION, 1]);
    expect(statSync(copy).mode & 0o777).toBe(0o600);
    expect(logged).toContainEqual({ file, copy });
    expect(readdirSync(directory).filter((name) => name.includes('partial'))).toEqual([]);
  });

  it('is not copied again once it is of today; a new store never is', async () => {
    const directory = temporaryFolder();
    for (let start = 0; start < 2; start++) await (await openStore({ directory })).close();
    expect(readdirSync(directory).sort()).toEqual(['nines.db', 'nines.lock']);
  });

  it('a copy of a start that got no further is replaced', async () => {
    const directory = temporaryFolder();
    const copy = `${olderStore(directory)}.before-schema-${SCHEMA_VERSION}`;
    writeFileSync(copy, 'half');
    await (await openStore({ directory })).close();
    expect(versionOf(copy)).toEqual([SCHEMA_VERSION - 1, 1]);
  });

  it.skipIf(mountProblem !== null)(`stays as it is when there is no room for the copy${skippedNote}`, async () => {
    const directory = mountSmallDisk('4m');
    const file = olderStore(directory, 2_500_000);
    const digest = () => createHash('sha256').update(readFileSync(file)).digest('hex');
    const before = digest();
    await expect(openStore({ directory })).rejects.toMatchObject({
      code: 'full',
      message: expect.stringMatching(/a copy is made beside it, for which 3 MiB have to be free/),
    });
    expect(digest()).toBe(before);
    expect(readdirSync(directory).filter((name) => name.includes('before'))).toEqual([]);
  });
});
