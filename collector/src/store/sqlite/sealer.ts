import type { Database, Statement } from 'better-sqlite3';
import { type AgentSeen, AgentsSeen } from '../../evaluate/agents-seen.ts';
import { type CountedEntry, countedEntry } from '../../evaluate/journal-reader.ts';
import type { PackedThresholdWeek, UpkeepReport } from '../archive.ts';
import type { RunColumns } from '../run-columns.ts';
import { joinRuns, RunsBuilder } from '../runs-builder.ts';
import type { JournalEntry } from '../store.ts';
import { ChunkTable } from './chunk-table.ts';
import { type KnownThreshold, RollupTables, type SeriesWeek, WEEK_MS, type Write, weekRuns } from './rollup-tables.ts';
import { entryOf, type JournalRecord, unpackRecord } from './stored-entry.ts';

const HOUR_MS = 3_600_000;

/** An hour is closed this long after its end: by then the agents have delivered. What comes later is merged in. */
export const GRACE_MS = 5 * 60_000;

/** So many observations are sealed in one transaction: it holds up acknowledgements for less than 0.1 s. */
const STEP_OBSERVATIONS = 500_000;

/** Weeks put together in one transaction. */
const STEP_WEEKS = 100;

export interface SealerOptions {
  /** Clock difference beyond which an agent's instants are not believed. */
  readonly maxSkewMs: number;
}

/** One batch that is to be sealed. */
interface Closed {
  readonly entry: JournalEntry;
  readonly counted: CountedEntry;
}

/**
 * Moves closed hours from the journal into chunks and what is counted of them. Everything is made ready first and then
 * written in one transaction, which also removes the journal's rows: an observation is always in exactly one place.
 */
export class Sealer {
  readonly #database: Database;
  readonly #maxSkewMs: number;
  readonly #chunks: ChunkTable;
  readonly #rollups: RollupTables;
  readonly #closed: Statement<unknown[], JournalRecord>;
  readonly #fromFuture: Statement<unknown[], JournalRecord>;
  readonly #forget: Statement;
  readonly #noteDamage: Statement;
  readonly #findSeries: Statement;
  readonly #addSeries: Statement;
  readonly #seriesOf: Statement<unknown[], { id: number }>;
  readonly #weeksToMerge: Statement<unknown[], { series: number; week: number }>;
  readonly #weeksOf: Statement;
  readonly #agentStates: Statement;
  readonly #putAgentState: Statement;
  readonly #seriesIds = new Map<string, number>();

