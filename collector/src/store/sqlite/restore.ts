import { existsSync, linkSync, mkdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import Sqlite from 'better-sqlite3';
import { StoreError } from '../store.ts';
import { toStoreError } from './fault.ts';
import { lockFolder } from './folder-lock.ts';
import { besideTemporarily, type CopyOptions, syncPath, writeCopy } from './store-copy.ts';
import { inspect, storeFile } from './store-file.ts';

export interface RestoreOptions extends CopyOptions {
  /** Stands in the name under which the present database is kept, ms. */
  readonly nowMs: number;
}

export interface Restored {
  readonly bytes: number;
  /** Where the database that was there is now; `null` when there was none. */
  readonly kept: string | null;
}

/**
 * Makes a copy of the store in `from` the store of the data folder. The database that is there stays beside it under a
 * dated name; until the last step nothing of it has changed, and at no moment is there none. Rejects with `StoreError`:
 * `locked` while a collector uses the folder.
 */
export async function restore(directory: string, from: string, options: RestoreOptions): Promise<Restored> {
  const file = storeFile(directory);
  if (inspect(from) === 'absent') throw new StoreError('io', `${from} does not exist, or holds no store`);
  if (isSame(from, file)) throw new StoreError('io', `${from} is the store that is in use; name a backup of it`);
  makeFolder(directory);
  const lock = lockFolder(directory);
  try {
    return await besideTemporarily(file, async (temporary) => {
      const bytes = await writeCopy(from, temporary, options);
      const kept = replace(file, temporary, `${file}.before-restore-${dateOf(options.nowMs)}`);
      return { bytes, kept };
    });
  } finally {
    lock.release();
  }
}

/** `2026-11-24T02:51:40.123Z` as `20261124T025140Z`. */
function dateOf(atMs: number): string {
  return new Date(atMs).toISOString().replaceAll(/[-:]|\.\d+/g, '');
}

function isSame(one: string, other: string): boolean {
  const [a, b] = [one, other].map((path) => statSync(path, { throwIfNoEntry: false }));
  return a !== undefined && b !== undefined && a.ino === b.ino && a.dev === b.dev;
}

function makeFolder(directory: string): void {
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw toStoreError(error, directory);
  }
}

function replace(file: string, by: string, keptAs: string): string | null {
  try {
    const isThere = existsSync(file) && statSync(file).size > 0;
    if (existsSync(keptAs)) throw new StoreError('io', `${keptAs} exists; restore again in a second`);
    if (isThere) foldWal(file);
    // Beside another database than its own, a WAL or a journal would destroy it.
    for (const ending of ['-wal', '-journal']) keepRest(`${file}${ending}`, `${keptAs}${ending}`);
    rmSync(`${file}-shm`, { force: true });
    // A second name first: `file` leads to a database at every moment.
    if (isThere) linkSync(file, keptAs);
    renameSync(by, file);
    syncPath(dirname(file));
    return isThere ? keptAs : null;
  } catch (error) {
    throw toStoreError(error, file);
  }
}

/** Moves what stands in the WAL into the file, as the next start would. A file too damaged for that keeps its WAL. */
function foldWal(file: string): void {
  try {
    if (inspect(file) === 'absent') return;
    const database = new Sqlite(file);
    database.pragma('wal_checkpoint(TRUNCATE)');
    database.close();
  } catch (error) {
    if (!(toStoreError(error, file) instanceof StoreError)) throw error;
  }
}

function keepRest(rest: string, keptAs: string): void {
  const found = statSync(rest, { throwIfNoEntry: false });
  if (found === undefined) return;
  if (found.size === 0) rmSync(rest);
  else renameSync(rest, keptAs);
}
