import type { Observation } from '@nines/shared/observation.ts';
import { TOTAL } from '@nines/shared/probes/probe.ts';
import type { Database, Statement } from 'better-sqlite3';
import { DurationHistogram } from '../../evaluate/duration-histogram.ts';
import type { PackedThresholdWeek, SeriesState } from '../archive.ts';
import { type HourSketches, noHours, packHours, unpackHours } from '../rollup/hour-sketches.ts';
import { LatencySketch } from '../rollup/latency-sketch.ts';
import { RollupError } from '../rollup/packed.ts';
import { countThreshold, noThresholdRuns, packThresholdWeek, unpackThresholdWeek } from '../rollup/threshold-week.ts';
import {
  addRunCounts,
  appendEdges,
  edgeRowsOf,
  noRuns,
  packWeek,
  unpackWeek,
  type WeekSummary,
} from '../rollup/week.ts';
import { OUTCOME_CODES, OUTCOMES, type RunColumns } from '../run-columns.ts';
import { rowsBetween, sliceRuns } from '../runs-builder.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
export const WEEK_MS = 7 * DAY_MS;

/** What is done to the tables once everything is ready: only writes. */
export type Write = () => void;

/** A threshold that the store keeps counts of. */
export interface KnownThreshold {
  readonly id: number;
  readonly check: string;
  readonly value: string;
  readonly withinMicros: number;
  /** What is not counted yet of its past begins here; `null` when all is. */
  readonly next: SeriesWeek | null;
}

interface ThresholdRow extends Omit<KnownThreshold, 'next'> {
  readonly nextSeries: number | null;
  readonly nextWeek: number | null;
}

interface DayRow {
  readonly up: number;
  readonly down: number;
  readonly unknown: number;
  readonly durations: Uint8Array | null;
}

/** Where new observations go: a series and a week. */
export interface SeriesWeek {
  readonly series: number;
  readonly week: number;
}

interface SeriesDay {
  readonly series: number;
  readonly day: number;
}

/** Everything that is counted of sealed observations. Counts are added, so the order of arrival changes nothing. */
export class RollupTables {
  readonly #findWeek: Statement;
  readonly #putWeek: Statement;
  readonly #markMerged: Statement;
  readonly #findDay: Statement<unknown[], DayRow>;
  readonly #putDay: Statement;
  readonly #findHours: Statement;
  readonly #putHours: Statement;
  readonly #findState: Statement;
  readonly #putState: Statement;
  readonly #thresholds: Statement<unknown[], ThresholdRow>;
  readonly #addThreshold: Statement;
  readonly #removeThresholdWeeks: Statement;
  readonly #findThresholdWeek: Statement;
  readonly #putThresholdWeek: Statement;
  readonly #thresholdWeeks: Statement<unknown[], PackedThresholdWeek>;

