import type { Database, Statement } from 'better-sqlite3';
import type { SeriesSketch } from '../archive.ts';
import { mergeHours } from '../rollup/hour-sketches.ts';
import { LatencySketch } from '../rollup/latency-sketch.ts';

const HOUR_MS = 3_600_000;
const DAY_HOURS = 24;

/** Adds up what sealing counted of durations. Synchronous; throws what SQLite throws, and `RollupError`. */
export class SketchReader {
  readonly #series: Statement<unknown[], { id: number; agent: string; check: string }>;
  readonly #days: Statement;
  readonly #hours: Statement;

  constructor(database: Database) {
    this.#series = database.prepare('SELECT id, agent, check_id AS "check" FROM series ORDER BY id');
    this.#days = database
      .prepare('SELECT durations FROM days WHERE series = ? AND day >= ? AND day < ? AND durations IS NOT NULL')
      .pluck();
    this.#hours = database.prepare('SELECT body FROM hours WHERE series = ? AND day = ?').pluck();
  }

  /** See `Archive.durationSketches`: whole days from one sketch each, the hours of days that are cut one by one. */
  between({ fromMs, toMs }: { readonly fromMs: number; readonly toMs: number }): SeriesSketch[] {
    const [fromHour, endHour] = [Math.floor(fromMs / HOUR_MS), Math.floor(toMs / HOUR_MS)];
    const [fromDay, endDay] = [Math.ceil(fromHour / DAY_HOURS), Math.floor(endHour / DAY_HOURS)];
    const cut = cutDays(fromHour, endHour);
    return this.#series.all().flatMap(({ id, agent, check }) => {
      const sketch = new LatencySketch();
      for (const durations of this.#days.all(id, fromDay, endDay)) sketch.mergePacked(asBytes(durations));
      for (const { day, first, end } of cut) {
        const body = this.#hours.get(id, day);
        if (body !== undefined) mergeHours(sketch, asBytes(body), { first, end });
      }
      return sketch.count === 0 ? [] : [{ agent, check, sketch: sketch.pack() }];
    });
  }
}

/** The days of which only the hours `[first, end)` are wanted. */
function cutDays(fromHour: number, endHour: number): { day: number; first: number; end: number }[] {
  const days = new Set([Math.floor(fromHour / DAY_HOURS), Math.floor(endHour / DAY_HOURS)]);
  return [...days]
    .map((day) => ({
      day,
      first: Math.max(0, fromHour - day * DAY_HOURS),
      end: Math.min(DAY_HOURS, endHour - day * DAY_HOURS),
    }))
    .filter(({ first, end }) => first < end && end - first < DAY_HOURS);
}

/** Safe: the columns that are read so are BLOBs. */
function asBytes(found: unknown): Uint8Array {
  return found as Uint8Array;
}
