import { closeSync, fsyncSync, openSync, readdirSync, rmSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { StoreError } from '../store.ts';
import { toStoreError } from './fault.ts';
import { inspect, openReadOnly } from './store-file.ts';

export interface CopyOptions {
  /** Told after every piece how many bytes are done, and how many there are. */
  readonly onProgress?: ((doneBytes: number, totalBytes: number) => void) | undefined;
  /** Breaks the copy off; nothing of it is left. */
  readonly signal?: AbortSignal | undefined;
}

/** So much is copied without looking up: some ten milliseconds. Pieces of 100 pages, the library's own, took 1.4 times as long. */
const PIECE_PAGES = 1_000;

/**
 * Hands a name beside `file` to `use`, which writes a file there and may give it its own name; what is still there
 * afterwards is removed, however `use` ends.
 */
export async function besideTemporarily<Value>(
  file: string,
  use: (temporary: string) => Promise<Value>,
): Promise<Value> {
  const temporary = temporaryName(file);
  try {
    return await use(temporary);
  } finally {
    removeFiles(temporary);
  }
}

/**
 * A name beside `file` that nobody else uses: two copies to one place do not meet before they are whole. Throws
 * `StoreError` when the folder is not there.
 */
export function temporaryName(file: string): string {
  try {
    removeLeftovers(file);
  } catch (error) {
    throw toStoreError(error, file);
  }
  return `${file}.partial-${crypto.randomUUID().slice(0, 8)}`;
}

/** What copies left that were killed: a start that is killed while it copies, again and again, would fill the disk. */
function removeLeftovers(file: string): void {
  const folder = dirname(file);
  const beginning = `${basename(file)}.partial-`;
  for (const name of readdirSync(folder)) {
    if (!name.startsWith(beginning) || !/^[0-9a-f]{8}$/.test(name.slice(beginning.length))) continue;
    const leftover = join(folder, name);
    if (!isBeingWritten(leftover)) removeFiles(leftover);
  }
}

/** SQLite locks what it writes, and the system drops the lock with the process. */
function isBeingWritten(file: string): boolean {
  try {
    const database = new Sqlite(file, { timeout: 0, fileMustExist: true });
    try {
      database.exec('BEGIN EXCLUSIVE');
    } finally {
      database.close();
    }
    return false;
  } catch (error) {
    const fault = toStoreError(error, file);
    if (!(fault instanceof StoreError)) throw error;
    return fault.code === 'locked';
  }
}

/** Removes a database with the files that SQLite keeps beside one. */
export function removeFiles(file: string): void {
  for (const ending of ['', '-journal', '-wal', '-shm']) rmSync(`${file}${ending}`, { force: true });
}

/**
 * Copies the store at `from`, as it stands at one moment and beside a collector that goes on writing, to the new file
 * `to`; resolves with its size in bytes once every page of it is checked and on disk. It is one file without a WAL.
 * Rejects with `StoreError`.
 */
export async function writeCopy(from: string, to: string, options: CopyOptions = {}): Promise<number> {
  try {
    if (inspect(from) === 'absent') throw new StoreError('io', `${from} holds no store`);
    createPrivate(to);
    await copyPages(from, to, options);
    leaveWal(to);
    check(from, to);
    syncPath(to);
    return statSync(to).size;
  } catch (error) {
    throw copyFault(error, from, to);
  }
}

/** Its owner's alone from the first byte on; SQLite keeps the mode of a file that is there. */
export function createPrivate(file: string): void {
  closeSync(openSync(file, 'wx', 0o600));
}

/** Puts a file's bytes, or a folder's names, on disk for good. */
export function syncPath(path: string): void {
  const descriptor = openSync(path, 'r');
  fsyncSync(descriptor);
  closeSync(descriptor);
}

async function copyPages(from: string, to: string, { onProgress, signal }: CopyOptions): Promise<void> {
  const database = openReadOnly(from);
  try {
    const pageBytes = Number(database.pragma('page_size', { simple: true }));
    // Held from here on, one moment of the store: without it, each write of a collector would make the copy begin again.
    database.exec('BEGIN');
    database.prepare('SELECT count(*) FROM sqlite_schema').get();
    await database.backup(to, {
      progress: ({ totalPages, remainingPages }) => {
        if (signal?.aborted) throw new StoreError('io', `${to}: broken off, nothing of it is left`);
        onProgress?.((totalPages - remainingPages) * pageBytes, totalPages * pageBytes);
        return PIECE_PAGES;
      },
    });
  } finally {
    database.close();
  }
}

/** A file in WAL mode cannot be read from a medium that cannot be written to. */
function leaveWal(file: string): void {
  const database = new Sqlite(file);
  database.pragma('journal_mode = DELETE');
  database.close();
}

/** Every page, whatever the size: nobody wants to learn later that a backup is none. */
function check(from: string, to: string): void {
  try {
    inspect(to, Number.POSITIVE_INFINITY);
  } catch (error) {
    if (!(error instanceof StoreError) || error.code !== 'corrupt') throw error;
    throw new StoreError('corrupt', `${from} is damaged, and so is its copy, which was removed; see verify`, {
      cause: error,
    });
  }
}

function copyFault(error: unknown, from: string, to: string): unknown {
  const fault = toStoreError(error, to);
  if (fault === error || !(fault instanceof StoreError)) return fault;
  if (fault.code === 'corrupt') return toStoreError(error, from);
  if (fault.code !== 'full') return fault;
  return new StoreError('full', `no room in ${dirname(to)} for a copy of ${from}; free some space`, { cause: error });
}
