import type { CheckColumns } from '@nines/shared/wire.ts';
import type { Interval } from '../sla/interval.ts';
import { HOUR_MS, hourOf } from './hour-counters.ts';
import type { JournalReader } from './journal-reader.ts';
import type { Series } from './series.ts';
import { seriesKey } from './settle.ts';
import type { Threshold, ThresholdCounter } from './thresholds.ts';

/** Up runs of one series, those that reported the value, and those within the threshold. */
export interface UpRuns {
  readonly up: number;
  readonly measured: number;
  readonly within: number;
}

/** The up runs of one series in one hour, in columns. */
interface HourOfRuns {
  readonly atMs: number[];
  readonly values: Map<string, (number | null)[]>;
}

type ReadHour = ReadonlyMap<string, HourOfRuns>;

/** Rolling windows cut a handful of hours; each holds every series that a latency objective names. */
const MAX_HOURS_KEPT = 16;

/** Counts inside an hour, where hourly counters do not reach: from the runs of the last day, else from the journal. */
export class PartialHours {
  readonly #reader: JournalReader;
  readonly #wanted: () => ReadonlyMap<string, readonly Threshold[]>;
  readonly #hours = new Map<number, Promise<ReadHour>>();
  /** Series and hour → the number of runs that were counted when reading gave another one. */
  readonly #lost = new Map<string, number>();

  /** `wanted` are the thresholds by check: only their checks and values are read. */
  constructor(reader: JournalReader, wanted: () => ReadonlyMap<string, readonly Threshold[]>) {
    this.#reader = reader;
    this.#wanted = wanted;
  }

  /** Exact counts of an interval that lies inside one hour. Rejects with `StoreError`. */
  async count(series: Series, threshold: ThresholdCounter, interval: Interval): Promise<UpRuns> {
    const hour = hourOf(interval.fromMs);
    if (!series.recent.isComplete(hour, threshold.value)) return this.#fromJournal(series, threshold, interval);
    const tally = { up: 0, measured: 0, within: 0 };
    series.recent.forEach(threshold.value, interval, (_, outcome, value) => {
      if (outcome === 'up') addRun(tally, value, threshold.withinMicros);
    });
    return tally;
  }

  async #fromJournal(series: Series, threshold: ThresholdCounter, interval: Interval): Promise<UpRuns> {
    const hour = hourOf(interval.fromMs);
    const tally = { up: 0, measured: 0, within: 0 };
    const counted = series.runsBetween(hour, hour + 1).up;
    if (counted === 0) return tally;
    const key = seriesKey(series.agent, series.check);
    const reading = this.#read(hour);
    let runs = (await reading).get(key);
    // Runs are only ever added, so their number tells whether some came after the hour was read. Where it still differs
    // then, runs are lost, and reading again as often as somebody asks would not bring them back.
    if (runs?.atMs.length !== counted && this.#lost.get(`${key} ${hour}`) !== counted) {
      if (this.#hours.get(hour) === reading) this.#hours.delete(hour);
      runs = (await this.#read(hour)).get(key);
      if (runs?.atMs.length !== counted) this.#lost.set(`${key} ${hour}`, counted);
    }
    const values = runs?.values.get(threshold.value);
    for (const [index, atMs] of (runs?.atMs ?? []).entries()) {
      if (atMs < interval.fromMs || atMs >= interval.toMs) continue;
      addRun(tally, values?.[index] ?? null, threshold.withinMicros);
    }
    return tally;
  }

  #read(hour: number): Promise<ReadHour> {
    const known = this.#hours.get(hour);
    if (known !== undefined) return known;
    const reading = this.#readHour(hour);
    this.#hours.set(hour, reading);
    // A failed read is no answer to keep; whoever asked gets the rejection.
    reading.catch(() => {
      if (this.#hours.get(hour) === reading) this.#hours.delete(hour);
    });
    for (const oldest of this.#hours.keys()) {
      if (this.#hours.size <= MAX_HOURS_KEPT) break;
      this.#hours.delete(oldest);
    }
    return reading;
  }

  async #readHour(hour: number): Promise<ReadHour> {
    const runs = new Map<string, HourOfRuns>();
    const interval = { fromMs: hour * HOUR_MS, toMs: (hour + 1) * HOUR_MS };
    const seen = new Set<number>();
    const wanted = this.#wanted();
    const values = [...new Set([...wanted.values()].flat().map(({ value }) => value))];
    for await (const entry of this.#reader.between({ intervals: [interval], checks: [...wanted.keys()], values })) {
      if (seen.has(entry.position)) continue;
      seen.add(entry.position);
      for (const columns of entry.checks) {
        if (!wanted.has(columns.check)) continue;
        const key = seriesKey(entry.agent, columns.check);
        const ofSeries = runs.get(key) ?? { atMs: [], values: new Map() };
        runs.set(key, ofSeries);
        addUpRuns(ofSeries, columns, interval);
      }
    }
    return runs;
  }
}

function addRun(tally: { up: number; measured: number; within: number }, value: number | null, within: number): void {
  tally.up++;
  if (value === null) return;
  tally.measured++;
  if (value <= within) tally.within++;
}

function addUpRuns(runs: HourOfRuns, columns: CheckColumns, { fromMs, toMs }: Interval): void {
  for (const [index, atMs] of columns.at_ms.entries()) {
    if (columns.up[index] !== 1 || atMs < fromMs || atMs >= toMs) continue;
    const row = runs.atMs.push(atMs) - 1;
    for (const name in columns.values) {
      const values = runs.values.get(name) ?? [];
      runs.values.set(name, values);
      while (values.length < row) values.push(null);
      values.push(columns.values[name]?.[index] ?? null);
    }
  }
}
