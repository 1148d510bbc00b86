import type { Outcome } from '@nines/shared/observation.ts';
import { TOTAL } from '@nines/shared/probes/probe.ts';
import type { Database, Statement } from 'better-sqlite3';
import type { SeriesSketch } from '../archive.ts';
import { mergeHours } from '../rollup/hour-sketches.ts';
import { LatencySketch } from '../rollup/latency-sketch.ts';
import { OUTCOMES } from '../run-columns.ts';
import type { ChunkTable } from './chunk-table.ts';
import { isIn, type Share } from './share-of-series.ts';

const HOUR_MS = 3_600_000;
const DAY_HOURS = 24;
const TOTAL_ONLY: ReadonlySet<string> = new Set([TOTAL]);

interface Interval {
  readonly fromMs: number;
  readonly toMs: number;
}

/** Adds up what sealing counted of durations. Synchronous; throws what SQLite throws, and `RollupError`. */
export class SketchReader {
  readonly #chunks: ChunkTable;
  readonly #series: Statement<unknown[], { id: number; agent: string; check: string }>;
  readonly #days: Statement;
  readonly #hours: Statement;

  constructor(database: Database, chunks: ChunkTable) {
    this.#chunks = chunks;
    this.#series = database.prepare('SELECT id, agent, check_id AS "check" FROM series ORDER BY id');
    this.#days = database
      .prepare('SELECT durations FROM days WHERE series = ? AND day >= ? AND day < ? AND durations IS NOT NULL')
      .pluck();
    this.#hours = database.prepare('SELECT body FROM hours WHERE series = ? AND day = ?').pluck();
  }

  /**
   * See `Archive.durationSketches`; only the series of the share. Whole days come from one sketch each, the hours of days
   * that are cut one by one, and hours that are cut run by run.
   */
  between(interval: Interval, share: Share): SeriesSketch[] {
    const [fromHour, endHour] = wholeHours(interval);
    const [fromDay, endDay] = [Math.ceil(fromHour / DAY_HOURS), Math.floor(endHour / DAY_HOURS)];
    const days = cutDays(fromHour, endHour);
    const parts = cutHours(interval);
    return this.#series.all().flatMap(({ id, agent, check }) => {
      if (!isIn(share, id)) return [];
      const sketch = new LatencySketch();
      for (const durations of this.#days.all(id, fromDay, endDay)) sketch.mergePacked(asBytes(durations));
      for (const { day, first, end } of days) {
        const body = this.#hours.get(id, day);
        if (body !== undefined) mergeHours(sketch, asBytes(body), { first, end });
      }
      const cut = { up: 0, down: 0, unknown: 0 };
      for (const part of parts) this.#addRuns(id, part, { sketch, cut });
      const isEmpty = sketch.count + cut.up + cut.down + cut.unknown === 0;
      return isEmpty ? [] : [{ agent, check, sketch: sketch.pack(), cut }];
    });
  }

  #addRuns(
    series: number,
    { fromMs, toMs }: Interval,
    into: { readonly sketch: LatencySketch; readonly cut: Record<Outcome, number> },
  ): void {
    const runs = this.#chunks.runs(series, fromMs, toMs, TOTAL_ONLY);
    into.sketch.addRuns(runs, TOTAL);
    for (const code of runs.outcomes) into.cut[OUTCOMES[code] ?? 'unknown']++;
  }
}

/** The whole hours of an interval; the first is behind the end when it has none. */
function wholeHours({ fromMs, toMs }: Interval): [number, number] {
  return [Math.ceil(fromMs / HOUR_MS), Math.floor(toMs / HOUR_MS)];
}

/** What the interval has of hours that it does not have as a whole. */
function cutHours(interval: Interval): Interval[] {
  const { fromMs, toMs } = interval;
  const [fromHour, endHour] = wholeHours(interval);
  if (fromHour > endHour) return [interval];
  const ends = [
    { fromMs, toMs: fromHour * HOUR_MS },
    { fromMs: endHour * HOUR_MS, toMs },
  ];
  return ends.filter((end) => end.fromMs < end.toMs);
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
