import { renameSync, statfsSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { StoreError } from '../store.ts';
import { toStoreError } from './fault.ts';
import { SCHEMA_VERSION } from './schema.ts';
import { createPrivate, removeFiles, syncPath, temporaryName } from './store-copy.ts';
import { openReadOnly } from './store-file.ts';

/**
 * Copies an inspected store of an older schema to `nines.db.before-schema-N` beside it, before `migrate` brings it to N:
 * migrations go forward only. Returns the copy's name, `null` when the schema is of today. Throws `StoreError`, `full`
 * when there is no room; the file is then as it was.
 */
export function copyBeforeMigration(file: string): string | null {
  const version = versionOf(file);
  if (version >= SCHEMA_VERSION) return null;
  const copy = `${file}.before-schema-${SCHEMA_VERSION}`;
  requireRoom(file, version);
  const temporary = temporaryName(copy);
  try {
    createPrivate(temporary);
    vacuumInto(file, temporary);
    syncPath(temporary);
    // A copy that is there is of a start that got no further; one a start would fill the disk.
    renameSync(temporary, copy);
    syncPath(dirname(copy));
  } catch (error) {
    const fault = toStoreError(error, file);
    throw fault instanceof StoreError && fault.code === 'full' ? noRoom(file, version, error) : fault;
  } finally {
    removeFiles(temporary);
  }
  return copy;
}

function versionOf(file: string): number {
  const database = openReadOnly(file);
  try {
    return Number(database.pragma('user_version', { simple: true }));
  } finally {
    database.close();
  }
}

/** In one transaction, and as fast as the disk: nobody waits for a start but its operator. */
function vacuumInto(file: string, copy: string): void {
  const database = openReadOnly(file);
  try {
    database.prepare('VACUUM INTO ?').run(copy);
  } finally {
    database.close();
  }
}

/** Looked at beforehand: filling the disk would hold up others that write there. */
function requireRoom(file: string, version: number): void {
  const { bavail, bsize } = statfsSync(dirname(file));
  if (bavail * bsize < statSync(file).size) throw noRoom(file, version);
}

function noRoom(file: string, version: number, cause?: unknown): StoreError {
  const mebibytes = Math.ceil(statSync(file).size / 2 ** 20);
  return new StoreError(
    'full',
    `${file} is of schema ${version}; before it is brought to ${SCHEMA_VERSION} a copy is made beside it, for which ` +
      `${mebibytes} MiB have to be free; free some space and start again, nothing was changed`,
    { cause },
  );
}
