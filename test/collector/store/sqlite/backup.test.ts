import {
  closeSync,
  existsSync,
  linkSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openStore } from '../../../../collector/src/store/open.ts';
import { backUp, obstacleTo } from '../../../../collector/src/store/sqlite/backup.ts';
import type { Finding } from '../../../../collector/src/store/sqlite/finding.ts';
import { verifyStore } from '../../../../collector/src/store/sqlite/verify-store.ts';
import { aDelivery, collect, START_MS, upColumns } from '../../../support/batches.ts';
import { temporaryFolder } from '../../../support/folders.ts';

const WRITTEN_BEFORE = 40;
const ONCE = { force: false };

function sized(sequence: number) {
  return aDelivery({ sequence, checks: [upColumns('shop-home', 4_000)] });
}

/** A store of a few megabytes that a collector has open. */
async function openFilled() {
  const directory = temporaryFolder();
  const store = await openStore({ directory });
  onTestFinished(() => store.close());
  for (let sequence = 0; sequence < WRITTEN_BEFORE; sequence++) await store.append(sized(sequence));
  return { directory, store };
}

/** What the backup gives as a collector's store. */
async function batchesIn(backup: string): Promise<number[]> {
  const directory = temporaryFolder();
  writeFileSync(join(directory, 'nines.db'), readFileSync(backup));
  const store = await openStore({ directory });
  const entries = await collect(store.tail(0));
  await store.close();
  return entries.map(({ batch }) => batch.sequence);
}

/** Overwrites the root of an index, behind which the file still opens, after making the file larger. */
function damage(file: string, ballastBytes: number): void {
  const database = new Sqlite(file);
  database.prepare("INSERT INTO tokens VALUES (zeroblob(?), 'ballast', 5, 6)").run(ballastBytes);
  const pageBytes = Number(database.pragma('page_size', { simple: true }));
  const page = database.prepare("SELECT rootpage FROM sqlite_schema WHERE name = 'journal_by_instant'").pluck().get();
  database.close();
  const descriptor = openSync(file, 'r+');
  writeSync(descriptor, Buffer.alloc(pageBytes, 0xa5), 0, pageBytes, (Number(page) - 1) * pageBytes);
  closeSync(descriptor);
}

function upTo(end: number): number[] {
  return Array.from({ length: end }, (_, index) => index);
}

