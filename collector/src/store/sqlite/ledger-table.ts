import { type CanonicalValue, canonicalJson } from '@nines/shared/config/canonical-json.ts';
import type { Database, Statement } from 'better-sqlite3';
import { GENESIS, linkEntry } from '../../ledger/chain.ts';
import type { EntryDraft, LedgerEntry, LedgerHead } from '../ledger.ts';

/**
 * The audit log, a part of a migration in `schema.ts`. Its triggers refuse what our own code never asks for; whoever
 * takes them away first is found by the hashes.
 */
export const LEDGER_SCHEMA = `
  CREATE TABLE ledger (
    sequence INTEGER PRIMARY KEY,
    at_ms INTEGER NOT NULL,
    actor TEXT NOT NULL,
    action TEXT NOT NULL,
    subject TEXT NOT NULL,
    body TEXT NOT NULL,
    prev_hash TEXT NOT NULL,
    hash TEXT NOT NULL
  ) STRICT;
  CREATE INDEX ledger_by_subject ON ledger (subject, sequence);
  CREATE TRIGGER ledger_never_updated BEFORE UPDATE ON ledger
  BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
  CREATE TRIGGER ledger_never_deleted BEFORE DELETE ON ledger
  BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
  CREATE TRIGGER ledger_never_replaced BEFORE INSERT ON ledger
  WHEN NEW.sequence <= (SELECT max(sequence) FROM ledger)
  BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
`;

/** A row of `ledger`. */
export interface LedgerRow extends Omit<LedgerEntry, 'body'> {
  readonly body: string;
}

/** The columns of a `LedgerRow`. */
export const LEDGER_COLUMNS = 'sequence, at_ms AS atMs, actor, action, subject, body, prev_hash AS prevHash, hash';

/** Throws `SyntaxError` when the body is no JSON: then somebody else wrote it. */
export function toEntry(row: LedgerRow): LedgerEntry {
  // Safe: every value that JSON can hold fits the type but a fraction, and that has no canonical form to be hashed.
  return { ...row, body: JSON.parse(row.body) as CanonicalValue };
}

/** Writes the audit log. Synchronous: it belongs into a thread of its own. Throws what SQLite throws. */
export class LedgerTable {
  readonly #database: Database;
  readonly #head: Statement<unknown[], LedgerHead>;
  readonly #newestAbout: Statement;
  readonly #append: Statement;

  constructor(database: Database) {
    this.#database = database;
    this.#head = database.prepare('SELECT sequence, hash FROM ledger ORDER BY sequence DESC LIMIT 1');
    this.#newestAbout = database.prepare('SELECT coalesce(max(sequence), 0) FROM ledger WHERE subject = ?').pluck();
    this.#append = database.prepare('INSERT INTO ledger VALUES (?, ?, ?, ?, ?, ?, ?, ?)');
  }

  /** See `LedgerStore.appendEntry`. The lock is taken before the head is read: no other process comes between. */
  append(draft: EntryDraft, afterSequence: number): LedgerEntry | null {
    const append = this.#database.transaction(() => {
      if (this.#newestAbout.get(draft.subject) !== afterSequence) return null;
      const entry = linkEntry(draft, this.#head.get() ?? GENESIS);
      const { sequence, atMs, actor, action, subject, body, prevHash, hash } = entry;
      this.#append.run(sequence, atMs, actor, action, subject, canonicalJson(body), prevHash, hash);
      return entry;
    });
    return append.immediate();
  }
}
