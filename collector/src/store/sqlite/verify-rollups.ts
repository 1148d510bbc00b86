import type { Database, Statement } from 'better-sqlite3';
import { unpackHours } from '../rollup/hour-sketches.ts';
import { LatencySketch } from '../rollup/latency-sketch.ts';
import { RUN_COLUMNS, unpackWeek } from '../rollup/week.ts';

const DAY_MS = 86_400_000;
const DAY_HOURS = 24;
const WEEK_DAYS = 7;

interface DayRow {
  readonly up: number;
  readonly down: number;
  readonly unknown: number;
  readonly durations: Uint8Array | null;
  readonly hours: Uint8Array | null;
}

/** Hears of what does not fit. */
type Note = (table: string, what: string, fromMs: number, toMs: number) => void;

/**
 * What is counted of a week whose observations retention let go is compared with itself: the hours of the week with its
 * days, and a day's durations with those of its hours. That finds what changed; what was wrong from the beginning, nobody
 * can tell any more.
 */
export class RollupCheck {
  readonly #week: Statement;
  readonly #day: Statement<unknown[], DayRow>;

  constructor(database: Database) {
    this.#week = database.prepare('SELECT body FROM weeks WHERE series = ? AND week = ?').pluck();
    this.#day = database.prepare(
      `SELECT up, down, unknown, durations, hours.body AS hours FROM days LEFT JOIN hours USING (series, day)
       WHERE series = ? AND day = ?`,
    );
  }

  check(series: number, week: number, note: Note): void {
    const [fromMs, toMs] = [week * WEEK_DAYS * DAY_MS, (week + 1) * WEEK_DAYS * DAY_MS];
    const runs = attempt(
      () => unpackWeek(week, asBytes(this.#week.get(series, week))).runs,
      (why) => note('weeks', why, fromMs, toMs),
    );
    for (let day = 0; day < WEEK_DAYS; day++) {
      const row = this.#day.get(series, week * WEEK_DAYS + day);
      // Retention lets days go before weeks, or after them.
      if (row === undefined) continue;
      const noteDay = (table: string, what: string) =>
        note(table, what, fromMs + day * DAY_MS, fromMs + (day + 1) * DAY_MS);
      if (runs !== null && !isSameDay(row, runs, day)) noteDay('days', 'does not tell what its week tells');
      checkDurations(row, noteDay);
    }
  }
}

function isSameDay({ up, down, unknown }: DayRow, runs: Uint32Array, day: number): boolean {
  const counted = [0, 0, 0];
  for (let hour = day * DAY_HOURS; hour < (day + 1) * DAY_HOURS; hour++) {
    for (let column = 0; column < RUN_COLUMNS; column++) {
      counted[column] = (counted[column] ?? 0) + (runs[hour * RUN_COLUMNS + column] ?? 0);
    }
  }
  return counted[0] === up && counted[1] === down && counted[2] === unknown;
}

function checkDurations({ durations, hours }: DayRow, note: (table: string, what: string) => void): void {
  const ofDay = attempt(
    () => (durations === null ? 0 : LatencySketch.unpack(durations).count),
    (why) => note('days', why),
  );
  const ofHours = attempt(
    () => (hours === null ? 0 : unpackHours(hours).reduce((sum, one) => sum + (one?.count ?? 0), 0)),
    (why) => note('hours', why),
  );
  if (ofDay !== null && ofHours !== null && ofDay !== ofHours) note('hours', 'does not tell what its day tells');
}

function attempt<Read>(read: () => Read, onFault: (why: string) => void): Read | null {
  try {
    return read();
  } catch (error) {
    onFault(error instanceof Error ? error.message : String(error));
    return null;
  }
}

/** Safe: the column is a BLOB, and its row was listed. */
function asBytes(found: unknown): Uint8Array {
  return found as Uint8Array;
}
