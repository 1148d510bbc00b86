import type { Database } from 'better-sqlite3';
import { countedEntry } from '../../evaluate/journal-reader.ts';
import type { StoredEvent } from '../events.ts';
import type { RunColumns } from '../run-columns.ts';
import { joinRuns, RunsBuilder, rowsBetween, sliceRuns } from '../runs-builder.ts';
import { ChunkTable } from './chunk-table.ts';
import { EventReader } from './event-reader.ts';
import { WEEK_MS } from './rollup-tables.ts';
import { openExisting, storeFile } from './store-file.ts';
import { entryOf, type JournalRecord, unpackRecord } from './stored-entry.ts';

/** What of a store is exported. */
export interface ExportRequest {
  readonly fromMs: number;
  readonly toMs: number;
  /** `null` for all of them. */
  readonly checks: readonly string[] | null;
  /** Clock difference beyond which an agent's instants are not believed, as for figures. */
  readonly maxSkewMs: number;
}

/** A check as one agent sees it. */
export interface ExportedSeries {
  readonly agent: string;
  readonly check: string;
}

interface OwnSeries extends ExportedSeries {
  /** `null` while nothing of it is sealed. */
  readonly id: number | null;
  /** What stands in the journal. */
  readonly open: RunColumns;
}

const EVENTS_A_PAGE = 1_000;

/**
 * Observations and events of one moment of a store, read beside a running collector: one transaction for all of it, so
 * that what is sealed meanwhile is neither missed nor seen twice. Synchronous; throws what SQLite throws, and `StoreError`.
 */
export class ExportSource {
  readonly #database: Database;
  readonly #request: ExportRequest;
  readonly #chunks: ChunkTable;
  readonly #events: EventReader;
  readonly #series: readonly OwnSeries[];
  readonly #damaged = new Set<string>();

  constructor(directory: string, request: ExportRequest) {
    this.#database = openExisting(storeFile(directory));
    this.#database.exec('BEGIN');
    this.#request = request;
    this.#events = new EventReader(this.#database);
    this.#chunks = new ChunkTable(this.#database, (series, { fromMs }) => this.#damaged.add(`${series} ${fromMs}`));
    this.#series = this.#findSeries();
  }

  /** Stretches that could not be read so far, and are left out. */
  get damages(): number {
    return this.#damaged.size;
  }

  /** By check, then agent. */
  get series(): readonly ExportedSeries[] {
    return this.#series;
  }

  /** The observations of a series, ascending, at most a week at a time, with the values that are wanted (all without). */
  *runs({ check, agent }: ExportedSeries, wanted?: ReadonlySet<string>): Generator<RunColumns> {
    const series = this.#series.find((one) => one.check === check && one.agent === agent);
    if (series === undefined) return;
    const { fromMs, toMs } = this.#request;
    for (const week of this.#weeksOf(series)) {
      const [first, end] = [Math.max(fromMs, week * WEEK_MS), Math.min(toMs, (week + 1) * WEEK_MS)];
      const sealed = series.id === null ? [] : [this.#chunks.runs(series.id, first, end, wanted)];
      const open = sliceRuns(series.open, ...rowsBetween(series.open, first, end));
      const runs = joinRuns([...sealed, withValues(open, wanted)]);
      if (runs.length > 0) yield runs;
    }
  }

  /** Every stream that has events, by name. */
  streams(): string[] {
    return this.#events.streams().map(({ stream }) => stream);
  }

  /** The events of a stream that begin in the interval, ascending: each event is in one interval only. */
  *events(stream: string): Generator<StoredEvent> {
    const { fromMs, toMs } = this.#request;
    let after = { atMs: fromMs, id: '', agent: '' };
    for (;;) {
      const page = this.#events.page({ stream, fromMs, toMs, after, limit: EVENTS_A_PAGE });
      yield* page;
      const last = page.at(-1);
      if (last === undefined || page.length < EVENTS_A_PAGE) return;
      after = last;
    }
  }

  close(): void {
    this.#database.close();
  }

  #findSeries(): OwnSeries[] {
    const open = this.#readJournal();
    const ids = new Map(
      this.#database
        .prepare<unknown[], ExportedSeries & { id: number }>('SELECT id, agent, check_id AS "check" FROM series')
        .all()
        .map((one) => [keyOf(one), one]),
    );
    const { checks } = this.#request;
    return [...new Set([...ids.keys(), ...open.keys()])]
      .sort()
      .map((key) => {
        const [check = '', agent = ''] = key.split(' ');
        return { check, agent, id: ids.get(key)?.id ?? null, open: (open.get(key) ?? new RunsBuilder()).build() };
      })
      .filter(({ check }) => checks === null || checks.includes(check));
  }

  /** A few hours, ordinarily: kept in memory, because each series would have to read all of it. */
  #readJournal(): Map<string, RunsBuilder> {
    const builders = new Map<string, RunsBuilder>();
    const records = this.#database.prepare<unknown[], JournalRecord>('SELECT * FROM journal').iterate();
    for (const record of records) {
      const { agent, checks } = countedEntry(entryOf(unpackRecord(record)), this.#request.maxSkewMs);
      for (const columns of checks) {
        const key = keyOf({ agent, check: columns.check });
        const builder = builders.get(key) ?? new RunsBuilder();
        builders.set(key, builder);
        builder.addColumns(columns);
      }
    }
    return builders;
  }

  /** Weeks in which the series may have observations; a chunk never reaches into another. */
  #weeksOf({ id, open }: OwnSeries): number[] {
    const { fromMs, toMs } = this.#request;
    const sealed = this.#database
      .prepare(`SELECT DISTINCT from_ms / ${WEEK_MS} FROM chunks WHERE series = ? AND to_ms >= ? AND from_ms < ?`)
      .pluck()
      .all(id, fromMs, toMs)
      .map(Number);
    const weeks = new Set(sealed);
    for (const atMs of open.atMs) if (atMs >= fromMs && atMs < toMs) weeks.add(Math.floor(atMs / WEEK_MS));
    return [...weeks].sort((a, b) => a - b);
  }
}

/** Neither name holds a space. */
function keyOf({ check, agent }: ExportedSeries): string {
  return `${check} ${agent}`;
}

function withValues(runs: RunColumns, wanted: ReadonlySet<string> | undefined): RunColumns {
  if (wanted === undefined) return runs;
  return { ...runs, values: runs.values.filter(({ name }) => wanted.has(name)) };
}