  constructor(database: Database, { maxSkewMs }: SealerOptions) {
    this.#database = database;
    this.#maxSkewMs = maxSkewMs;
    this.#chunks = new ChunkTable(database, (series, { fromMs, toMs, what }) =>
      this.#noteDamage.run(series, fromMs, toMs, what),
    );
    this.#noteDamage = database.prepare('INSERT OR IGNORE INTO damages VALUES (?, ?, ?, ?)');
    this.#rollups = new RollupTables(database);
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
    this.#addSeries = database.prepare('INSERT INTO series (agent, check_id) VALUES (?, ?)');
    this.#seriesOf = database.prepare('SELECT id FROM series WHERE check_id = ?');
    this.#weeksToMerge = database.prepare(
      'SELECT series, week FROM weeks WHERE is_merged = 0 AND week < ? ORDER BY week, series LIMIT ?',
    );
    this.#weeksOf = database.prepare('SELECT week FROM weeks WHERE series = ? ORDER BY week').pluck();
    this.#agentStates = database.prepare('SELECT state FROM agent_states ORDER BY agent').pluck();
    this.#putAgentState = database.prepare('INSERT OR REPLACE INTO agent_states VALUES (?, ?)');
  }

  /** One step of what is due. Throws what SQLite throws, and `StoreError` `corrupt` for a batch that cannot be read. */
  step(nowMs: number): UpkeepReport {
    const boundaryMs = Math.floor((nowMs - GRACE_MS) / HOUR_MS) * HOUR_MS;
    const closed = this.#takeClosed(boundaryMs);
    if (closed.length > 0) return { sealed: this.#seal(closed), merged: 0, removed: 0, hasMore: true };
    const merged = this.#mergeWeeks(Math.floor(boundaryMs / WEEK_MS));
    return { sealed: 0, merged, removed: 0, hasMore: merged > 0 };
  }

  /** See `Archive.thresholdWeeks`. */
  thresholdWeeks(wanted: Omit<KnownThreshold, 'id'>): PackedThresholdWeek[] {
    const known = this.#rollups
      .thresholds()
      .find(
        ({ check, value, withinMicros }) =>
          check === wanted.check && value === wanted.value && withinMicros === wanted.withinMicros,
      );
    const stored = known === undefined ? null : this.#rollups.thresholdWeeks(known.id);
    if (stored !== null) return stored;
    return this.#rollups.thresholdWeeks(this.#countThreshold(wanted, known?.id ?? null)) ?? [];
  }

  /** Oldest first, up to `STEP_OBSERVATIONS`; a batch with an instant that still counts in an open hour waits. */
  #takeClosed(boundaryMs: number): Closed[] {
    const taken: Closed[] = [];
    let observations = 0;
    const take = (record: JournalRecord): void => {
      const entry = entryOf(unpackRecord(record));
      const counted = countedEntry(entry, this.#maxSkewMs);
      if (!counted.checks.every(({ at_ms: instants }) => instants.every((atMs) => atMs < boundaryMs))) return;
      taken.push({ entry, counted });
      for (const { at_ms: instants } of counted.checks) observations += instants.length;
    };
    for (const record of this.#closed.iterate(boundaryMs)) {
      take(record);
      if (observations >= STEP_OBSERVATIONS) return taken;
    }
    for (const record of this.#fromFuture.iterate(boundaryMs, boundaryMs - HOUR_MS)) take(record);
    return taken;
  }

  #seal(closed: readonly Closed[]): number {
    const writes: Write[] = [];
    const thresholds = Map.groupBy(this.#rollups.thresholds(), ({ check }) => check);
    let observations = 0;
    for (const { agent, check, builder } of gather(closed)) {
      const series = this.#seriesId(agent, check);
      const runs = builder.build();
      observations += runs.length;
      writes.push(...this.#rollups.addToDays(series, runs), this.#rollups.addToState(series, check, runs));
      for (const { week, ofWeek } of weekRuns(runs)) {
        const change = this.#chunks.add(series, ofWeek);
        const place = { series, week };
        const rebuild = () => joinRuns([this.#withoutValues(place), ofWeek]);
        writes.push(change.apply, this.#rollups.addToWeek(place, ofWeek, rebuild));
        for (const one of thresholds.get(check) ?? []) {
          writes.push(this.#rollups.addToThreshold(one, place, ofWeek));
        }
      }
    }
    writes.push(...this.#noteAgents(closed));
    for (const { entry } of closed) writes.push(() => this.#forget.run(entry.position));
    this.#writeAll(writes);
    return observations;
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

  /** Counts the sealed past of a threshold that is new, or whose counts are damaged, and remembers that it is known. */
  #countThreshold(wanted: Omit<KnownThreshold, 'id'>, damagedId: number | null): number {
    const values = new Set([wanted.value]);
    const count = this.#database.transaction(() => {
      if (damagedId !== null) this.#rollups.removeThreshold(damagedId);
      const threshold = { ...wanted, id: this.#rollups.addThreshold(wanted) };
      for (const { id: series } of this.#seriesOf.all(wanted.check)) {
        for (const week of this.#weeksOf.all(series)) {
          const place = { series, week: Number(week) };
          const runs = this.#chunks.runs(series, place.week * WEEK_MS, (place.week + 1) * WEEK_MS, values);
          if (runs.length > 0) this.#rollups.addToThreshold(threshold, place, runs)();
        }
      }
      return threshold.id;
    });
    return count.immediate();
  }

  #noteAgents(closed: readonly Closed[]): Write[] {
    const agents = new AgentsSeen();
    for (const state of this.#agentStates.all()) agents.restore(parseAgentSeen(String(state)));
    for (const { entry, counted } of closed) agents.note(entry, counted.shiftMs);
    return agents.all().map((seen) => () => this.#putAgentState.run(seen.agent, JSON.stringify(seen)));
  }

  #seriesId(agent: string, check: string): number {
    const key = `${agent} ${check}`;
    const known = this.#seriesIds.get(key) ?? this.#findSeries.get(agent, check);
    const id = Number(known ?? this.#addSeries.run(agent, check).lastInsertRowid);
    this.#seriesIds.set(key, id);
    return id;
  }

  #writeAll(writes: readonly Write[]): void {
    const write = this.#database.transaction(() => {
      for (const one of writes) one();
    });
    write.immediate();
  }
}

const NO_VALUES: ReadonlySet<string> = new Set();

function gather(closed: readonly Closed[]) {
  const builders = new Map<string, { agent: string; check: string; builder: RunsBuilder }>();
  for (const { counted } of closed) {
    for (const columns of counted.checks) {
      const key = `${counted.agent} ${columns.check}`;
      let found = builders.get(key);
      if (found === undefined) {
        found = { agent: counted.agent, check: columns.check, builder: new RunsBuilder() };
        builders.set(key, found);
      }
      found.builder.addColumns(columns);
    }
  }
  return builders.values();
}

/** Safe: only `#noteAgents` writes these. */
function parseAgentSeen(text: string): AgentSeen {
  return JSON.parse(text) as AgentSeen;
}
