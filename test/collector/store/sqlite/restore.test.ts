import { copyFileSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openStore } from '../../../../collector/src/store/open.ts';
import { backUp } from '../../../../collector/src/store/sqlite/backup.ts';
import { restore } from '../../../../collector/src/store/sqlite/restore.ts';
import { aDelivery, collect, upColumns } from '../../../support/batches.ts';
import { temporaryFolder } from '../../../support/folders.ts';

/** 2026-09-21T14:13:20Z. */
const AT = { nowMs: 1_790_000_000_000 };
const KEPT = 'nines.db.before-restore-20260921T141320Z';

async function append(directory: string, ...sequences: number[]): Promise<void> {
  const store = await openStore({ directory });
  for (const sequence of sequences) {
    await store.append(aDelivery({ sequence, checks: [upColumns('shop-home', 100)] }));
  }
  await store.close();
}

async function sequencesIn(directory: string): Promise<number[]> {
  const store = await openStore({ directory });
  const entries = await collect(store.tail(0));
  await store.close();
  return entries.map(({ batch }) => batch.sequence);
}

/** A store with batches 1 and 2, a backup of it, and batch 3 after that. */
async function backedUp(): Promise<{ directory: string; backup: string }> {
  const directory = temporaryFolder();
  const backup = join(temporaryFolder(), 'backup.db');
  await append(directory, 1, 2);
  await backUp(directory, backup, { force: false });
  await append(directory, 3);
  return { directory, backup };
}

/** The database of the folder as a store in a folder of its own. */
function asStore(directory: string, name: string): string {
  const folder = temporaryFolder();
  for (const ending of ['', '-wal']) {
    const file = join(directory, `${name}${ending}`);
    if (existsSync(file)) copyFileSync(file, join(folder, `nines.db${ending}`));
  }
  return folder;
}

describe('a restore', () => {
  it('brings back what was backed up, and keeps what was there under a dated name', async () => {
    const { directory, backup } = await backedUp();
    const { kept, bytes } = await restore(directory, backup, AT);
    expect(kept).toBe(join(directory, KEPT));
    expect(bytes).toBeGreaterThan(0);
    expect(readdirSync(directory).sort()).toEqual(['nines.db', KEPT, 'nines.lock']);
    expect(await sequencesIn(asStore(directory, KEPT))).toEqual([1, 2, 3]);
    expect(await sequencesIn(directory)).toEqual([1, 2]);
    await append(directory, 4);
    expect(await sequencesIn(directory)).toEqual([1, 2, 4]);
    expect(await sequencesIn(asStore(directory, KEPT))).toEqual([1, 2, 3]);
  });

  it('into an empty place makes the folder, and keeps nothing', async () => {
    const { backup } = await backedUp();
    const directory = join(temporaryFolder(), 'new', 'data');
    expect(await restore(directory, backup, AT)).toMatchObject({ kept: null });
    expect(await sequencesIn(directory)).toEqual([1, 2]);
  });

  it('is refused while a collector uses the folder, and nothing changes', async () => {
    const { directory, backup } = await backedUp();
    const store = await openStore({ directory });
    await expect(restore(directory, backup, AT)).rejects.toMatchObject({ code: 'locked' });
    expect(await collect(store.tail(0))).toHaveLength(3);
    await store.close();
    expect(await sequencesIn(directory)).toEqual([1, 2, 3]);
  });

  it.each([
    ['no database', (file: string) => writeFileSync(file, 'Dear diary, '.repeat(1_000)), /not a SQLite database/],
    ['cut short', (file: string) => writeFileSync(file, readFileSync(file).subarray(0, 40_000)), /cut short/],
    ['not there', (file: string) => rmSync(file), /does not exist/],
  ])('of a file that is %s changes nothing', async (_, damage, message) => {
    const { directory, backup } = await backedUp();
    damage(backup);
    await expect(restore(directory, backup, AT)).rejects.toThrow(message);
    expect(readdirSync(directory).sort()).toEqual(['nines.db', 'nines.lock']);
    expect(await sequencesIn(directory)).toEqual([1, 2, 3]);
  });

  it('of the store itself is refused', async () => {
    const { directory } = await backedUp();
    await expect(restore(directory, join(directory, 'nines.db'), AT)).rejects.toThrow(/the store that is in use/);
  });

  it('keeps a WAL that a killed collector left with its database, and none beside the restored one', async () => {
    const { directory, backup } = await backedUp();
    const store = await openStore({ directory });
    await store.append(aDelivery({ sequence: 4 }));
    // As after kill -9: the files as they are while a collector runs.
    const killed = asStore(directory, 'nines.db');
    await store.close();
    expect(existsSync(join(killed, 'nines.db-wal'))).toBe(true);
    await restore(killed, backup, AT);
    expect(readdirSync(killed).sort()).toEqual(['nines.db', KEPT, 'nines.lock']);
    expect(await sequencesIn(killed)).toEqual([1, 2]);
    expect(await sequencesIn(asStore(killed, KEPT))).toEqual([1, 2, 3, 4]);
  });

  it('replaces a database that cannot be opened any more, which stays with its WAL as they were', async () => {
    const { directory, backup } = await backedUp();
    writeFileSync(join(directory, 'nines.db'), 'what a bad disk left of it');
    writeFileSync(join(directory, 'nines.db-wal'), 'and of its WAL');
    await restore(directory, backup, AT);
    expect(readFileSync(join(directory, KEPT), 'utf8')).toBe('what a bad disk left of it');
    expect(readFileSync(join(directory, `${KEPT}-wal`), 'utf8')).toBe('and of its WAL');
    expect(await sequencesIn(directory)).toEqual([1, 2]);
  });

  it('that is broken off changes nothing', async () => {
    const { directory, backup } = await backedUp();
    const signal = AbortSignal.abort();
    await expect(restore(directory, backup, { ...AT, signal })).rejects.toThrow(/broken off/);
    expect(readdirSync(directory).sort()).toEqual(['nines.db', 'nines.lock']);
    expect(await sequencesIn(directory)).toEqual([1, 2, 3]);
  });
});