describe('a backup', () => {
  it('beside a collector that goes on writing is whole, and of one moment', async () => {
    const { directory, store } = await openFilled();
    const target = join(temporaryFolder(), 'nines.db');
    let acknowledged = WRITTEN_BEFORE;
    let isDone = false;
    const writing = (async () => {
      while (!isDone) await store.append(sized(acknowledged++));
    })();
    const shares: number[] = [];
    const bytes = await backUp(directory, target, { ...ONCE, onProgress: (done, total) => shares.push(done / total) });
    isDone = true;
    await writing;
    expect(bytes).toBe(statSync(target).size);
    const sequences = await batchesIn(target);
    expect(sequences.length).toBeGreaterThanOrEqual(WRITTEN_BEFORE);
    expect(sequences).toEqual(upTo(sequences.length));
    expect(shares).toEqual(shares.toSorted((a, b) => a - b));
    expect(await collect(store.tail(0))).toHaveLength(acknowledged);
  });

  it('of a store that seals meanwhile has every observation once, and nothing for verify to find', async () => {
    const directory = temporaryFolder();
    const store = await openStore({ directory });
    onTestFinished(() => store.close());
    const runs = 600;
    const later = (sequence: number) =>
      aDelivery({ sequence, checks: [upColumns('shop-home', runs, START_MS + sequence * runs * 60_000)] });
    const seal = () => store.upkeep(START_MS + 365 * 86_400_000);
    let acknowledged = 0;
    while (acknowledged < WRITTEN_BEFORE) await store.append(later(acknowledged++));
    // The first sealing waits for its thread to start: on a quick machine all five backups would be done by then.
    await seal();
    let isDone = false;
    const working = (async () => {
      while (!isDone) {
        await store.append(later(acknowledged++));
        await seal();
      }
    })();
    const torn: number[] = [];
    let sealed = 0;
    // On a busy machine the first step may take longer than five copies.
    for (let round = 0; round < 5 || sealed === 0; round++) {
      const folder = temporaryFolder();
      await backUp(directory, join(folder, 'nines.db'), ONCE);
      const findings: Finding[] = [];
      const { observations, batches } = verifyStore(folder, (finding) => findings.push(finding)).looked;
      expect(findings).toEqual([]);
      sealed = observations;
      torn.push((observations / runs + batches) % 1);
      expect(observations / runs + batches).toBeGreaterThanOrEqual(WRITTEN_BEFORE);
    }
    isDone = true;
    await working;
    expect(sealed).toBeGreaterThan(0);
    expect(torn.filter((part) => part !== 0)).toEqual([]);
  });

  it('is one file that only its owner reads, and that a medium without writing can hold', async () => {
    const { directory } = await openFilled();
    const folder = temporaryFolder();
    const target = join(folder, 'nines.db');
    await backUp(directory, target, ONCE);
    expect(readdirSync(folder)).toEqual(['nines.db']);
    expect(statSync(target).mode & 0o777).toBe(0o600);
    // Bytes 18 and 19: 1 is a rollback journal, 2 a WAL (https://www.sqlite.org/fileformat2.html#the_database_header).
    expect([...readFileSync(target).subarray(18, 20)]).toEqual([1, 1]);
    const database = new Sqlite(target, { readonly: true });
    expect(database.pragma('integrity_check', { simple: true })).toBe('ok');
    database.close();
  });

  it('replaces a file only when it is told to, and never the store', async () => {
    const { directory } = await openFilled();
    const folder = temporaryFolder();
    const target = join(folder, 'yesterday.db');
    writeFileSync(target, 'yesterday');
    await expect(backUp(directory, target, ONCE)).rejects.toMatchObject({ code: 'io' });
    expect(readFileSync(target, 'utf8')).toBe('yesterday');
    await backUp(directory, target, { force: true });
    expect(await batchesIn(target)).toEqual(upTo(WRITTEN_BEFORE));
    symlinkSync(join(directory, 'nines.db'), join(folder, 'symbolic'));
    linkSync(join(directory, 'nines.db'), join(folder, 'hard'));
    mkdirSync(join(folder, 'inside'));
    const obstacles = ['symbolic', 'hard', 'inside', 'yesterday.db', 'new'].map((name) =>
      obstacleTo(directory, join(folder, name), { force: true }),
    );
    expect(obstacles).toEqual(['the-store', 'the-store', 'folder', null, null]);
    expect(obstacleTo(directory, target, ONCE)).toBe('exists');
  });

  it('that is broken off leaves nothing', async () => {
    const { directory } = await openFilled();
    const folder = temporaryFolder();
    const signal = AbortSignal.abort();
    await expect(backUp(directory, join(folder, 'new.db'), { ...ONCE, signal })).rejects.toThrow(/broken off/);
    expect(readdirSync(folder)).toEqual([]);
  });

  it('removes what a killed one left, and nothing that is being written or is not its own', async () => {
    const { directory } = await openFilled();
    const folder = temporaryFolder();
    const named = (ending: string) => join(folder, `new.db.partial-${ending}`);
    writeFileSync(named('0123abcd'), 'half a page');
    writeFileSync(named('0123abcd-journal'), 'and its journal');
    writeFileSync(named('yesterday'), 'not ours');
    writeFileSync(join(folder, 'other.db.partial-0123abcd'), 'of another file');
    const written = new Sqlite(named('89abcdef'));
    onTestFinished(() => void written.close());
    written.exec('BEGIN EXCLUSIVE; CREATE TABLE half (written)');
    await backUp(directory, join(folder, 'new.db'), ONCE);
    expect(readdirSync(folder).sort()).toEqual([
      'new.db',
      'new.db.partial-89abcdef',
      'new.db.partial-89abcdef-journal',
      'new.db.partial-yesterday',
      'other.db.partial-0123abcd',
    ]);
  });

  it.each([
    ['small, whose damage every start sees', 0],
    ['large, whose damage a start does not look for', 66 * 2 ** 20],
  ])('of a damaged store gets no name: %s', async (_, ballastBytes) => {
    const { directory, store } = await openFilled();
    await store.close();
    damage(join(directory, 'nines.db'), ballastBytes);
    const folder = temporaryFolder();
    await expect(backUp(directory, join(folder, 'new.db'), ONCE)).rejects.toMatchObject({
      code: 'corrupt',
      message: expect.stringMatching(/damaged/),
    });
    expect(readdirSync(folder)).toEqual([]);
  });

  it('of a folder without a store, or into one that is not there, says so', async () => {
    const { directory } = await openFilled();
    const folder = temporaryFolder();
    await expect(backUp(folder, join(folder, 'new.db'), ONCE)).rejects.toThrow(/holds no store/);
    await expect(backUp(directory, join(folder, 'none', 'new.db'), ONCE)).rejects.toMatchObject({ code: 'io' });
    expect(existsSync(join(folder, 'none'))).toBe(false);
    expect(readdirSync(folder)).toEqual([]);
  });
});
