import type { Database, Statement } from 'better-sqlite3';
import type { AgentSeen } from '../../evaluate/agents-seen.ts';
import { shiftOf } from '../../evaluate/clock-skew.ts';
import { countedEntry } from '../../evaluate/journal-reader.ts';
import { NOTHING_DONE, type PackedThresholdWeek, type ThresholdProgress, type UpkeepReport } from '../archive.ts';
import { roundRuns } from '../block/half-percent.ts';
import type { RunColumns } from '../run-columns.ts';
import { joinRuns, rowsBetween, sliceRuns } from '../runs-builder.ts';
import { ChunkTable } from './chunk-table.ts';
import { ClosedRuns } from './closed-runs.ts';
import { DeliveredRanges } from './delivered-ranges.ts';
import { RollupTables, type SeriesWeek, WEEK_MS, type Write, weekRuns } from './rollup-tables.ts';
import { SetAside } from './set-aside.ts';
import { SpareBuilders } from './spare-builders.ts';
import { entryOf, type JournalRecord, openRecord, readableOr, unpackRecord } from './stored-entry.ts';
import { isBehind, ThresholdBackfill, type WantedThreshold } from './threshold-backfill.ts';

const HOUR_MS = 3_600_000;

/** An hour is closed this long after its end: by then the agents have delivered. What comes later is merged in. */
export const GRACE_MS = 5 * 60_000;

/**
 * About so many observations are sealed in one transaction: of a thousand series blocks long enough to stay as they are,
 * some 80 bytes of memory each, and acknowledgements are held up for no longer than 0.2 s.
 */
const STEP_OBSERVATIONS = 1_200_000;

/** Weeks put together in one transaction. */
const STEP_WEEKS = 100;

export interface SealerOptions {
  /** Clock difference beyond which an agent's instants are not believed. */
  readonly maxSkewMs: number;
  /** Names of the values that are kept to within half a percent, but where a threshold is counted of them. */
  readonly roundedValues: ReadonlySet<string>;
}

/** What one step takes out of the journal, and what is written for it. */
interface Sealing {
  readonly closed: ClosedRuns;
  readonly writes: readonly Write[];
}

/**
 * Moves closed hours from the journal into chunks and what is counted of them. Everything is made ready first and then
 * written in one transaction, which also removes the journal's rows: an observation is always in exactly one place.
 */
export class Sealer {
  readonly #database: Database;
  readonly #maxSkewMs: number;
  readonly #roundedValues: ReadonlySet<string>;
  readonly #chunks: ChunkTable;
  readonly #rollups: RollupTables;
  readonly #delivered: DeliveredRanges;
  readonly #backfill: ThresholdBackfill;
  readonly #setAside: SetAside;
  readonly #closed: Statement<unknown[], JournalRecord>;
  readonly #fromFuture: Statement<unknown[], JournalRecord>;
  readonly #forget: Statement;
  readonly #noteDamage: Statement;
  readonly #findSeries: Statement;
  readonly #insertSeries: Statement;
  readonly #markRounded: Statement;
  readonly #weeksToMerge: Statement<unknown[], { series: number; week: number }>;
  readonly #agentStates: Statement;
  readonly #putAgentState: Statement;
  readonly #keptFrom: Statement;

  readonly #spare = new SpareBuilders();
  /** Made ready and not written yet. */
  #ready: Sealing | null = null;

