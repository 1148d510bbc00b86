import { join } from 'node:path';
import Sqlite, { type Database } from 'better-sqlite3';
import { openStore } from '../../../collector/src/store/open.ts';
import { ChunkTable } from '../../../collector/src/store/sqlite/chunk-table.ts';
import { RollupTables, WEEK_MS, type Write, weekRuns } from '../../../collector/src/store/sqlite/rollup-tables.ts';
import { storeFile } from '../../../collector/src/store/sqlite/store-file.ts';
import { AGENT_NAME } from './own-programs.ts';
import type { Truth } from './truth.ts';
import { CheckRuns, checkId, type Workload } from './workload.ts';

/** Series written in one transaction. */
const SERIES_A_STEP = 100;

/**
 * The data folder of a collector whose observations were all sealed long ago, without a journal: what posting and sealing
 * would take hours for. It grows while no collector runs on it; weeks come one after another, as in life. THE SEAM: all
 * that knows how sealed observations are stored is `SealedWriter` below; it does what `Sealer` does with a batch.
 */
export class SealedHistory {
  readonly #directory: string;
  readonly #set: Workload;
  readonly #sources: readonly CheckRuns[];
  #writtenToMs: number;

  constructor(folder: string, set: Workload) {
    this.#directory = join(folder, 'data');
    this.#set = set;
    this.#sources = Array.from({ length: set.checks }, (_, index) => new CheckRuns(set, index));
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
      const writer = new SealedWriter(database, this.#set.checks);
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
  readonly #series: readonly number[];
  readonly #writes: Write[] = [];
  #waiting = 0;

  constructor(database: Database, checks: number) {
    this.#database = database;
    this.#chunks = new ChunkTable(database, (_, { what }) => {
      throw new Error(`a chunk that was just written is damaged: ${what}`);
    });
    this.#rollups = new RollupTables(database);
    const add = database.prepare('INSERT OR IGNORE INTO series (agent, check_id) VALUES (?, ?)');
    const find = database.prepare('SELECT id FROM series WHERE agent = ? AND check_id = ?').pluck();
    this.#series = Array.from({ length: checks }, (_, index) => {
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
}
