import Sqlite, { type Database, type Statement } from 'better-sqlite3';
import type { AgentToken, AssignedPair } from '../store.ts';
import { AssignmentTable } from './assignment-table.ts';
import { DeliveredRanges } from './delivered-ranges.ts';
import { COLUMNS_CODE, type GroupOutcome, type JournalGroup, type JournalRow, rowsOf } from './journal-group.ts';
import { migrate, SCHEMA_VERSION } from './schema.ts';

/**
 * Bodies of some kilobytes: fewer of them spill into overflow pages than with 4,096, which would save 0.1 bytes a sealed
 * observation (of a chunk half a page stays unused) and make checkpoints slower than a busy writer.
 */
const PAGE_BYTES = 8192;

/** `Checkpoints` keeps the WAL far below this; were it ever to fail, the writer does it itself. */
const WAL_PAGES = (128 * 2 ** 20) / PAGE_BYTES;

/**
 * A connection for writing to an inspected or absent file, at the current schema. `synchronous = FULL` makes every
 * COMMIT an fsync: what is acknowledged survives a power cut.
 */
export function openForWriting(file: string): Database {
  const database = new Sqlite(file);
  database.pragma(`page_size = ${PAGE_BYTES}`);
  // Only a file without tables takes this: retention gives the room of what it removes back to the disk.
  database.pragma('auto_vacuum = INCREMENTAL');
  database.pragma('journal_mode = WAL');
  database.pragma('synchronous = FULL');
  database.pragma('foreign_keys = OFF');
  database.pragma(`wal_autocheckpoint = ${WAL_PAGES}`);
  database.pragma(`journal_size_limit = ${WAL_PAGES * PAGE_BYTES}`);
  migrate(database);
  return database;
}

/** Writes the journal, the tokens and the assignments. Synchronous: it belongs into a thread of its own. Throws what SQLite throws. */
export class JournalWriter {
  readonly #database: Database;
  readonly #findSpool: Statement;
  readonly #addSpool: Statement;
  readonly #lastPosition: Statement;
  readonly #markDelivered: Statement;
  readonly #findDelivered: Statement;
  readonly #addEntry: Statement;
  readonly #addToken: Statement;
  readonly #revokeLive: Statement;
  readonly #recordRevoked: Statement;
  readonly #assignments: AssignmentTable;
  readonly #delivered: DeliveredRanges;
  readonly #spoolIds = new Map<string, number>();

  constructor(database: Database) {
    this.#database = database;
    this.#findSpool = database.prepare('SELECT id FROM spools WHERE agent = ? AND spool = ?').pluck();
    this.#addSpool = database.prepare('INSERT INTO spools (agent, spool) VALUES (?, ?)');
    this.#lastPosition = database.prepare("SELECT seq FROM sqlite_sequence WHERE name = 'journal'").pluck();
    this.#markDelivered = database.prepare('INSERT INTO deliveries VALUES (?, ?, ?) ON CONFLICT DO NOTHING');
    this.#findDelivered = database.prepare('SELECT position FROM deliveries WHERE spool = ? AND sequence = ?').pluck();
    this.#addEntry = database.prepare('INSERT INTO journal VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)');
    this.#addToken = database.prepare('INSERT INTO tokens VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING');
    this.#revokeLive = database.prepare(
      'UPDATE tokens SET revoked_at_ms = ? WHERE agent = ? AND revoked_at_ms IS NULL',
    );
    this.#recordRevoked = database.prepare(
      `INSERT INTO tokens VALUES (?, ?, ?, ?)
       ON CONFLICT (sha256) DO UPDATE SET revoked_at_ms = excluded.revoked_at_ms WHERE revoked_at_ms IS NULL`,
    );
    this.#assignments = new AssignmentTable(database);
    this.#delivered = new DeliveredRanges(database);
  }

  /** Stores every delivery of the group that is new, all in one transaction; on return they are on disk for good. */
  append(group: JournalGroup): GroupOutcome {
    const found = new Map<string, number>();
    const append = this.#database.transaction(() => this.#appendAll(group, found));
    const outcome = append.immediate();
    // Only now: the ids of a transaction that was rolled back do not exist.
    for (const [key, id] of found) this.#spoolIds.set(key, id);
    return outcome;
  }

  /** Commits the page that holds the schema's version, as it is. */
  tryWrite(): void {
    this.#database.pragma(`user_version = ${SCHEMA_VERSION}`);
  }

  /** Moves what stands in the WAL into the file. */
  checkpoint(): void {
    this.#database.pragma('wal_checkpoint(PASSIVE)');
  }

  addToken(token: AgentToken): void {
    this.#addToken.run(token.sha256, token.agent, token.createdAtMs, token.revokedAtMs);
  }

  /** See `Store.revokeTokens`. */
  revokeTokens(agent: string, configuredHashes: readonly Uint8Array[], atMs: number): number {
    const revoke = this.#database.transaction(() => {
      let revoked = this.#revokeLive.run(atMs, agent).changes;
      for (const hash of configuredHashes) revoked += this.#recordRevoked.run(hash, agent, atMs, atMs).changes;
      return revoked;
    });
    return revoke.immediate();
  }

  recordAssignments(pairs: readonly AssignedPair[], atMs: number): void {
    this.#assignments.record(pairs, atMs);
  }

  close(): void {
    this.#database.close();
  }

  #appendAll(group: JournalGroup, found: Map<string, number>): GroupOutcome {
    const count = group.agents.length;
    const positions = new Float64Array(count);
    const duplicates = new Uint8Array(count);
    let last = Number(this.#lastPosition.get() ?? 0);
    let index = 0;
    let bytes = 0;
    for (const row of rowsOf(group)) {
      const spool = this.#spoolId(row, found);
      const isNew =
        !this.#delivered.has(spool, row.sequence) &&
        this.#markDelivered.run(spool, row.sequence, last + 1).changes === 1;
      if (isNew) bytes += this.#insert(row, spool, ++last);
      else duplicates[index] = 1;
      // What is sealed has no position any more.
      positions[index++] = isNew ? last : Number(this.#findDelivered.get(spool, row.sequence) ?? 0);
    }
    return { positions, duplicates, bytes };
  }

  /** Returns the bytes of the body. */
  #insert(row: JournalRow, spool: number, position: number): number {
    this.#addEntry.run(
      position,
      spool,
      row.sequence,
      row.receivedAtMs,
      row.skewMs,
      row.minAtMs,
      row.maxAtMs,
      row.observations,
      COLUMNS_CODE,
      row.body,
    );
    return row.body.byteLength;
  }

  #spoolId({ agent, spool }: JournalRow, found: Map<string, number>): number {
    const key = `${agent} ${spool}`;
    const known = this.#spoolIds.get(key) ?? found.get(key);
    if (known !== undefined) return known;
    const id = Number(this.#findSpool.get(agent, spool) ?? this.#addSpool.run(agent, spool).lastInsertRowid);
    found.set(key, id);
    return id;
  }
}
