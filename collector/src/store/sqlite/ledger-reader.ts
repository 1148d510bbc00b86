import type { Database, Statement } from 'better-sqlite3';
import { ChainCheck, GENESIS } from '../../ledger/chain.ts';
import type { LedgerEntry, LedgerHead, LedgerRequest } from '../ledger.ts';
import { LEDGER_COLUMNS, type LedgerRow, toEntry } from './ledger-table.ts';

/** What is asked of a reader at a time. */
export interface LedgerPageRequest extends LedgerRequest {
  readonly after: number;
  readonly limit: number;
}

/** Reads the audit log. Synchronous: it belongs into a thread of its own. Throws what SQLite throws. */
export class LedgerReader {
  readonly #all: Statement<unknown[], LedgerRow>;
  readonly #about: Statement<unknown[], LedgerRow>;
  readonly #head: Statement<unknown[], LedgerHead>;

  constructor(database: Database) {
    const rest = 'AND action NOT IN (SELECT value FROM json_each(?)) ORDER BY sequence LIMIT ?';
    this.#all = database.prepare(`SELECT ${LEDGER_COLUMNS} FROM ledger WHERE sequence > ? ${rest}`);
    this.#about = database.prepare(`SELECT ${LEDGER_COLUMNS} FROM ledger WHERE subject = ? AND sequence > ? ${rest}`);
    this.#head = database.prepare('SELECT sequence, hash FROM ledger ORDER BY sequence DESC LIMIT 1');
  }

  page({ after, subject, except = [], limit }: LedgerPageRequest): LedgerEntry[] {
    const left = JSON.stringify(except);
    const rows =
      subject === undefined ? this.#all.all(after, left, limit) : this.#about.all(subject, after, left, limit);
    return rows.map(toEntry);
  }

  head(): LedgerHead {
    return this.#head.get() ?? GENESIS;
  }
}

/** What is wrong with the chain, its first broken link only: behind that nothing is proved. */
export function* verifyLedger(database: Database, anchor: LedgerHead | null): Generator<string> {
  yield* missingTriggers(database);
  const check = new ChainCheck();
  const rows = database.prepare<unknown[], LedgerRow>(`SELECT ${LEDGER_COLUMNS} FROM ledger ORDER BY sequence`);
  for (const row of rows.iterate()) {
    const broken = check.follow(toEntryOrEmpty(row));
    if (broken !== null) {
      yield broken.what;
      return;
    }
    if (row.sequence === anchor?.sequence && row.hash !== anchor.hash) {
      yield `entry ${row.sequence} is another than the one whose hash was kept: the chain was written anew`;
    }
  }
  if (anchor !== null && anchor.sequence > check.head.sequence) {
    yield `entry ${check.head.sequence + 1} is missing: the chain was kept up to entry ${anchor.sequence}`;
  }
}

const TRIGGERS = ['ledger_never_updated', 'ledger_never_deleted', 'ledger_never_replaced'];

function* missingTriggers(database: Database): Generator<string> {
  const there = new Set(database.prepare("SELECT name FROM sqlite_schema WHERE type = 'trigger'").pluck().all());
  for (const name of TRIGGERS) {
    if (!there.has(name)) yield `trigger ${name} was removed: entries can be changed`;
  }
}

/** A body that is no JSON any more was changed, which its hash will show. */
function toEntryOrEmpty(row: LedgerRow): LedgerEntry {
  try {
    return toEntry(row);
  } catch {
    return { ...row, body: null };
  }
}