  constructor(database: Database) {
    this.#findWeek = database.prepare('SELECT body FROM weeks WHERE series = ? AND week = ?').pluck();
    this.#putWeek = database.prepare('INSERT OR REPLACE INTO weeks VALUES (?, ?, 0, ?)');
    this.#markMerged = database.prepare('UPDATE weeks SET is_merged = 1 WHERE series = ? AND week = ?');
    this.#findDay = database.prepare('SELECT up, down, unknown, durations FROM days WHERE series = ? AND day = ?');
    this.#putDay = database.prepare('INSERT OR REPLACE INTO days VALUES (?, ?, ?, ?, ?, ?)');
    this.#findHours = database.prepare('SELECT body FROM hours WHERE series = ? AND day = ?').pluck();
    this.#putHours = database.prepare('INSERT OR REPLACE INTO hours VALUES (?, ?, ?)');
    this.#findState = database.prepare('SELECT state FROM series_states WHERE series = ?').pluck();
    this.#putState = database.prepare('INSERT OR REPLACE INTO series_states VALUES (?, ?)');
    this.#thresholds = database.prepare(
      `SELECT id, check_id AS "check", value, within_micros AS withinMicros, next_series AS nextSeries,
         next_week AS nextWeek FROM thresholds ORDER BY id`,
    );
    this.#addThreshold = database.prepare('INSERT INTO thresholds (check_id, value, within_micros) VALUES (?, ?, ?)');
    this.#removeThresholdWeeks = database.prepare('DELETE FROM threshold_weeks WHERE threshold = ?');
    this.#findThresholdWeek = database
      .prepare('SELECT body FROM threshold_weeks WHERE threshold = ? AND series = ? AND week = ?')
      .pluck();
    this.#putThresholdWeek = database.prepare('INSERT OR REPLACE INTO threshold_weeks VALUES (?, ?, ?, ?)');
    this.#thresholdWeeks = database.prepare(
      `SELECT agent, week, body FROM threshold_weeks JOIN series ON series.id = series
       WHERE threshold = ? ORDER BY series, week`,
    );
  }

  thresholds(): KnownThreshold[] {
    return this.#thresholds.all().map(({ nextSeries, nextWeek, ...threshold }) => ({
      ...threshold,
      next: nextSeries === null || nextWeek === null ? null : { series: nextSeries, week: nextWeek },
    }));
  }

  addThreshold({ check, value, withinMicros }: Omit<KnownThreshold, 'id' | 'next'>): number {
    return Number(this.#addThreshold.run(check, value, withinMicros).lastInsertRowid);
  }

  /** `null` when one of them is damaged. */
  thresholdWeeks(threshold: number): PackedThresholdWeek[] | null {
    const weeks = this.#thresholdWeeks.all(threshold);
    return intact(() => {
      for (const { body } of weeks) unpackThresholdWeek(body);
      return weeks;
    });
  }

  /** Forgets what a threshold counted. */
  removeThresholdWeeks(threshold: number): void {
    this.#removeThresholdWeeks.run(threshold);
  }

  /** Counts a week anew from all of its runs. */
  countThreshold(threshold: KnownThreshold, { series, week }: SeriesWeek, runs: RunColumns): Write {
    const counts = noThresholdRuns();
    countThreshold(runs, threshold, counts);
    const body = packThresholdWeek(counts);
    return () => this.#putThresholdWeek.run(threshold.id, series, week, body);
  }

  markMerged({ series, week }: SeriesWeek): void {
    this.#markMerged.run(series, week);
  }

  /** `rebuild` reads all of the week's observations, the new ones included; called when they came late. */
  addToWeek({ series, week }: SeriesWeek, runs: RunColumns, rebuild: () => RunColumns): Write {
    const found = this.#findWeek.get(series, week);
    const before = found === undefined ? emptyWeek(week) : intact(() => unpackWeek(week, asBytes(found)));
    const body = packWeek(before === null ? extended(emptyWeek(week), rebuild()) : extended(before, runs, rebuild));
    return () => this.#putWeek.run(series, week, body);
  }

  addToDays(series: number, runs: RunColumns): Write[] {
    return dayRuns(runs).flatMap(({ day, ofDay }) => {
      const hours = hoursOfDay(day, ofDay);
      return [this.#addToDay({ series, day }, ofDay, hours), this.#addToHours({ series, day }, hours)];
    });
  }

  addToThreshold(threshold: KnownThreshold, { series, week }: SeriesWeek, runs: RunColumns): Write {
    const found = this.#findThresholdWeek.get(threshold.id, series, week);
    const counts = found === undefined ? noThresholdRuns() : intact(() => unpackThresholdWeek(asBytes(found)));
    // What is damaged stays: the next start finds it and counts the threshold anew.
    if (counts === null) return () => {};
    countThreshold(runs, threshold, counts);
    const body = packThresholdWeek(counts);
    return () => this.#putThresholdWeek.run(threshold.id, series, week, body);
  }

  addToState(series: number, check: string, runs: RunColumns): Write {
    const state = JSON.stringify(addedState(this.state(series), check, runs));
    return () => this.#putState.run(series, state);
  }

  /** `null` for a series of which nothing is sealed. */
  state(series: number): SeriesState | null {
    const text = this.#findState.get(series);
    return text === undefined ? null : parseState(String(text));
  }

  #addToDay({ series, day }: SeriesDay, runs: RunColumns, hours: Readonly<HourSketches>): Write {
    const before = this.#findDay.get(series, day);
    const counts = [before?.up ?? 0, before?.down ?? 0, before?.unknown ?? 0];
    const [up = 0, down = 0, unknown = 0] = counts;
    const added = countOutcomes(runs);
    const stored = before?.durations ?? null;
    const sketch = stored === null ? new LatencySketch() : intact(() => LatencySketch.unpack(stored));
    // What is damaged stays as it is, for `verify` to name.
    if (sketch === null) return () => {};
    for (const hour of hours) if (hour !== null) sketch.merge(hour);
    const durations = sketch.count === 0 ? null : sketch.pack();
    return () => this.#putDay.run(series, day, up + added.up, down + added.down, unknown + added.unknown, durations);
  }

  #addToHours({ series, day }: SeriesDay, hours: Readonly<HourSketches>): Write {
    const found = this.#findHours.get(series, day);
    const sketches = found === undefined ? noHours() : intact(() => unpackHours(asBytes(found)));
    if (sketches === null) return () => {};
    for (const [hour, added] of hours.entries()) {
      const before = sketches[hour] ?? null;
      if (added === null || before === null) sketches[hour] = before ?? added;
      else before.merge(added);
    }
    const body = packHours(sketches);
    return () => this.#putHours.run(series, day, body);
  }
}

