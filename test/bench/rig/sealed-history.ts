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
 * Writes a data set into the data folder of a collector as if it had been sealed long ago, without a journal: what
 * posting and sealing would take hours for. Weeks come one after another, as in life. THE SEAM: everything that knows how
 * sealed observations are stored is `SealedWriter` below; it does what `Sealer` does with a batch.
 */
export async function writeSealedHistory(folder: string, set: Workload, truth: Truth): Promise<void> {
  const directory = join(folder, 'data');
  // Makes the file as a collector does, with its settings.
  await (await openStore({ directory })).close();
  const database = new Sqlite(storeFile(directory));
  try {
    // A benchmark's file may be lost with the power.
    database.pragma('synchronous = OFF');
    const writer = new SealedWriter(database, set.checks);
    const sources = Array.from({ length: set.checks }, (_, index) => new CheckRuns(set, index));
    for (let fromMs = set.fromMs; fromMs < set.toMs; ) {
      const toMs = Math.min(set.toMs, (Math.floor(fromMs / WEEK_MS) + 1) * WEEK_MS);
      writeWeek(writer, sources, { runs: Math.floor((toMs - fromMs) / set.everyMs), truth });
      fromMs = toMs;
    }
    database.pragma('wal_checkpoint(TRUNCATE)');
  } finally {
    database.close();
  }
}

/** Days begin with weeks, and runs stay away from midnight: so many runs are exactly what the rest of a week holds. */
function writeWeek(
  writer: SealedWriter,
  sources: readonly CheckRuns[],
  { runs, truth }: { readonly runs: number; readonly truth: Truth },
): void {
  for (const [index, source] of sources.entries()) {
    const made = source.next(runs);
    truth.add(index, made);
    writer.add(index, made);
  }
  writer.flush();
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
    const add = database.prepare('INSERT INTO series (agent, check_id) VALUES (?, ?)');
    this.#series = Array.from({ length: checks }, (_, index) =>
      Number(add.run(AGENT_NAME, checkId(index)).lastInsertRowid),
    );
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
