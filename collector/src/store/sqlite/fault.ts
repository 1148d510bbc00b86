import { statfsSync } from 'node:fs';
import { dirname } from 'node:path';
import { errorCode, errorMessage } from '@nines/shared/errors.ts';
import Sqlite from 'better-sqlite3';
import { BlockError } from '../block/byte-stream.ts';
import { RollupError } from '../rollup/packed.ts';
import { StoreError } from '../store.ts';

/** First match wins. A code that is not here is a mistake in our SQL, and no `StoreError`. */
const FAULTS: readonly (readonly [RegExp, StoreError['code'], string])[] = [
  [/^(SQLITE_FULL|ENOSPC|EDQUOT)/, 'full', 'no room left; free some space and the store goes on by itself'],
  [/^SQLITE_(CORRUPT|NOTADB)/, 'corrupt', 'damaged; move it away and restore the newest backup'],
  [/^SQLITE_(BUSY|LOCKED|PROTOCOL)/, 'locked', 'in use by another process; end that one first'],
  [/^SQLITE_(IOERR|CANTOPEN|READONLY|PERM|NOMEM|AUTH|NOLFS)/, 'io', 'cannot be read or written; see the cause'],
  [/^E[A-Z]+$/, 'io', 'cannot be read or written; see the cause'],
];

/** SQLite reports a full disk as a plain I/O error in some places (the WAL's index), and hides `errno`. */
const NO_ROOM_BYTES = 256 * 1024;

/** What the medium did, as a `StoreError`; anything that is not the medium's doing is returned as it is. */
export function toStoreError(error: unknown, file: string): unknown {
  if (error instanceof RollupError || error instanceof BlockError) {
    return new StoreError('corrupt', `${file}: ${error.message}; run nines-collector verify`, { cause: error });
  }
  const code = error instanceof Sqlite.SqliteError ? error.code : errorCode(error);
  const fault = FAULTS.find(([pattern]) => code !== undefined && pattern.test(code));
  if (fault === undefined || error instanceof StoreError) return error;
  const [, kind, remedy] = fault[1] === 'io' && isWithoutRoom(file) ? (FAULTS[0] ?? fault) : fault;
  return new StoreError(kind, `${file}: ${remedy} (${code}: ${errorMessage(error)})`, { cause: error });
}

function isWithoutRoom(file: string): boolean {
  try {
    const { bavail, bsize } = statfsSync(dirname(file));
    return bavail * bsize < NO_ROOM_BYTES;
  } catch {
    return false;
  }
}