  constructor(database: Database, { maxSkewMs, roundedValues }: SealerOptions) {
    this.#database = database;
    this.#maxSkewMs = maxSkewMs;
    this.#roundedValues = roundedValues;
    this.#chunks = new ChunkTable(database, (series, { fromMs, toMs, what }) =>
      this.#noteDamage.run(series, fromMs, toMs, what),
    );
    this.#noteDamage = database.prepare('INSERT OR IGNORE INTO damages VALUES (?, ?, ?, ?)');
    this.#rollups = new RollupTables(database);
    this.#delivered = new DeliveredRanges(database);
    this.#backfill = new ThresholdBackfill({ database, rollups: this.#rollups, chunks: this.#chunks });
    this.#setAside = new SetAside(database);
    const columns = 'position, received_at_ms, skew_ms, min_at_ms, max_at_ms, encoding, body';
    this.#closed = database.prepare(
      `SELECT ${columns} FROM journal WHERE max_at_ms < ? ORDER BY max_at_ms, min_at_ms, position`,
    );
    // Instants from the future are moved to when they arrived, and then they are as closed as others.
    this.#fromFuture = database.prepare(
      `SELECT ${columns} FROM journal WHERE max_at_ms >= ? AND received_at_ms < ? ORDER BY max_at_ms, position`,
    );
    this.#forget = database.prepare('DELETE FROM journal WHERE position = ?');
    this.#findSeries = database.prepare('SELECT id FROM series WHERE agent = ? AND check_id = ?').pluck();
    this.#markRounded = database.prepare(
      'UPDATE series SET is_rounded = 1 WHERE agent = ? AND check_id = ? AND is_rounded = 0',
    );
    this.#insertSeries = database.prepare('INSERT OR IGNORE INTO series (agent, check_id) VALUES (?, ?)');
    this.#weeksToMerge = database.prepare(
      'SELECT series, week FROM weeks WHERE is_merged = 0 AND week < ? ORDER BY week, series LIMIT ?',
    );
    this.#keptFrom = database.prepare("SELECT from_ms FROM retained WHERE class = 'observations'").pluck();
    this.#agentStates = database.prepare('SELECT state FROM agent_states ORDER BY agent').pluck();
    this.#putAgentState = database.prepare('INSERT OR REPLACE INTO agent_states VALUES (?, ?)');
  }

  /**
   * Makes ready what the next step seals, which is most of its work: nothing leaves the journal before that step. Throws
   * what SQLite throws.
   */
  makeReady(nowMs: number): void {
    this.#ready = this.#sealing(boundaryOf(nowMs));
  }

  /** One step of what is due; a batch that cannot be read is set aside. Throws what SQLite throws. */
  step(nowMs: number): UpkeepReport {
    const boundaryMs = boundaryOf(nowMs);
    const { closed, writes } = this.#ready ?? this.#sealing(boundaryMs);
    // Also when it cannot be written: by the next time other batches may have come.
    this.#ready = null;
    if (closed.unreadable.length > 0) this.#setAside.move(closed.unreadable);
    if (closed.observations > 0) {
      this.#writeAll(writes);
      this.#spare.giveBack([...closed.series()].map(({ builder }) => builder));
      return { ...NOTHING_DONE, sealed: closed.observations, hasMore: true };
    }
    this.#spare.release();
    const counted = this.#backfill.step();
    if (counted > 0) return { ...NOTHING_DONE, counted, hasMore: true };
    const merged = this.#mergeWeeks(Math.floor(boundaryMs / WEEK_MS));
    return { ...NOTHING_DONE, merged, hasMore: merged > 0 };
  }

  /** See `Archive.prepareThresholds`. */
  prepareThresholds(wanted: readonly WantedThreshold[]): ThresholdProgress[] {
    this.#ready = null; // It was counted for the thresholds that there were, and for how far each of them was.
    return this.#backfill.prepare(wanted);
  }

  /** See `Archive.thresholdWeeks`. */
  thresholdWeeks(wanted: WantedThreshold): PackedThresholdWeek[] {
    this.#ready = null; // As above.
    const id = this.#backfill.complete(wanted);
    const stored = this.#rollups.thresholdWeeks(id);
    if (stored !== null) return stored;
    this.#backfill.beginAgain(id);
    this.#backfill.complete(wanted);
    return this.#rollups.thresholdWeeks(id) ?? [];
  }

  /** Oldest first, up to `STEP_OBSERVATIONS`; a batch with an instant that still counts in an open hour waits. */
  #takeClosed(boundaryMs: number): ClosedRuns {
    const known = this.#agentStates.all().map((state) => parseAgentSeen(String(state)));
    const taken = new ClosedRuns(known, () => this.#spare.take());
    const take = (record: JournalRecord): void => {
      if (newestCountedAtMs(record, this.#maxSkewMs) >= boundaryMs) return;
      const { position } = record;
      readableOr(
        () => this.#take(record, taken),
        (why) => taken.unreadable.push({ position, why }),
      );
    };
    for (const record of this.#closed.iterate(boundaryMs)) {
      take(record);
      if (taken.observations >= STEP_OBSERVATIONS) return taken;
    }
    for (const record of this.#fromFuture.iterate(boundaryMs, boundaryMs - HOUR_MS)) take(record);
    return taken;
  }

  /** Straight into columns what is believed, as nearly all is. Throws `StoreError` `corrupt` before anything is taken. */
  #take(record: JournalRecord, taken: ClosedRuns): void {
    const packed = shiftOfRecord(record, this.#maxSkewMs) === null ? openRecord(record) : null;
    if (packed !== null) {
      const { position, received_at_ms: receivedAtMs, skew_ms: skewMs } = record;
      taken.addPacked(packed, { position, receivedAtMs, skewMs });
    } else {
      const entry = entryOf(unpackRecord(record));
      taken.add(entry, countedEntry(entry, this.#maxSkewMs));
    }
  }

  #sealing(boundaryMs: number): Sealing {
    const closed = this.#takeClosed(boundaryMs);
    return { closed, writes: closed.observations > 0 ? this.#writesFor(closed) : [] };
  }

  #writesFor(closed: ClosedRuns): Write[] {
    const writes: Write[] = [];
    const thresholds = Map.groupBy(this.#rollups.thresholds(), ({ check }) => check);
    this.#addSeries(closed);
    const keptFromMs = Number(this.#keptFrom.get() ?? 0);
    for (const { agent, check, builder } of closed.series()) {
      const series = this.#seriesId(agent, check);
      const runs = keptRuns(builder.build(), keptFromMs);
      if (runs.length === 0) continue;
      const counted = thresholds.get(check) ?? [];
      const rounded = this.#roundedValues.difference(new Set(counted.map(({ value }) => value)));
      writes.push(...this.#rollups.addToDays(series, runs), this.#rollups.addToState(series, check, runs));
      for (const { week, ofWeek } of weekRuns(runs)) {
        // Counted as they were measured, and only then rounded.
        const change = this.#chunks.add(series, roundRuns(ofWeek, rounded));
        const place = { series, week };
        const rebuild = () => joinRuns([this.#withoutValues(place), ofWeek]);
        writes.push(change.apply, this.#rollups.addToWeek(place, ofWeek, rebuild));
        for (const one of counted) {
          if (isBehind(one, place)) writes.push(this.#rollups.addToThreshold(one, place, ofWeek));
        }
      }
    }
    if (this.#roundedValues.size > 0) writes.push(() => this.#noteRounded(closed));
    for (const seen of closed.agents) writes.push(() => this.#putAgentState.run(seen.agent, JSON.stringify(seen)));
    for (const position of closed.positions) writes.push(() => this.#forget.run(position));
    writes.push(...this.#delivered.writesFor(closed.batches));
    return writes;
  }

  #noteRounded(closed: ClosedRuns): void {
    for (const { agent, check } of closed.series()) this.#markRounded.run(agent, check);
  }

  #withoutValues({ series, week }: SeriesWeek): RunColumns {
    return this.#chunks.runs(series, week * WEEK_MS, (week + 1) * WEEK_MS, NO_VALUES);
  }

  #mergeWeeks(beforeWeek: number): number {
    const places = this.#weeksToMerge.all(beforeWeek, STEP_WEEKS);
    const writes = places.flatMap((place): Write[] => {
      const change = this.#chunks.merge(place.series, place.week * WEEK_MS, (place.week + 1) * WEEK_MS);
      return [...(change === null ? [] : [change.apply]), () => this.#rollups.markMerged(place)];
    });
    if (writes.length > 0) this.#writeAll(writes);
    return places.length;
  }

  /** New series get their numbers in a transaction of their own: what is made ready afterwards names them. */
  #addSeries(closed: ClosedRuns): void {
    const add = this.#database.transaction(() => {
      for (const { agent, check } of closed.series()) this.#insertSeries.run(agent, check);
    });
    add.immediate();
  }

  #seriesId(agent: string, check: string): number {
    return Number(this.#findSeries.get(agent, check));
  }

  #writeAll(writes: readonly Write[]): void {
    const write = this.#database.transaction(() => {
      for (const one of writes) one();
    });
    write.immediate();
  }
}

/** Hours before it are closed. */
function boundaryOf(nowMs: number): number {
  return Math.floor((nowMs - GRACE_MS) / HOUR_MS) * HOUR_MS;
}

function shiftOfRecord(record: JournalRecord, maxSkewMs: number): number | null {
  const { max_at_ms: newestAtMs, received_at_ms: receivedAtMs, skew_ms: skewMs } = record;
  return shiftOf({ newestAtMs, receivedAtMs, skewMs }, maxSkewMs);
}

/** The newest instant of a batch as it counts. */
function newestCountedAtMs(record: JournalRecord, maxSkewMs: number): number {
  return record.max_at_ms + (shiftOfRecord(record, maxSkewMs) ?? 0);
}

/**
 * Without what comes after retention let go of its time: the edges of a week cannot be made anew without its observations,
 * and what was proved by them would be lost for a few that came late.
 */
function keptRuns(runs: RunColumns, keptFromMs: number): RunColumns {
  const [first] = rowsBetween(runs, keptFromMs, Number.MAX_SAFE_INTEGER);
  return first === 0 ? runs : sliceRuns(runs, first, runs.length);
}

const NO_VALUES: ReadonlySet<string> = new Set();

/** Safe: only sealing writes these. */
function parseAgentSeen(text: string): AgentSeen {
  return JSON.parse(text) as AgentSeen;
}
