import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { StoreError } from '../store.ts';
import { toStoreError } from './fault.ts';

/** Held while a collector owns a data folder. */
export interface FolderLock {
  release(): void;
}

/**
 * Takes the data folder for this process. The lock is SQLite's own lock on an empty file: the system drops it with the
 * process however that ends, so there is no stale lock to clear. Throws `StoreError` `locked`.
 */
export function lockFolder(directory: string): FolderLock {
  const file = join(directory, 'nines.lock');
  try {
    const database = new Sqlite(file, { timeout: 0 });
    database.exec('BEGIN EXCLUSIVE');
    return { release: () => database.close() };
  } catch (error) {
    const fault = toStoreError(error, file);
    if (!(fault instanceof StoreError) || fault.code !== 'locked') throw fault;
    throw new StoreError('locked', `another collector is using ${directory}; end it, or name another data folder`, {
      cause: error,
    });
  }
}
