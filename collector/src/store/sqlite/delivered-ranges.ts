import type { Database, Statement } from 'better-sqlite3';
import type { Write } from './rollup-tables.ts';

/**
 * What is known as delivered of batches that left the journal: runs of sequences, a row each. A spool numbers its batches
 * one by one, so a year of them is a row, and a batch of last year is a duplicate for ever.
 */
export const DELIVERED_SCHEMA = `
  CREATE TABLE delivered (
    spool INTEGER NOT NULL REFERENCES spools (id),
    first_sequence INTEGER NOT NULL,
    last_sequence INTEGER NOT NULL,
    PRIMARY KEY (spool, first_sequence)
  ) STRICT, WITHOUT ROWID;
  INSERT INTO delivered
    SELECT spool, min(sequence), max(sequence) FROM (
      SELECT spool, sequence, sequence - row_number() OVER (PARTITION BY spool ORDER BY sequence) AS run
      FROM deliveries WHERE position NOT IN (SELECT position FROM journal)
    ) GROUP BY spool, run;
  DELETE FROM deliveries WHERE position NOT IN (SELECT position FROM journal);
`;

/** A batch by what names it. */
export interface DeliveredBatch {
  readonly agent: string;
  readonly spool: string;
  readonly sequence: number;
}

interface Run {
  readonly first: number;
  readonly last: number;
}

/** Moves marks of delivery into runs as their batches leave the journal. Synchronous; throws what SQLite throws. */
export class DeliveredRanges {
  readonly #findSpool: Statement;
  readonly #forgetMarks: Statement;
  readonly #upTo: Statement<unknown[], Run>;
  readonly #from: Statement<unknown[], Run>;
  readonly #remove: Statement;
  readonly #add: Statement;

  constructor(database: Database) {
    this.#findSpool = database.prepare('SELECT id FROM spools WHERE agent = ? AND spool = ?').pluck();
    this.#forgetMarks = database.prepare('DELETE FROM deliveries WHERE spool = ? AND sequence BETWEEN ? AND ?');
    const columns = 'first_sequence AS first, last_sequence AS last';
    this.#upTo = database.prepare(
      `SELECT ${columns} FROM delivered WHERE spool = ? AND first_sequence <= ? ORDER BY first_sequence DESC LIMIT 1`,
    );
    this.#from = database.prepare(`SELECT ${columns} FROM delivered WHERE spool = ? AND first_sequence = ?`);
    this.#remove = database.prepare('DELETE FROM delivered WHERE spool = ? AND first_sequence = ?');
    this.#add = database.prepare('INSERT INTO delivered VALUES (?, ?, ?)');
  }

  /** Whether a batch was delivered that has left the journal since. */
  has(spoolId: number, sequence: number): boolean {
    const run = this.#upTo.get(spoolId, sequence);
    return run !== undefined && run.last >= sequence;
  }

  /** What has to be written in the transaction in which these batches leave the journal. */
  writesFor(batches: readonly DeliveredBatch[]): Write[] {
    const bySpool = Map.groupBy(batches, ({ agent, spool }) => `${agent} ${spool}`);
    return [...bySpool.values()].flatMap((ofSpool) => {
      const [one] = ofSpool;
      const id = Number(this.#findSpool.get(one?.agent, one?.spool));
      return runsOf(ofSpool.map(({ sequence }) => sequence)).map((run) => () => this.#addRun(id, run));
    });
  }

  #addRun(spool: number, { first, last }: Run): void {
    this.#forgetMarks.run(spool, first, last);
    const before = this.#upTo.get(spool, first);
    const isJoined = before !== undefined && before.last === first - 1;
    const behind = this.#from.get(spool, last + 1);
    if (isJoined) this.#remove.run(spool, before.first);
    if (behind !== undefined) this.#remove.run(spool, behind.first);
    this.#add.run(spool, isJoined ? before.first : first, behind?.last ?? last);
  }
}

/** Numbers in any order, each once, as runs without a gap. */
function runsOf(sequences: readonly number[]): Run[] {
  const runs: { first: number; last: number }[] = [];
  for (const sequence of sequences.toSorted((a, b) => a - b)) {
    const run = runs.at(-1);
    if (run !== undefined && sequence === run.last + 1) run.last = sequence;
    else runs.push({ first: sequence, last: sequence });
  }
  return runs;
}
