import type { Database, Statement } from 'better-sqlite3';

/** Batches that cannot be read any more, with everything that is known of them: their bytes may yet tell somebody something. */
export const SET_ASIDE_SCHEMA = `
  CREATE TABLE set_aside (
    position INTEGER PRIMARY KEY,
    spool INTEGER NOT NULL REFERENCES spools (id),
    sequence INTEGER NOT NULL,
    received_at_ms INTEGER NOT NULL,
    min_at_ms INTEGER NOT NULL,
    max_at_ms INTEGER NOT NULL,
    observations INTEGER NOT NULL,
    encoding INTEGER NOT NULL,
    body BLOB NOT NULL,
    why TEXT NOT NULL
  ) STRICT;
`;

/** A batch of the journal, and why it cannot be read. */
export interface UnreadableBatch {
  readonly position: number;
  readonly why: string;
}

/**
 * Takes batches that cannot be read out of the journal, where they would stop every start and all sealing. Which checks
 * they told of is not known any more: so the stretch is unknown for each check that the agent was to run in it, or ever
 * sent anything of. A batch that is set aside stays a duplicate. Synchronous; throws what SQLite throws.
 */
export class SetAside {
  readonly #database: Database;
  readonly #copy: Statement;
  readonly #forget: Statement;
  readonly #addSeries: Statement;
  readonly #noteDamage: Statement;

  constructor(database: Database) {
    this.#database = database;
    this.#copy = database.prepare(
      `INSERT OR IGNORE INTO set_aside SELECT position, spool, sequence, received_at_ms, min_at_ms, max_at_ms,
         observations, encoding, body, @why FROM journal WHERE position = @position`,
    );
    this.#forget = database.prepare('DELETE FROM journal WHERE position = ?');
    this.#addSeries = database.prepare(
      `INSERT OR IGNORE INTO series (agent, check_id) SELECT DISTINCT assignments.agent, check_id
       FROM set_aside JOIN spools ON spools.id = set_aside.spool JOIN assignments ON assignments.agent = spools.agent
       WHERE position = ? AND from_ms <= max_at_ms AND (to_ms IS NULL OR to_ms > min_at_ms)`,
    );
    this.#noteDamage = database.prepare(
      `INSERT OR IGNORE INTO damages SELECT series.id, min_at_ms, max_at_ms + 1, 'batch ' || position || ' was set aside: ' || why
       FROM set_aside JOIN spools ON spools.id = set_aside.spool JOIN series ON series.agent = spools.agent WHERE position = ?`,
    );
  }

  move(batches: readonly UnreadableBatch[]): void {
    const move = this.#database.transaction(() => {
      for (const batch of batches) {
        this.#copy.run(batch);
        this.#forget.run(batch.position);
        this.#addSeries.run(batch.position);
        this.#noteDamage.run(batch.position);
      }
    });
    move.immediate();
  }
}
