import { join } from 'node:path';
import Sqlite, { type Database } from 'better-sqlite3';
import { openStore } from '../../../collector/src/store/open.ts';
import { ChunkTable } from '../../../collector/src/store/sqlite/chunk-table.ts';
import { RollupTables, WEEK_MS, type Write, weekRuns } from '../../../collector/src/store/sqlite/rollup-tables.ts';
import { storeFile } from '../../../collector/src/store/sqlite/store-file.ts';
import { AGENT_NAME } from './own-programs.ts';
import type { Truth } from './truth.ts';
import { CheckRuns, checkId, sourceOf, type Workload } from './workload.ts';

/** Series written in one transaction. */
const SERIES_A_STEP = 100;

const DAY_MS = 86_400_000;

/** From one series to another, table by table. */
const COPIES: readonly string[] = [
  `INSERT INTO chunks SELECT @to, from_ms, to_ms, observations, body FROM chunks
   WHERE series = @from AND from_ms >= @fromMs AND from_ms < @toMs`,
  `INSERT OR REPLACE INTO weeks SELECT @to, week, is_merged, body FROM weeks
   WHERE series = @from AND week >= @fromWeek AND week < @toWeek`,
  `INSERT OR REPLACE INTO days SELECT @to, day, up, down, unknown, durations FROM days
   WHERE series = @from AND day >= @fromDay AND day < @toDay`,
  `INSERT OR REPLACE INTO hours SELECT @to, day, body FROM hours
   WHERE series = @from AND day >= @fromDay AND day < @toDay`,
  `INSERT OR REPLACE INTO series_states SELECT @to, json_set(state, '$.newest.check', @check) FROM series_states
   WHERE series = @from`,
];

/**
 * The data folder of a collector whose observations were all sealed long ago, without a journal: what posting and sealing
 * would take hours for. It grows while no collector runs on it; weeks come one after another, as in life. THE SEAM: all
 * that knows how sealed observations are stored is `SealedWriter` below; it does what `Sealer` does with a batch, and
 * gives those checks that are copies the rows of their source.
 */
export class SealedHistory {
  readonly #directory: string;
  readonly #set: Workload;
  readonly #sources: readonly CheckRuns[];
  #writtenToMs: number;

  constructor(folder: string, set: Workload) {
    this.#directory = join(folder, 'data');
    this.#set = set;
    this.#sources = Array.from({ length: set.distinct }, (_, index) => new CheckRuns(set, index));
    this.#writtenToMs = set.fromMs;
  }

  /** Writes all that is missing until then, a midnight, and tells the truth about it. */
  async growTo(toMs: number, truth: Truth): Promise<void> {
    // Makes the file as a collector does, with its settings.
    await (await openStore({ directory: this.#directory })).close();
    const database = new Sqlite(storeFile(this.#directory));
    try {
      // A benchmark's file may be lost with the power.
      database.pragma('synchronous = OFF');
      const writer = new SealedWriter(database, this.#set);
      while (this.#writtenToMs < toMs) {
        const endMs = Math.min(toMs, (Math.floor(this.#writtenToMs / WEEK_MS) + 1) * WEEK_MS);
        // Weeks begin at midnight, and runs stay away from it: so many are exactly what is left of a week.
        const runs = Math.floor((endMs - this.#writtenToMs) / this.#set.everyMs);
        for (const [index, source] of this.#sources.entries()) {
          const made = source.next(runs);
          truth.add(index, made);
          writer.add(index, made);
        }
        writer.flush();
        writer.copy(this.#writtenToMs, endMs);
        this.#writtenToMs = endMs;
      }
      database.pragma('wal_checkpoint(TRUNCATE)');
    } finally {
      database.close();
    }
  }
}

class SealedWriter {
  readonly #database: Database;
  readonly #chunks: ChunkTable;
  readonly #rollups: RollupTables;
  readonly #set: Workload;
  readonly #series: readonly number[];
  readonly #writes: Write[] = [];
  #waiting = 0;

  constructor(database: Database, set: Workload) {
    this.#database = database;
    this.#set = set;
    this.#chunks = new ChunkTable(database, (_, { what }) => {
      throw new Error(`a chunk that was just written is damaged: ${what}`);
    });
    this.#rollups = new RollupTables(database);
    const add = database.prepare('INSERT OR IGNORE INTO series (agent, check_id) VALUES (?, ?)');
    const find = database.prepare('SELECT id FROM series WHERE agent = ? AND check_id = ?').pluck();
    this.#series = Array.from({ length: set.checks }, (_, index) => {
      add.run(AGENT_NAME, checkId(index));
      return Number(find.get(AGENT_NAME, checkId(index)));
    });
  }

  add(index: number, runs: Parameters<typeof weekRuns>[0]): void {
    const series = this.#series[index] ?? Number.NaN;
    this.#writes.push(...this.#rollups.addToDays(series, runs), this.#rollups.addToState(series, checkId(index), runs));
    for (const { week, ofWeek } of weekRuns(runs)) {
      const place = { series, week };
      this.#writes.push(
        this.#chunks.add(series, ofWeek).apply,
        this.#rollups.addToWeek(place, ofWeek, () => ofWeek),
        () => this.#rollups.markMerged(place),
      );
    }
    if (++this.#waiting === SERIES_A_STEP) this.flush();
  }

  flush(): void {
    const writes = this.#writes.splice(0);
    this.#waiting = 0;
    this.#database.transaction(() => {
      for (const write of writes) write();
    })();
  }

  /** Gives every copy what its source has of that time, the rows as they are. */
  copy(fromMs: number, toMs: number): void {
    const { checks, distinct } = this.#set;
    const bounds = {
      fromMs,
      toMs,
      fromDay: Math.floor(fromMs / DAY_MS),
      toDay: Math.ceil(toMs / DAY_MS),
      fromWeek: Math.floor(fromMs / WEEK_MS),
      toWeek: Math.ceil(toMs / WEEK_MS),
    };
    const statements = COPIES.map((sql) => this.#database.prepare(sql));
    this.#database.transaction(() => {
      for (let index = distinct; index < checks; index++) {
        const [to, from] = [this.#series[index], this.#series[sourceOf(this.#set, index)]];
        for (const statement of statements) statement.run({ to, from, check: checkId(index), ...bounds });
      }
    })();
  }
}
