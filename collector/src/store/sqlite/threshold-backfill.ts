import type { Database, Statement } from 'better-sqlite3';
import type { ThresholdProgress } from '../archive.ts';
import type { ChunkTable } from './chunk-table.ts';
import { type KnownThreshold, type RollupTables, type SeriesWeek, WEEK_MS, type Write } from './rollup-tables.ts';

/**
 * Where the count of a threshold's past has come to: everything before `(next_series, next_week)`, in this order, is
 * counted; `NULL` is all of it, as in every threshold of an older version.
 */
export const BACKFILL_SCHEMA = `
  ALTER TABLE thresholds ADD COLUMN next_series INTEGER;
  ALTER TABLE thresholds ADD COLUMN next_week INTEGER;
`;

/** So many weeks of a series are decoded in one step: a tenth of a second, in which nothing else is held up. */
const STEP_WEEKS = 50;

/** A threshold by what it counts. */
export type WantedThreshold = Omit<KnownThreshold, 'id' | 'next'>;

export interface ThresholdBackfillOptions {
  readonly database: Database;
  readonly rollups: RollupTables;
  readonly chunks: ChunkTable;
}

/**
 * Counts the sealed past of thresholds that are new, some weeks at a time. What is sealed meanwhile is added by sealing
 * where the count has been already, and found by the count where it is yet to come.
 */
export class ThresholdBackfill {
  readonly #options: ThresholdBackfillOptions;
  readonly #places: Statement<unknown[], SeriesWeek>;
  readonly #setNext: Statement;
  readonly #done: Statement;
  readonly #total: Statement;

  constructor(options: ThresholdBackfillOptions) {
    const { database } = options;
    this.#options = options;
    const ofCheck = 'FROM weeks JOIN series ON series.id = weeks.series WHERE check_id = @check';
    this.#places = database.prepare(
      `SELECT series, week ${ofCheck} AND (series, week) >= (@series, @week) ORDER BY series, week LIMIT ${STEP_WEEKS}`,
    );
    this.#setNext = database.prepare('UPDATE thresholds SET next_series = ?, next_week = ? WHERE id = ?');
    this.#done = database.prepare(`SELECT count(*) ${ofCheck} AND (series, week) < (@series, @week)`).pluck();
    this.#total = database.prepare(`SELECT count(*) ${ofCheck}`).pluck();
  }

  /** Makes thresholds known that are not; how far each is, in weeks of a series. */
  prepare(wanted: readonly WantedThreshold[]): ThresholdProgress[] {
    return wanted.map((one) => {
      const { next } = this.#known(one) ?? this.#begin(one);
      const total = Number(this.#total.get(one));
      // Nothing was ever sealed of it: from now on sealing counts all there is.
      if (next !== null && total === 0) this.#setNext.run(null, null, this.#known(one)?.id);
      const isCounted = next === null || total === 0;
      return { ...one, isCounted, done: isCounted ? total : Number(this.#done.get({ ...one, ...next })), total };
    });
  }

  /** Counts some of what is left; the number of weeks, 0 when nothing is. */
  step(): number {
    const pending = this.#options.rollups.thresholds().find(({ next }) => next !== null);
    return pending === undefined ? 0 : this.#count(pending);
  }

  /** Counts all that is left of one, known or not. Returns its number. */
  complete(wanted: WantedThreshold): number {
    const { id } = this.#known(wanted) ?? this.#begin(wanted);
    for (;;) {
      const known = this.#known(wanted);
      if (known === undefined || known.next === null) return id;
      this.#count(known);
    }
  }

  /** Forgets what was counted, because it is damaged. */
  beginAgain(id: number): void {
    const { database, rollups } = this.#options;
    const begin = database.transaction(() => {
      rollups.removeThresholdWeeks(id);
      this.#setNext.run(0, 0, id);
    });
    begin.immediate();
  }

  #known({ check, value, withinMicros }: WantedThreshold): KnownThreshold | undefined {
    return this.#options.rollups
      .thresholds()
      .find((one) => one.check === check && one.value === value && one.withinMicros === withinMicros);
  }

  #begin(wanted: WantedThreshold): KnownThreshold {
    const { database, rollups } = this.#options;
    const next = { series: 0, week: 0 };
    const begin = database.transaction(() => {
      const id = rollups.addThreshold(wanted);
      this.#setNext.run(next.series, next.week, id);
      return id;
    });
    return { ...wanted, id: begin.immediate(), next };
  }

  #count(threshold: KnownThreshold): number {
    const { database, rollups, chunks } = this.#options;
    const places = this.#places.all({ check: threshold.check, ...threshold.next });
    const values = new Set([threshold.value]);
    const writes = places.map((place): Write => {
      const [fromMs, toMs] = [place.week * WEEK_MS, (place.week + 1) * WEEK_MS];
      return rollups.countThreshold(threshold, place, chunks.runs(place.series, fromMs, toMs, values));
    });
    const last = places.at(-1);
    const write = database.transaction(() => {
      for (const one of writes) one();
      const isLast = last === undefined || places.length < STEP_WEEKS;
      if (isLast) this.#setNext.run(null, null, threshold.id);
      else this.#setNext.run(last.series, last.week + 1, threshold.id);
    });
    write.immediate();
    return places.length;
  }
}

/** Whether the count of a threshold's past has been at a place. */
export function isBehind({ next }: Pick<KnownThreshold, 'next'>, { series, week }: SeriesWeek): boolean {
  return next === null || series < next.series || (series === next.series && week < next.week);
}
