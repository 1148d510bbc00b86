import { renameSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { StoreError } from '../store.ts';
import { toStoreError } from './fault.ts';
import { besideTemporarily, type CopyOptions, syncPath, writeCopy } from './store-copy.ts';
import { storeFile } from './store-file.ts';

export interface BackupOptions extends CopyOptions {
  /** Replaces a file of that name, once the new one is whole. */
  readonly force: boolean;
}

/** Why a file may not be written: it is in the way, or it is the store itself. The caller's mistake. */
export type Obstacle = 'exists' | 'folder' | 'the-store';

/** What stands against a backup of the folder's store to `file`; `null` when nothing does. */
export function obstacleTo(directory: string, file: string, { force }: Pick<BackupOptions, 'force'>): Obstacle | null {
  const found = statSync(file, { throwIfNoEntry: false });
  if (found === undefined) return null;
  if (found.isDirectory()) return 'folder';
  const store = statSync(storeFile(directory), { throwIfNoEntry: false });
  if (store?.ino === found.ino && store.dev === found.dev) return 'the-store';
  return force ? null : 'exists';
}

/**
 * Copies the store of a data folder to `file`, beside a running collector or without one; the name appears once the copy
 * is whole, checked and on disk. Resolves with its size in bytes. Rejects with `StoreError`.
 */
export function backUp(directory: string, file: string, options: BackupOptions): Promise<number> {
  return besideTemporarily(file, async (temporary) => {
    const bytes = await writeCopy(storeFile(directory), temporary, options);
    // What appeared there meanwhile is somebody's.
    const obstacle = obstacleTo(directory, file, options);
    if (obstacle !== null) throw new StoreError('io', `${file} appeared meanwhile; it stays as it is`);
    try {
      renameSync(temporary, file);
      syncPath(dirname(file));
    } catch (error) {
      throw toStoreError(error, file);
    }
    return bytes;
  });
}
