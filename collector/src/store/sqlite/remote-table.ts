import type { Database, Statement } from 'better-sqlite3';
import type { GivenUp } from '../remote-write.ts';

/**
 * `remote_backlog` takes the batches that leave the journal before every receiver has taken them: the trigger moves them,
 * whoever removes them, in the same transaction. Without a receiver there is no position, and nothing is kept.
 */
export const REMOTE_WRITE_SCHEMA = `
  CREATE TABLE remote_positions (
    receiver TEXT PRIMARY KEY,
    position INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE remote_backlog (
    position INTEGER PRIMARY KEY,
    received_at_ms INTEGER NOT NULL,
    skew_ms INTEGER,
    min_at_ms INTEGER NOT NULL,
    max_at_ms INTEGER NOT NULL,
    encoding INTEGER NOT NULL,
    body BLOB NOT NULL
  ) STRICT;
  CREATE TRIGGER keep_unsent AFTER DELETE ON journal
  WHEN old.position > (SELECT min(position) FROM remote_positions)
  BEGIN
    INSERT INTO remote_backlog VALUES (
      old.position, old.received_at_ms, old.skew_ms, old.min_at_ms, old.max_at_ms, old.encoding, old.body
    );
  END;
`;

const COLUMNS = 'position, received_at_ms, skew_ms, min_at_ms, max_at_ms, encoding, body';

/** Rows behind a position, given twice, wherever they are. */
export const UNSENT_AFTER = `
  SELECT ${COLUMNS} FROM journal WHERE position > ?
  UNION ALL SELECT ${COLUMNS} FROM remote_backlog WHERE position > ?
  ORDER BY position`;

/** Writes how far receivers are. Synchronous: it belongs into the writing thread. Throws what SQLite throws. */
export class RemoteTable {
  readonly #database: Database;
  readonly #positions: Statement<unknown[], { receiver: string; position: number }>;
  readonly #newest: Statement;
  readonly #put: Statement;
  readonly #remove: Statement;
  readonly #prune: Statement;
  readonly #missed: Statement<unknown[], { last: number | null; batches: number }>;

  constructor(database: Database) {
    this.#database = database;
    this.#positions = database.prepare('SELECT receiver, position FROM remote_positions');
    this.#newest = database.prepare("SELECT seq FROM sqlite_sequence WHERE name = 'journal'").pluck();
    this.#put = database.prepare('INSERT OR REPLACE INTO remote_positions VALUES (?, ?)');
    this.#remove = database.prepare('DELETE FROM remote_positions WHERE receiver = ?');
    this.#prune = database.prepare(
      'DELETE FROM remote_backlog WHERE position <= ifnull((SELECT min(position) FROM remote_positions), 9e18)',
    );
    this.#missed = database.prepare(
      `SELECT max(position) AS last, count(*) AS batches FROM (${UNSENT_AFTER}) WHERE received_at_ms < ?`,
    );
  }

  /** See `RemoteWriteStore.keepFor`. */
  keepFor(receivers: readonly string[]): ReadonlyMap<string, number> {
    const keep = this.#database.transaction(() => {
      const known = new Map(this.#positions.all().map(({ receiver, position }) => [receiver, position]));
      for (const receiver of known.keys()) if (!receivers.includes(receiver)) this.#remove.run(receiver);
      const newest = Number(this.#newest.get() ?? 0);
      const positions = new Map(receivers.map((receiver) => [receiver, known.get(receiver) ?? newest]));
      for (const [receiver, position] of positions) this.#put.run(receiver, position);
      this.#prune.run();
      return positions;
    });
    return keep.immediate();
  }

  /** See `RemoteWriteStore.markSent`. */
  markSent(receiver: string, position: number): void {
    const mark = this.#database.transaction(() => {
      this.#put.run(receiver, position);
      this.#prune.run();
    });
    mark.immediate();
  }

  /** See `RemoteWriteStore.giveUp`. */
  giveUp(receiver: string, receivedBeforeMs: number): GivenUp {
    const give = this.#database.transaction(() => {
      const known = this.#positions.all().find((one) => one.receiver === receiver)?.position ?? 0;
      const missed = this.#missed.get(known, known, receivedBeforeMs);
      const position = Math.max(known, missed?.last ?? 0);
      this.#put.run(receiver, position);
      this.#prune.run();
      return { position, batches: missed?.batches ?? 0 };
    });
    return give.immediate();
  }
}
