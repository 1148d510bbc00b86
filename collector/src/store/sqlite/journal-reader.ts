import type { Database, Statement } from 'better-sqlite3';
import type { AgentToken, Assignment } from '../store.ts';
import { UNSENT_AFTER } from './remote-table.ts';
import type { UnreadableBatch } from './set-aside.ts';
import { type JournalRecord, readableOr, type StoredBytes, unpackRecord } from './stored-entry.ts';

/** Where a read goes on: the key of the last row that was seen. */
export type Cursor = readonly number[];

/** Some rows of a read; `next` is `null` when they were the last. */
export interface Chunk {
  readonly rows: readonly StoredBytes[];
  /** Those whose bytes are damaged; what is damaged only shows when it is parsed stands in `rows`. */
  readonly unreadable: readonly UnreadableBatch[];
  readonly next: Cursor | null;
}

interface TokenRow {
  readonly sha256: Uint8Array;
  readonly agent: string;
  readonly created_at_ms: number;
  readonly revoked_at_ms: number | null;
}

const ASSIGNMENTS = `
  SELECT check_id AS "check", agent, from_ms AS fromMs, to_ms AS toMs FROM assignments ORDER BY check_id, agent, from_ms`;

/** Rows whose span of instants reaches into an interval: `(maxAtMs, minAtMs, position)` of the last one seen, `toMs`. */
export const ENTRIES_BETWEEN = `
  SELECT position, received_at_ms, skew_ms, min_at_ms, max_at_ms, encoding, body FROM journal
  WHERE (max_at_ms, min_at_ms, position) > (?, ?, ?) AND min_at_ms < ? ORDER BY max_at_ms, min_at_ms, position`;

const ENTRIES_AFTER = `
  SELECT position, received_at_ms, skew_ms, min_at_ms, max_at_ms, encoding, body FROM journal
  WHERE position > ? ORDER BY position`;

/** A chunk ends here: small enough that parsing one does not hold up the caller's event loop for long. */
const CHUNK_BYTES = 256 * 1024;

/**
 * Reads in chunks, each its own short transaction, so a long read neither sees a frozen state nor keeps the WAL from
 * being reused. Synchronous: it belongs into a thread of its own. Throws what SQLite throws.
 */
export class JournalReader {
  readonly #database: Database;
  readonly #after: Statement<unknown[], JournalRecord>;
  readonly #unsent: Statement<unknown[], JournalRecord>;
  readonly #between: Statement<unknown[], JournalRecord>;
  readonly #tokens: Statement<unknown[], TokenRow>;
  readonly #assignments: Statement<unknown[], Assignment>;
  readonly #count: Statement;

  constructor(database: Database) {
    this.#database = database;
    this.#after = database.prepare(ENTRIES_AFTER);
    this.#unsent = database.prepare(UNSENT_AFTER);
    this.#between = database.prepare(ENTRIES_BETWEEN);
    this.#tokens = database.prepare('SELECT * FROM tokens ORDER BY agent, created_at_ms, sha256');
    this.#assignments = database.prepare(ASSIGNMENTS);
    this.#count = database.prepare('SELECT count(*) FROM journal').pluck();
  }

  /** Rows behind a position, in order; the cursor is `[position]`. */
  after(cursor: Cursor): Chunk {
    return toChunk(this.#after.iterate(...cursor), (row) => [row.position]);
  }

  /** The same, and those that left the journal and are kept for remote write. */
  unsent(cursor: Cursor): Chunk {
    return toChunk(this.#unsent.iterate(...cursor, ...cursor), (row) => [row.position]);
  }

  /** Rows that may hold an instant before `toMs`; the cursor is `[maxAtMs, minAtMs, position]`, first `[fromMs, -1, -1]`. */
  between(cursor: Cursor, toMs: number): Chunk {
    return toChunk(this.#between.iterate(...cursor, toMs), (row) => [row.max_at_ms, row.min_at_ms, row.position]);
  }

  tokens(): readonly AgentToken[] {
    return this.#tokens.all().map((row) => ({
      agent: row.agent,
      sha256: row.sha256,
      createdAtMs: row.created_at_ms,
      revokedAtMs: row.revoked_at_ms,
    }));
  }

  assignments(): readonly Assignment[] {
    return this.#assignments.all();
  }

  countBatches(): number {
    return Number(this.#count.get());
  }

  close(): void {
    this.#database.close();
  }
}

function toChunk(found: IterableIterator<JournalRecord>, keyOf: (row: JournalRecord) => Cursor): Chunk {
  const rows: StoredBytes[] = [];
  const unreadable: UnreadableBatch[] = [];
  let bytes = 0;
  for (const row of found) {
    const { position } = row;
    const stored = readableOr(
      () => unpackRecord(row),
      (why) => unreadable.push({ position, why }),
    );
    if (stored === null) continue;
    rows.push(stored);
    bytes += stored.bytes.byteLength;
    if (bytes >= CHUNK_BYTES) return { rows, unreadable, next: keyOf(row) };
  }
  return { rows, unreadable, next: null };
}
