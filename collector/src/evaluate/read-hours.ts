import { TOTAL } from '@nines/shared/probes/probe.ts';
import { NO_RUNS, type RunColumns } from '../store/run-columns.ts';
import { joinRuns, rowsBetween, sliceRuns } from '../store/runs-builder.ts';
import type { Head } from './head.ts';
import { HOUR_MS } from './hour-counters.ts';
import type { Series } from './series.ts';
import { seriesKey } from './settle.ts';

type ReadHour = ReadonlyMap<string, RunColumns>;

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

  /** The runs of a series in an hour, with `total` at most; `checks` are read along. Rejects with `StoreError`. */
  async runs(series: Series, hour: number, source: Source): Promise<RunColumns> {
    const counted = countRuns(series, hour);
    if (counted === 0) return NO_RUNS;
    const key = seriesKey(series.agent, series.check);
    const kept = this.#hours.get(hour);
    // Runs are only ever added, so their number tells whether some came. What is read may be fewer: damaged ones are lost.
    const current = kept?.counted.get(key) === counted ? kept : this.#read(hour, source);
    return (await current.reading).get(key) ?? NO_RUNS;
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
  const found = new Map<string, RunColumns>();
  const interval = { fromMs: hour * HOUR_MS, toMs: (hour + 1) * HOUR_MS };
  for (let first = 0; first < checks.length; first += CHECKS_A_READ) {
    const some = checks.slice(first, first + CHECKS_A_READ);
    for await (const { agent, check, runs } of head.readRuns({
      intervals: [interval],
      checks: some,
      values: [TOTAL],
    })) {
      const key = seriesKey(agent, check);
      const inside = sliceRuns(runs, ...rowsBetween(runs, interval.fromMs, interval.toMs));
      found.set(key, joinRuns([found.get(key) ?? NO_RUNS, inside]));
    }
  }
  return found;
}
