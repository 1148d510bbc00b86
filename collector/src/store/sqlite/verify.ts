import { TOTAL } from '@nines/shared/probes/probe.ts';
import type { Database } from 'better-sqlite3';
import type { LedgerHead } from '../ledger.ts';
import { noHours, packHours, unpackHours } from '../rollup/hour-sketches.ts';
import { LatencySketch } from '../rollup/latency-sketch.ts';
import { RollupError } from '../rollup/packed.ts';
import { canBeSketchOf, canBeThresholdOf } from '../rollup/rounded.ts';
import { countThreshold, noThresholdRuns, packThresholdWeek, unpackThresholdWeek } from '../rollup/threshold-week.ts';
import { addRunCounts, edgeRowsOf, noRuns, packWeek } from '../rollup/week.ts';
import { OUTCOMES, type RunColumns } from '../run-columns.ts';
import { rowsBetween, sliceRuns } from '../runs-builder.ts';
import { ChunkTable } from './chunk-table.ts';
import type { Finding } from './finding.ts';
import { verifyLedger } from './ledger-reader.ts';
import { WEEK_MS } from './rollup-tables.ts';
import type { UnreadableBatch } from './set-aside.ts';
import { entryOf, type JournalRecord, unpackRecord } from './stored-entry.ts';
import { verifyEvents } from './verify-events.ts';
import { RollupCheck } from './verify-rollups.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const WEEK_DAYS = 7;

/** What was looked at. */
export interface Looked {
  chunks: number;
  observations: number;
  batches: number;
}

interface SeriesRow {
  readonly id: number;
  readonly agent: string;
  readonly check: string;
  readonly is_rounded: number;
}

/**
 * Looks at everything a store holds and yields each finding: SQLite's own structure, every batch of the journal, every
 * chunk's checksum and bounds, every rollup against what the chunks give, and the audit log from its first entry on, with
 * `anchor` as an entry that has to be in it. `looked` is counted on the way.
 */
export function* verify(database: Database, looked: Looked, anchor: LedgerHead | null = null): Generator<Finding> {
  for (const { integrity_check: what } of integrityOf(database)) {
    if (what !== 'ok') yield { ...NOBODY, table: 'sqlite', what };
  }
  yield* verifyJournal(database, looked);
  for (const what of verifyLedger(database, anchor)) yield { ...NOBODY, table: 'ledger', what };
  yield* verifySetAside(database);
  yield* verifyEvents(database);
  const series = database
    .prepare<unknown[], SeriesRow>('SELECT id, agent, check_id AS "check", is_rounded FROM series')
    .all();
  for (const one of series) yield* new SeriesCheck(database, one, looked).findings();
}

const NOBODY = { agent: null, check: null, fromMs: null, toMs: null } as const;

/** Safe: what the pragma answers is text in a column of its own name. */
function integrityOf(database: Database): { integrity_check: string }[] {
  return database.pragma('integrity_check') as { integrity_check: string }[];
}

function* verifyJournal(database: Database, looked: Looked): Generator<Finding> {
  for (const record of database.prepare<unknown[], JournalRecord>('SELECT * FROM journal').iterate()) {
    looked.batches++;
    const fault = faultOf(() => entryOf(unpackRecord(record)));
    if (fault === null) continue;
    const stretch = { fromMs: record.min_at_ms, toMs: record.max_at_ms + 1 };
    yield { ...NOBODY, ...stretch, table: 'journal', what: `batch ${record.position}: ${fault}` };
  }
}

/** What was set aside is named until somebody removes it. */
function* verifySetAside(database: Database): Generator<Finding> {
  const rows = database
    .prepare<unknown[], UnreadableBatch & { agent: string; fromMs: number; toMs: number }>(
      `SELECT position, why, agent, min_at_ms AS fromMs, max_at_ms + 1 AS toMs
       FROM set_aside JOIN spools ON spools.id = set_aside.spool ORDER BY position`,
    )
    .all();
  for (const { position, why, agent, fromMs, toMs } of rows) {
    yield { table: 'set_aside', agent, check: null, fromMs, toMs, what: `batch ${position}: ${why}` };
  }
}

/** One series: its chunks first, then what was counted of them, week by week. */
class SeriesCheck {
  readonly #database: Database;
  readonly #series: SeriesRow;
  readonly #looked: Looked;
  readonly #chunks: ChunkTable;
  readonly #rollups: RollupCheck;
  #found: Finding[] = [];