function emptyWeek(week: number): WeekSummary {
  return { week, runs: noRuns(), edges: [] };
}

/** A week with more runs; `rebuild` gives all of its runs when these came late. */
function extended(before: WeekSummary, more: RunColumns, rebuild: () => RunColumns = () => more): WeekSummary {
  addRunCounts(before.runs, more);
  const edges = appendEdges(before.edges, edgeRowsOf(more)) ?? edgeRowsOf(rebuild());
  return { ...before, edges };
}

/** What was read; `null` when its bytes are damaged. */
function intact<Result>(read: () => Result): Result | null {
  try {
    return read();
  } catch (error) {
    if (error instanceof RollupError) return null;
    throw error;
  }
}

/** Ordered runs, week by week. */
export function weekRuns(runs: RunColumns): { readonly week: number; readonly ofWeek: RunColumns }[] {
  return pieces(runs, WEEK_MS).map(({ index, part }) => ({ week: index, ofWeek: part }));
}

function dayRuns(runs: RunColumns): { readonly day: number; readonly ofDay: RunColumns }[] {
  return pieces(runs, DAY_MS).map(({ index, part }) => ({ day: index, ofDay: part }));
}

function pieces(runs: RunColumns, lengthMs: number): { readonly index: number; readonly part: RunColumns }[] {
  const found: { index: number; part: RunColumns }[] = [];
  for (let first = 0; first < runs.length; ) {
    const index = Math.floor((runs.atMs[first] ?? 0) / lengthMs);
    const [, end] = rowsBetween(runs, 0, (index + 1) * lengthMs);
    found.push({ index, part: sliceRuns(runs, first, end) });
    first = end;
  }
  return found;
}

/** How long the runs of a day took, hour by hour. */
function hoursOfDay(day: number, runs: RunColumns): HourSketches {
  return noHours().map((_, hour) => {
    const fromMs = day * DAY_MS + hour * HOUR_MS;
    const [first, end] = rowsBetween(runs, fromMs, fromMs + HOUR_MS);
    const sketch = new LatencySketch();
    if (first < end) sketch.addRuns(runs, TOTAL, { first, end });
    return sketch.count > 0 ? sketch : null;
  });
}

function countOutcomes({ outcomes }: RunColumns): { up: number; down: number; unknown: number } {
  let up = 0;
  let down = 0;
  for (let row = 0; row < outcomes.length; row++) {
    const code = outcomes[row];
    if (code === OUTCOME_CODES.up) up++;
    else if (code === OUTCOME_CODES.down) down++;
  }
  return { up, down, unknown: outcomes.length - up - down };
}

function addedState(before: SeriesState | null, check: string, runs: RunColumns): SeriesState {
  const added = countOutcomes(runs);
  const durations = new DurationHistogram();
  durations.addAll(before?.durations ?? [], before?.durationsSumMicros ?? 0);
  const totals = runs.values.find(({ name }) => name === TOTAL);
  if (totals !== undefined) {
    for (let row = 0; row < runs.length; row++) {
      if (totals.present[row] === 1) durations.add(totals.numbers[row] ?? 0);
    }
  }
  const newest = observationOf(check, runs, runs.length - 1);
  return {
    runs: {
      up: (before?.runs.up ?? 0) + added.up,
      down: (before?.runs.down ?? 0) + added.down,
      unknown: (before?.runs.unknown ?? 0) + added.unknown,
    },
    durations: durations.counts(),
    durationsSumMicros: durations.sumMicros,
    newest: before !== null && before.newest.atMs > newest.atMs ? before.newest : newest,
  };
}

function observationOf(check: string, runs: RunColumns, row: number): Observation {
  const values: Record<string, number> = {};
  for (const { name, present, numbers } of runs.values) if (present[row] === 1) values[name] = numbers[row] ?? 0;
  const outcome = OUTCOMES[runs.outcomes[row] ?? OUTCOME_CODES.unknown] ?? 'unknown';
  return {
    check,
    atMs: runs.atMs[row] ?? 0,
    everyMs: runs.everyMs[row] ?? 0,
    outcome,
    reason: runs.reasonNames[(runs.reasons[row] ?? 0) - 1] ?? null,
    values,
  };
}

/** Safe: only `addToState` writes these. */
function parseState(text: string): SeriesState {
  return JSON.parse(text) as SeriesState;
}

/** Safe: the columns that are read so are BLOBs. */
function asBytes(found: unknown): Uint8Array {
  return found as Uint8Array;
}
