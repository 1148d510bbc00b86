import { type Outcome, outcomeOf } from '@nines/shared/observation.ts';
import type { CheckColumns } from '@nines/shared/wire.ts';
import { mergeIntervals } from '../sla/interval.ts';
import { HOUR_MS, hourOf } from './hour-counters.ts';
import type { JournalReader } from './journal-reader.ts';
import type { Series } from './series.ts';
import { seriesKey } from './settle.ts';

/** A run as judging one by one needs it; why it was down stands in its agent's timeline. */
export interface JudgedRun {
  readonly atMs: number;
  readonly outcome: Outcome;
  /** The value that was asked for; `null` when the run did not report it. */
  readonly value: number | null;
}

/** Runs kept beside the counters; an hour of a check every 30 s is 120 of them. */
const MAX_RUNS_KEPT = 500_000;

interface KeptHour {
  /** Runs that the head knew when the hour was read. */
  readonly counted: number;
  readonly runs: readonly JudgedRun[];
}

interface MissingHour {
  readonly check: string;
  readonly hour: number;
  readonly counted: number;
  readonly runs: JudgedRun[];
}

/** The runs of an hour of a series, by instant; none when nobody asked for it together with the others. */
export type LoadedHours = (series: Series, hour: number) => readonly JudgedRun[];

/**
 * Runs of single hours of single series, read back and kept while there is room. Runs are only ever added to an hour, so
 * their number tells whether some came since.
 */
export class RunHours {
  readonly #reader: JournalReader;
  readonly #maxRuns: number;
  readonly #hours = new Map<string, KeptHour>();
  #kept = 0;

  constructor(reader: JournalReader, maxRuns = MAX_RUNS_KEPT) {
    this.#reader = reader;
    this.#maxRuns = maxRuns;
  }

  /**
   * Some hours of one check's series, all of them, also when they are more than is kept: a question may be about a month.
   * Rejects with `StoreError`.
   */
  async load(
    wanted: readonly { readonly series: Series; readonly hours: readonly number[] }[],
    value: string,
  ): Promise<LoadedHours> {
    const loaded = new Map<string, readonly JudgedRun[]>();
    const missing = new Map<string, MissingHour>();
    for (const { series, hours } of wanted) {
      for (const hour of hours) {
        const key = hourKey(series, hour, value);
        const counted = countRuns(series, hour);
        const kept = this.#hours.get(key);
        if (series.recent.isComplete(hour, value)) loaded.set(key, recentRuns(series, hour, value));
        else if (kept?.counted === counted) loaded.set(key, kept.runs);
        else if (counted > 0) missing.set(key, { check: series.check, hour, counted, runs: [] });
      }
    }
    if (missing.size > 0) await this.#read(missing, value);
    for (const [key, { counted, runs }] of missing) {
      loaded.set(key, runs);
      this.#keep(key, { counted, runs });
    }
    return (series, hour) => loaded.get(hourKey(series, hour, value)) ?? [];
  }

  async #read(missing: ReadonlyMap<string, MissingHour>, value: string): Promise<void> {
    const checks = [...new Set([...missing.values()].map(({ check }) => check))];
    const hours = [...new Set([...missing.values()].map(({ hour }) => hour))];
    const intervals = mergeIntervals(hours.map((hour) => ({ fromMs: hour * HOUR_MS, toMs: (hour + 1) * HOUR_MS })));
    const seen = new Set<number>();
    for await (const entry of this.#reader.between({ intervals, checks, values: [value] })) {
      if (seen.has(entry.position)) continue;
      if (entry.position > 0) seen.add(entry.position);
      for (const columns of entry.checks) {
        if (checks.includes(columns.check)) addRuns(missing, seriesKey(entry.agent, columns.check), { columns, value });
      }
    }
    for (const { runs } of missing.values()) runs.sort((a, b) => a.atMs - b.atMs);
  }

  #keep(key: string, hour: KeptHour): void {
    this.#forget(key);
    this.#hours.set(key, hour);
    this.#kept += hour.runs.length;
    for (const oldest of this.#hours.keys()) {
      if (this.#kept <= this.#maxRuns || oldest === key) return;
      this.#forget(oldest);
    }
  }

  #forget(key: string): void {
    this.#kept -= this.#hours.get(key)?.runs.length ?? 0;
    this.#hours.delete(key);
  }
}

function recentRuns(series: Series, hour: number, value: string): readonly JudgedRun[] {
  const runs: JudgedRun[] = [];
  const interval = { fromMs: hour * HOUR_MS, toMs: (hour + 1) * HOUR_MS };
  series.recent.forEach(value, interval, (atMs, outcome, number) => runs.push({ atMs, outcome, value: number }));
  return runs.sort((a, b) => a.atMs - b.atMs);
}

function countRuns(series: Series, hour: number): number {
  const { up, down, unknown } = series.runsBetween(hour, hour + 1);
  return up + down + unknown;
}

function hourKey(series: Series, hour: number, value: string): string {
  return `${seriesKey(series.agent, series.check)} ${hour} ${value}`;
}

function addRuns(
  missing: ReadonlyMap<string, { readonly runs: JudgedRun[] }>,
  key: string,
  { columns, value }: { readonly columns: CheckColumns; readonly value: string },
): void {
  const values = columns.values[value];
  for (const [row, atMs] of columns.at_ms.entries()) {
    const outcome = outcomeOf(columns.up[row]);
    missing.get(`${key} ${hourOf(atMs)} ${value}`)?.runs.push({ atMs, outcome, value: values?.[row] ?? null });
  }
}
