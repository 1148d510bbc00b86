import type { Database, Statement } from 'better-sqlite3';
import type { Retention } from '../archive.ts';
import { EventTable } from './event-table.ts';
import { WEEK_MS } from './rollup-tables.ts';

const DAY_MS = 86_400_000;

/** Rows removed in one transaction. */
const STEP_ROWS = 200;
/** Pages given back to the disk in one transaction: 16 MiB. */
const STEP_PAGES = 2_000;
/** Less is not worth a transaction: half a mebibyte. */
const LEAST_FREE_PAGES = 64;
/** One in so many pages may be free: about what the journal of the next hour takes in a file of two weeks. */
const KEPT_FREE_SHARE = 128;

/** A class of stored things, and how what is older than a limit is removed: a little at a time, returning how much. */
interface Rule {
  readonly class: string;
  readonly keepMs: (retention: Retention) => number | null;
  /** The limit is moved down to a multiple of this, so that no row is half too old. */
  readonly unitMs: number;
  readonly remover: (database: Database) => (limitMs: number) => number;
}

const RULES: readonly Rule[] = [
  {
    class: 'observations',
    keepMs: ({ observationsMs }) => observationsMs,
    unitMs: WEEK_MS,
    remover: rowsOf({ name: 'chunks', key: 'series, from_ms', isOld: 'to_ms < @limitMs' }),
  },
  {
    class: 'rollups',
    keepMs: ({ rollupsMs }) => rollupsMs,
    unitMs: DAY_MS,
    remover: rowsOf(
      { name: 'days', key: 'series, day', isOld: `day < @limitMs / ${DAY_MS}` },
      { name: 'hours', key: 'series, day', isOld: `day < @limitMs / ${DAY_MS}` },
    ),
  },
  {
    class: 'edges',
    keepMs: ({ edgesMs }) => edgesMs,
    unitMs: WEEK_MS,
    remover: rowsOf(
      { name: 'weeks', key: 'series, week', isOld: `week < @limitMs / ${WEEK_MS}` },
      { name: 'threshold_weeks', key: 'threshold, series, week', isOld: `week < @limitMs / ${WEEK_MS}` },
    ),
  },
  {
    class: 'events',
    keepMs: ({ eventsMs }) => eventsMs,
    unitMs: DAY_MS,
    remover: (database) => {
      const events = new EventTable(database);
      return (limitMs) => events.removeEndedBefore(limitMs, STEP_ROWS);
    },
  },
];

/** A table of which rows go. */
interface OldRows {
  readonly name: string;
  readonly key: string;
  readonly isOld: string;
}

function rowsOf(...tables: readonly OldRows[]): Rule['remover'] {
  return (database) => {
    const statements = tables.map(({ name, key, isOld }) =>
      database.prepare(
        `DELETE FROM ${name} WHERE (${key}) IN (SELECT ${key} FROM ${name} WHERE ${isOld} LIMIT ${STEP_ROWS})`,
      ),
    );
    return (limitMs) => statements.reduce((removed, statement) => removed + statement.run({ limitMs }).changes, 0);
  };
}

/** Removes what is older than its class is kept, a little at a time, and gives the room back. */
export class RetentionKeeper {
  readonly #database: Database;
  readonly #findLimit: Statement;
  readonly #putLimit: Statement;
  readonly #rules: readonly (Omit<Rule, 'remover'> & { readonly remove: (limitMs: number) => number })[];

  constructor(database: Database) {
    this.#database = database;
    this.#findLimit = database.prepare('SELECT from_ms FROM retained WHERE class = ?').pluck();
    this.#putLimit = database.prepare('INSERT OR REPLACE INTO retained VALUES (?, ?)');
    this.#rules = RULES.map(({ remover, ...rule }) => ({ ...rule, remove: remover(database) }));
  }

  /** One step; the number of rows or pages that it removed, 0 when nothing is too old. Throws what SQLite throws. */
  step(nowMs: number, retention: Retention): number {
    for (const { keepMs, remove, ...rule } of this.#rules) {
      const kept = keepMs(retention);
      if (kept === null) continue;
      const limitMs = Math.floor((nowMs - kept) / rule.unitMs) * rule.unitMs;
      const removed = this.#apply(rule.class, limitMs, remove);
      if (removed > 0) return removed;
    }
    return this.#giveBack();
  }

  #apply(name: string, limitMs: number, remove: (limitMs: number) => number): number {
    const before = this.#findLimit.get(name);
    // What was once let go stays gone, also when the clock is set back or more is to be kept.
    const known = before === undefined ? Number.NEGATIVE_INFINITY : Number(before);
    const apply = this.#database.transaction(() => {
      const removed = remove(limitMs);
      // Said in the transaction of the first removal: there is no moment at which a gap looks like nothing happened.
      if (removed > 0 && limitMs > known) this.#putLimit.run(name, limitMs);
      return removed;
    });
    return apply.immediate();
  }

  #giveBack(): number {
    const free = Number(this.#database.pragma('freelist_count', { simple: true }));
    const pages = Number(this.#database.pragma('page_count', { simple: true }));
    // Some room is used again soon; giving it back and taking it anew would cost more than it holds.
    if (free < LEAST_FREE_PAGES || free * KEPT_FREE_SHARE < pages) return 0;
    this.#database.pragma(`incremental_vacuum(${STEP_PAGES})`);
    return free - Number(this.#database.pragma('freelist_count', { simple: true }));
  }
}
