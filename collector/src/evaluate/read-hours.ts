import type { Outcome } from '@nines/shared/observation.ts';
import { TOTAL } from '@nines/shared/probes/probe.ts';
import { type CheckColumns, outcomeOf } from '@nines/shared/wire.ts';
import type { Interval } from '../sla/interval.ts';
import type { Head } from './head.ts';
import { HOUR_MS } from './hour-counters.ts';
import type { Series } from './series.ts';
import { seriesKey } from './settle.ts';

/** A run as counting needs it. */
export interface CountedRun {
  readonly atMs: number;
  readonly outcome: Outcome;
  /** `total`; `null` when it was not measured. */
  readonly micros: number | null;
}

type ReadHour = ReadonlyMap<string, readonly CountedRun[]>;

/** A window that is asked for again and again cuts two hours; an hour of 1,000 checks is some megabytes. */
const MAX_HOURS_KEPT = 4;
/** Each check costs the store a block of its chunk: between so many others get their turn. */
const CHECKS_A_READ = 100;

interface KeptHour {
  /** Runs that the head knew of each series when the reading began. */
  readonly counted: ReadonlyMap<string, number>;
  readonly reading: Promise<ReadHour>;
}

interface Source {
  readonly head: Head;
  readonly checks: readonly string[];
}

/** Runs of whole hours, read back for many checks at once and kept while they are asked for. */
export class ReadHours {
  readonly #hours = new Map<number, KeptHour>();

  /** The runs of a series in an hour, in no promised order; `checks` are read along. Rejects with `StoreError`. */
  async runs(series: Series, hour: number, source: Source): Promise<readonly CountedRun[]> {
    const counted = countRuns(series, hour);
    if (counted === 0) return [];
    const key = seriesKey(series.agent, series.check);
    const kept = this.#hours.get(hour);
    // Runs are only ever added, so their number tells whether some came. What is read may be fewer: damaged ones are lost.
    const current = kept?.counted.get(key) === counted ? kept : this.#read(hour, source);
    return (await current.reading).get(key) ?? [];
  }

  #read(hour: number, { head, checks }: Source): KeptHour {
    const known = checks.flatMap((check) => head.seriesOf(check));
    const counted = new Map(known.map((one) => [seriesKey(one.agent, one.check), countRuns(one, hour)]));
    const reading = readHour(hour, head, checks);
    const kept = { counted, reading };
    this.#hours.delete(hour);
    this.#hours.set(hour, kept);
    // A failed read is no answer to keep; whoever asked gets the rejection.
    reading.catch(() => {
      if (this.#hours.get(hour) === kept) this.#hours.delete(hour);
    });
    for (const oldest of this.#hours.keys()) {
      if (this.#hours.size <= MAX_HOURS_KEPT) break;
      this.#hours.delete(oldest);
    }
    return kept;
  }
}

function countRuns(series: Series, hour: number): number {
  const { up, down, unknown } = series.runsBetween(hour, hour + 1);
  return up + down + unknown;
}

async function readHour(hour: number, head: Head, checks: readonly string[]): Promise<ReadHour> {
  const found = new Map<string, CountedRun[]>();
  const interval = { fromMs: hour * HOUR_MS, toMs: (hour + 1) * HOUR_MS };
  for (let first = 0; first < checks.length; first += CHECKS_A_READ) {
    await readChecks(found, { head, checks: checks.slice(first, first + CHECKS_A_READ) }, interval);
  }
  return found;
}

async function readChecks(
  found: Map<string, CountedRun[]>,
  { head, checks }: Source,
  interval: Interval,
): Promise<void> {
  const wanted = new Set(checks);
  const seen = new Set<number>();
  for await (const entry of head.read({ intervals: [interval], checks, values: [TOTAL] })) {
    if (seen.has(entry.position)) continue;
    seen.add(entry.position);
    for (const columns of entry.checks) {
      if (!wanted.has(columns.check)) continue;
      const key = seriesKey(entry.agent, columns.check);
      const runs = found.get(key) ?? [];
      found.set(key, runs);
      addRuns(runs, columns, interval);
    }
  }
}

function addRuns(runs: CountedRun[], columns: CheckColumns, { fromMs, toMs }: Interval): void {
  const totals = columns.values[TOTAL];
  for (const [row, atMs] of columns.at_ms.entries()) {
    if (atMs < fromMs || atMs >= toMs) continue;
    runs.push({ atMs, outcome: outcomeOf(columns.up[row]), micros: totals?.[row] ?? null });
  }
}
