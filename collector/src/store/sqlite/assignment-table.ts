import type { Database, Statement } from 'better-sqlite3';
import { assignmentChanges } from '../assignments.ts';
import type { AssignedPair } from '../store.ts';

/** Writes who was assigned what, and when. Synchronous; throws what SQLite throws. */
export class AssignmentTable {
  readonly #database: Database;
  readonly #standing: Statement<unknown[], AssignedPair>;
  readonly #begin: Statement;
  readonly #end: Statement;

  constructor(database: Database) {
    this.#database = database;
    this.#standing = database.prepare('SELECT check_id AS "check", agent FROM assignments WHERE to_ms IS NULL');
    // A conflict is a pair that ended and begins again at the instant it began.
    this.#begin = database.prepare(
      'INSERT INTO assignments VALUES (?, ?, ?, NULL) ON CONFLICT DO UPDATE SET to_ms = NULL',
    );
    this.#end = database.prepare(
      'UPDATE assignments SET to_ms = max(from_ms, ?) WHERE check_id = ? AND agent = ? AND to_ms IS NULL',
    );
  }

  /** See `Store.recordAssignments`. All of it or nothing; writes nothing when nothing changed, so a full disk is no obstacle. */
  record(pairs: readonly AssignedPair[], atMs: number): void {
    const record = this.#database.transaction(() => {
      const { begun, ended } = assignmentChanges(this.#standing.all(), pairs);
      for (const { check, agent } of ended) this.#end.run(atMs, check, agent);
      for (const { check, agent } of begun) this.#begin.run(check, agent, atMs);
    });
    record.immediate();
  }
}
