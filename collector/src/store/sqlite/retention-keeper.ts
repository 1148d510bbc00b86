import type { Database, Statement } from 'better-sqlite3';
import type { Retention } from '../archive.ts';
import { WEEK_MS } from './rollup-tables.ts';

const DAY_MS = 86_400_000;

/** Rows removed in one transaction. */
const STEP_ROWS = 200;
/** Pages given back to the disk in one transaction: 16 MiB. */
const STEP_PAGES = 2_000;
/** Less is not worth a transaction: half a mebibyte. */
const LEAST_FREE_PAGES = 64;

/** A class of stored things: which rows of which tables are older than a limit, in whole weeks or days. */
interface Rule {
  readonly class: string;
  readonly keepMs: (retention: Retention) => number | null;
  /** The limit is moved down to a multiple of this, so that no row is half too old. */
  readonly unitMs: number;
  readonly tables: readonly { readonly name: string; readonly key: string; readonly isOld: string }[];
}

const RULES: readonly Rule[] = [
  {
    class: 'observations',
    keepMs: ({ observationsMs }) => observationsMs,
    unitMs: WEEK_MS,
    tables: [{ name: 'chunks', key: 'series, from_ms', isOld: 'to_ms < @limitMs' }],
  },
  {
    class: 'rollups',
    keepMs: ({ rollupsMs }) => rollupsMs,
    unitMs: DAY_MS,
    tables: [
      { name: 'days', key: 'series, day', isOld: `day < @limitMs / ${DAY_MS}` },
      { name: 'hours', key: 'series, day', isOld: `day < @limitMs / ${DAY_MS}` },
    ],
  },
  {
    class: 'edges',
    keepMs: ({ edgesMs }) => edgesMs,
    unitMs: WEEK_MS,
    tables: [
      { name: 'weeks', key: 'series, week', isOld: `week < @limitMs / ${WEEK_MS}` },
      { name: 'threshold_weeks', key: 'threshold, series, week', isOld: `week < @limitMs / ${WEEK_MS}` },
    ],
  },
];

/** Removes what is older than its class is kept, a little at a time, and gives the room back. */
export class RetentionKeeper {
  readonly #database: Database;
  readonly #findLimit: Statement;
  readonly #putLimit: Statement;

  constructor(database: Database) {
    this.#database = database;
    this.#findLimit = database.prepare('SELECT from_ms FROM retained WHERE class = ?').pluck();
    this.#putLimit = database.prepare('INSERT OR REPLACE INTO retained VALUES (?, ?)');
  }

  /** One step; the number of rows or pages that it removed, 0 when nothing is too old. Throws what SQLite throws. */
  step(nowMs: number, retention: Retention): number {
    for (const rule of RULES) {
      const removed = this.#apply(rule, nowMs, retention);
      if (removed > 0) return removed;
    }
    return this.#giveBack();
  }

  #apply(rule: Rule, nowMs: number, retention: Retention): number {
    const keepMs = rule.keepMs(retention);
    if (keepMs === null) return 0;
    const limitMs = Math.floor((nowMs - keepMs) / rule.unitMs) * rule.unitMs;
    const before = this.#findLimit.get(rule.class);
    // What was once let go stays gone, also when the clock is set back or more is to be kept.
    const known = before === undefined ? Number.NEGATIVE_INFINITY : Number(before);
    const apply = this.#database.transaction(() => {
      let removed = 0;
      for (const { name, key, isOld } of rule.tables) {
        const sql = `DELETE FROM ${name} WHERE (${key}) IN (SELECT ${key} FROM ${name} WHERE ${isOld} LIMIT ${STEP_ROWS})`;
        removed += this.#database.prepare(sql).run({ limitMs }).changes;
      }
      // Said in the transaction of the first removal: there is no moment at which a gap looks like nothing happened.
      if (removed > 0 && limitMs > known) this.#putLimit.run(rule.class, limitMs);
      return removed;
    });
    return apply.immediate();
  }

  #giveBack(): number {
    const free = Number(this.#database.pragma('freelist_count', { simple: true }));
    const pages = Number(this.#database.pragma('page_count', { simple: true }));
    // Some room is used again soon; giving it back and taking it anew would cost more than it holds.
    if (free < LEAST_FREE_PAGES || free * 8 < pages) return 0;
    this.#database.pragma(`incremental_vacuum(${STEP_PAGES})`);
    return free - Number(this.#database.pragma('freelist_count', { simple: true }));
  }
}
