import { closeSync, existsSync, openSync, readSync, statSync } from 'node:fs';
import { join } from 'node:path';
import Sqlite, { type Database } from 'better-sqlite3';
import { StoreError } from '../store.ts';
import { toStoreError } from './fault.ts';
import { APPLICATION_ID, SCHEMA_VERSION } from './schema.ts';

/** The store's file inside the data folder. */
export function storeFile(directory: string): string {
  return join(directory, 'nines.db');
}

/** Up to this size every page is looked at before a start; beyond, `verify` is the tool. About 0.2 s. */
const FULL_CHECK_BYTES = 64 * 2 ** 20;

/**
 * Decides whether the file may be opened for writing, without changing a byte of it: opening for writing would already
 * switch it to WAL. Resolves with whether it exists. Throws `StoreError` `corrupt` or `newer-version`. Every page is
 * looked at when the file has at most `fullCheckBytes`.
 */
export function inspect(file: string, fullCheckBytes = FULL_CHECK_BYTES): 'absent' | 'store' {
  if (!existsSync(file) || statSync(file).size === 0) return 'absent';
  inspectHeader(file);
  const database = openReadOnly(file);
  try {
    return inspectContents(database, file, fullCheckBytes);
  } catch (error) {
    throw toStoreError(error, file);
  } finally {
    database.close();
  }
}

/** A reading connection to a store that some collector has made before. Throws `StoreError`. */
export function openExisting(file: string): Database {
  if (inspect(file) === 'absent') {
    throw new StoreError('io', `${file} does not exist; start the collector once, or name another data folder`);
  }
  const database = openReadOnly(file);
  const version = Number(database.pragma('user_version', { simple: true }));
  if (version === SCHEMA_VERSION) return database;
  database.close();
  throw new StoreError('io', `${file} is of an older version; start the collector once to bring it up to date`);
}

/** A connection that cannot write. Throws `StoreError`. */
export function openReadOnly(file: string): Database {
  try {
    return new Sqlite(file, { readonly: true, fileMustExist: true });
  } catch (error) {
    throw toStoreError(error, file);
  }
}

// https://www.sqlite.org/fileformat2.html#the_database_header
const MAGIC = 'SQLite format 3\0';
const HEADER_BYTES = 100;
const PAGE_SIZE_AT = 16;
const PAGE_COUNT_AT = 28;

function inspectHeader(file: string): void {
  const header = Buffer.alloc(HEADER_BYTES);
  const descriptor = openSync(file, 'r');
  const length = readSync(descriptor, header, 0, HEADER_BYTES, 0);
  closeSync(descriptor);
  if (length < HEADER_BYTES || header.toString('latin1', 0, MAGIC.length) !== MAGIC) {
    throw new StoreError('corrupt', `${file} is not a SQLite database; move it away, or name another data folder`);
  }
  const pageSize = header.readUInt16BE(PAGE_SIZE_AT);
  const expected = header.readUInt32BE(PAGE_COUNT_AT) * (pageSize === 1 ? 65_536 : pageSize);
  const { size } = statSync(file);
  // A file may be longer than its header says (a checkpoint cut short), and shorter only while a WAL holds the rest.
  if (size < expected && !existsSync(`${file}-wal`)) {
    throw new StoreError('corrupt', `${file} is cut short: ${size} of ${expected} bytes; restore the newest backup`);
  }
}

function inspectContents(database: Database, file: string, fullCheckBytes: number): 'absent' | 'store' {
  const applicationId = database.pragma('application_id', { simple: true });
  const tables = database.prepare('SELECT count(*) FROM sqlite_schema').pluck().get();
  if (applicationId === 0 && tables === 0) return 'absent';
  if (applicationId !== APPLICATION_ID) {
    throw new StoreError('corrupt', `${file} is the database of another program; name another data folder`);
  }
  const version = Number(database.pragma('user_version', { simple: true }));
  if (version > SCHEMA_VERSION) {
    throw new StoreError(
      'newer-version',
      `${file} was written by a newer version (schema ${version}, this program knows ${SCHEMA_VERSION}); update the collector`,
    );
  }
  if (statSync(file).size <= fullCheckBytes) checkPages(database, file);
  return 'store';
}

function checkPages(database: Database, file: string): void {
  const verdict = database.pragma('quick_check(1)', { simple: true });
  if (verdict === 'ok') return;
  throw new StoreError(
    'corrupt',
    `${file} is damaged (${String(verdict).replaceAll(/\s+/g, ' ')}); move it away and restore the newest backup`,
  );
}