  constructor(database: Database, series: SeriesRow, looked: Looked) {
    this.#database = database;
    this.#series = series;
    this.#looked = looked;
    this.#rollups = new RollupCheck(database);
    this.#chunks = new ChunkTable(database, (_, { fromMs, toMs, what }) => this.#note('chunks', what, fromMs, toMs));
  }

  *findings(): Generator<Finding> {
    this.#checkRows();
    yield* this.#take();
    const weeks = this.#column('SELECT week FROM weeks WHERE series = ? ORDER BY week');
    for (const week of weeks) {
      this.#checkWeek(week);
      yield* this.#take();
    }
  }

  #take(): Finding[] {
    const found = this.#found;
    this.#found = [];
    return found;
  }

  #note(table: string, what: string, fromMs: number, toMs: number): void {
    const { agent, check } = this.#series;
    this.#found.push({ table, agent, check, fromMs, toMs, what });
  }

  /** Rows follow one another, none in two weeks; each week of chunks has its counts. */
  #checkRows(): void {
    const rows = this.#database
      .prepare<unknown[], { from_ms: number; to_ms: number }>(
        'SELECT from_ms, to_ms FROM chunks WHERE series = ? ORDER BY from_ms',
      )
      .all(this.#series.id);
    const weeks = new Set(this.#column('SELECT week FROM weeks WHERE series = ?'));
    let before = Number.NEGATIVE_INFINITY;
    for (const { from_ms: fromMs, to_ms: toMs } of rows) {
      this.#looked.chunks++;
      const week = Math.floor(fromMs / WEEK_MS);
      if (fromMs <= before) this.#note('chunks', 'overlaps the one before it', fromMs, toMs + 1);
      if (week !== Math.floor(toMs / WEEK_MS)) this.#note('chunks', 'reaches into another week', fromMs, toMs + 1);
      if (!weeks.has(week)) this.#note('weeks', 'there are chunks and no counts', fromMs, toMs + 1);
      before = toMs;
    }
  }

  #checkWeek(week: number): void {
    const [fromMs, toMs] = [week * WEEK_MS, (week + 1) * WEEK_MS];
    const kept = Number(this.#one("SELECT max(from_ms) FROM retained WHERE class = 'observations'") ?? 0);
    if (fromMs < kept) {
      this.#rollups.check(this.#series.id, week, (table, what, ...stretch) => this.#note(table, what, ...stretch));
      return;
    }
    const runs = this.#chunks.runs(this.#series.id, fromMs, toMs);
    this.#looked.observations += runs.length;
    const stated = Number(
      this.#one(
        'SELECT total(observations) FROM chunks WHERE series = ? AND from_ms >= ? AND from_ms < ?',
        this.#series.id,
        fromMs,
        toMs,
      ),
    );
    // With a damaged block, everything that was counted would differ: one finding is enough.
    if (this.#found.length > 0) return;
    if (stated !== runs.length) {
      this.#note('chunks', `${runs.length} observations where ${stated} should be`, fromMs, toMs);
      return;
    }
    this.#compare('weeks', [week], packedWeek(week, runs), fromMs, toMs);
    for (let day = week * WEEK_DAYS; day < (week + 1) * WEEK_DAYS; day++) this.#checkDay(day, runs);
    this.#checkThresholds(week, runs);
  }

  #checkDay(day: number, runs: RunColumns): void {
    const [fromMs, toMs] = [day * DAY_MS, (day + 1) * DAY_MS];
    const ofDay = sliceRuns(runs, ...rowsBetween(runs, fromMs, toMs));
    if (ofDay.length === 0) return;
    const sketch = new LatencySketch();
    sketch.addRuns(ofDay, TOTAL);
    const counts = { up: 0, down: 0, unknown: 0 };
    for (const code of ofDay.outcomes) counts[OUTCOMES[code] ?? 'unknown']++;
    const stored = this.#database
      .prepare<unknown[], { up: number; down: number; unknown: number; durations: Uint8Array | null }>(
        'SELECT up, down, unknown, durations FROM days WHERE series = ? AND day = ?',
      )
      .get(this.#series.id, day);
    const isSame =
      stored !== undefined &&
      stored.up === counts.up &&
      stored.down === counts.down &&
      stored.unknown === counts.unknown &&
      (this.#series.is_rounded === 1
        ? canBe(() => canBeSketchOf(unpackSketch(stored.durations), ofDay))
        : isSameBytes(stored.durations, sketch.count === 0 ? null : sketch.pack()));
    if (!isSame) this.#note('days', 'does not tell what the chunks tell', fromMs, toMs);
    const hours = noHours().map((_, hour) => {
      const ofHour = new LatencySketch();
      const [first, end] = rowsBetween(ofDay, fromMs + hour * HOUR_MS, fromMs + (hour + 1) * HOUR_MS);
      ofHour.addRuns(ofDay, TOTAL, { first, end });
      return ofHour.count === 0 ? null : ofHour;
    });
    if (this.#series.is_rounded === 1) this.#checkRoundedHours(day, ofDay);
    else this.#compare('hours', [day], packHours(hours), fromMs, toMs);
  }

  #checkRoundedHours(day: number, ofDay: RunColumns): void {
    const stored = this.#one('SELECT body FROM hours WHERE series = ? AND day = ?', this.#series.id, day);
    const isPossible = canBe(() => {
      if (!(stored instanceof Uint8Array)) return false;
      return unpackHours(stored).every((sketch, hour) => {
        const fromMs = day * DAY_MS + hour * HOUR_MS;
        const ofHour = sliceRuns(ofDay, ...rowsBetween(ofDay, fromMs, fromMs + HOUR_MS));
        return canBeSketchOf(sketch ?? new LatencySketch(), ofHour);
      });
    });
    if (!isPossible) this.#note('hours', 'cannot be what the chunks tell', day * DAY_MS, (day + 1) * DAY_MS);
  }

  #checkThresholds(week: number, runs: RunColumns): void {
    const thresholds = this.#database
      .prepare<unknown[], { id: number; value: string; withinMicros: number }>(
        'SELECT id, value, within_micros AS withinMicros FROM thresholds WHERE check_id = ?',
      )
      .all(this.#series.check);
    for (const threshold of thresholds) {
      const counts = noThresholdRuns();
      countThreshold(runs, threshold, counts);
      const stored = this.#one(
        'SELECT body FROM threshold_weeks WHERE threshold = ? AND series = ? AND week = ?',
        threshold.id,
        this.#series.id,
        week,
      );
      if (isSameBytes(stored, packThresholdWeek(counts))) continue;
      const isPossible = () =>
        stored instanceof Uint8Array && canBeThresholdOf(unpackThresholdWeek(stored), runs, threshold);
      if (this.#series.is_rounded === 1 && canBe(isPossible)) continue;
      const what = `${threshold.value} within ${threshold.withinMicros} does not tell what the chunks tell`;
      this.#note('threshold_weeks', what, week * WEEK_MS, (week + 1) * WEEK_MS);
    }
  }

  #compare(table: 'weeks' | 'hours', key: readonly [number], expected: Uint8Array, fromMs: number, toMs: number): void {
    const column = table === 'weeks' ? 'week' : 'day';
    const stored = this.#one(`SELECT body FROM ${table} WHERE series = ? AND ${column} = ?`, this.#series.id, ...key);
    if (!isSameBytes(stored, expected)) this.#note(table, 'does not tell what the chunks tell', fromMs, toMs);
  }

  #one(sql: string, ...parameters: unknown[]): unknown {
    return this.#database
      .prepare(sql)
      .pluck()
      .get(...parameters);
  }

  #column(sql: string): number[] {
    return this.#database.prepare(sql).pluck().all(this.#series.id).map(Number);
  }
}

function packedWeek(week: number, columns: RunColumns): Uint8Array {
  const runs = noRuns();
  addRunCounts(runs, columns);
  return packWeek({ week, runs, edges: edgeRowsOf(columns) });
}

function unpackSketch(durations: Uint8Array | null): LatencySketch {
  return durations === null ? new LatencySketch() : LatencySketch.unpack(durations);
}

/** Whether something holds; what cannot even be read does not. */
function canBe(holds: () => boolean): boolean {
  try {
    return holds();
  } catch (error) {
    if (error instanceof RollupError) return false;
    throw error;
  }
}

function isSameBytes(stored: unknown, expected: Uint8Array | null): boolean {
  if (expected === null || !(stored instanceof Uint8Array)) return expected === null && (stored ?? null) === null;
  return Buffer.compare(stored, expected) === 0;
}

/** What is wrong with reading something; `null` when nothing is. */
function faultOf(read: () => unknown): string | null {
  try {
    read();
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
