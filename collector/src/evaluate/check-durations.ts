import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Outcome } from '@nines/shared/observation.ts';
import { TOTAL } from '@nines/shared/probes/probe.ts';
import { outcomeOf } from '@nines/shared/wire.ts';
import { type Interval, intersect } from '../sla/interval.ts';
import type { Archive } from '../store/archive.ts';
import { LatencySketch } from '../store/rollup/latency-sketch.ts';
import { OUTCOMES } from '../store/run-columns.ts';
import { rowsBetween } from '../store/runs-builder.ts';
import type { Evaluation } from './evidence.ts';
import type { Head } from './head.ts';
import { HOUR_MS, hourOf } from './hour-counters.ts';
import { ReadHours } from './read-hours.ts';
import type { Series } from './series.ts';
import { seriesKey } from './settle.ts';

/** What one agent saw of a check in an interval. */
export interface SeriesDurations {
  readonly check: string;
  readonly agent: string;
  /** Exact. */
  readonly runs: Readonly<Record<Outcome, number>>;
  /** Of `total` of the runs that were up and measured it. */
  readonly durations: LatencySketch;
}

export interface DurationsRequest extends Interval {
  readonly checks: readonly string[];
}

type SealedSketches = Pick<Archive, 'durationSketches' | 'holdStill'>;

/** By then an hour that ended is sealed, mostly: what is newer is looked up in memory, run by run. */
const SEALED_AFTER_MS = 5 * 60_000;
/** Series counted before others get a turn on the event loop. */
const SERIES_A_TURN = 256;

/** Adds a run to what is counted. */
type Count = (outcome: Outcome, micros: number | null) => void;

/**
 * Counts and durations of many checks at once, in an interval with any bounds: whole days and hours from sealed
 * sketches, what is not sealed yet and hours that are cut run by run, from memory where they are.
 */
export class CheckDurations {
  readonly #archive: SealedSketches;
  readonly #hours = new ReadHours();
  #kept: KeptSketches | null = null;

  constructor(archive: SealedSketches) {
    this.#archive = archive;
  }

  /** Every series of the checks that ever ran, by `agent check`. Rejects with `StoreError`. */
  async of(
    { checks, fromMs, toMs }: DurationsRequest,
    { head, nowMs }: Pick<Evaluation, 'head' | 'nowMs'>,
  ): Promise<ReadonlyMap<string, SeriesDurations>> {
    const interval = { fromMs, toMs };
    const unsealedHour = hourOf(nowMs - SEALED_AFTER_MS);
    const whole = { fromHour: Math.ceil(fromMs / HOUR_MS), endHour: hourOf(toMs) };
    const sealedEndHour = Math.min(whole.endHour, unsealedHour);
    const sketches = await this.#sketches({ fromHour: whole.fromHour, endHour: sealedEndHour }, head);
    const found = new Map<string, SeriesDurations>();
    for (const series of checks.flatMap((check) => head.seriesOf(check))) {
      const { check, agent } = series;
      const key = seriesKey(agent, check);
      const runs = whole.fromHour < whole.endHour ? series.runsBetween(whole.fromHour, whole.endHour) : noRuns();
      const durations = new LatencySketch();
      const packed = sketches.get(key);
      if (packed !== undefined) durations.mergePacked(packed);
      for (const { hour, part } of hoursOneByOne(interval, { fromHour: whole.fromHour, endHour: sealedEndHour })) {
        const isCut = hour < whole.fromHour || hour >= whole.endHour;
        await this.#countHour({ series, hour, part, checks, head }, (outcome, micros) => {
          // Whole hours are counted already.
          if (isCut) runs[outcome]++;
          if (outcome === 'up' && micros !== null) durations.add(micros);
        });
      }
      found.set(key, { check, agent, runs, durations });
      if (found.size % SERIES_A_TURN === 0) await nextTurn();
    }
    return found;
  }

  /** Packed sketches of whole hours, by `agent check`, kept for who asks for the same again. */
  async #sketches({ fromHour, endHour }: Hours, head: Head): Promise<ReadonlyMap<string, Uint8Array>> {
    if (fromHour >= endHour) return new Map();
    // Runs are only ever added, so their number tells whether some came after the sketches were read.
    const runs = runsIn({ fromHour, endHour }, head);
    const kept = this.#kept;
    if (kept?.fromHour === fromHour && kept.endHour === endHour && kept.runs === runs) return kept.sketches;
    const sketches = this.#readSketches({ fromHour, endHour }, head);
    const reading = { fromHour, endHour, runs, sketches };
    this.#kept = reading;
    // A failed read is no answer to keep; whoever asked gets the rejection.
    sketches.catch(() => {
      if (this.#kept === reading) this.#kept = null;
    });
    return sketches;
  }

  /** Sealed or not: nothing moves between the two reads. */
  async #readSketches({ fromHour, endHour }: Hours, head: Head): Promise<ReadonlyMap<string, Uint8Array>> {
    const sketches = new Map<string, Uint8Array>();
    const interval = { fromMs: fromHour * HOUR_MS, toMs: endHour * HOUR_MS };
    const release = await this.#archive.holdStill();
    try {
      for (const { agent, check, sketch } of await this.#archive.durationSketches(interval)) {
        sketches.set(seriesKey(agent, check), sketch);
      }
      for (const [key, unsealed] of await unsealedSketches(interval, head)) {
        const sealed = sketches.get(key);
        if (sealed !== undefined) unsealed.mergePacked(sealed);
        sketches.set(key, unsealed.pack());
      }
    } finally {
      release();
    }
    return sketches;
  }

  async #countHour(
    { series, hour, part, checks, head }: Place & { readonly checks: readonly string[]; readonly head: Head },
    count: Count,
  ): Promise<void> {
    if (series.recent.isComplete(hour, TOTAL)) {
      series.recent.forEach(TOTAL, part, (_, outcome, micros) => count(outcome, micros));
      return;
    }
    const runs = await this.#hours.runs(series, hour, { head, checks });
    const totals = runs.values.find(({ name }) => name === TOTAL);
    const [first, end] = rowsBetween(runs, part.fromMs, part.toMs);
    for (let row = first; row < end; row++) {
      const micros = totals?.present[row] === 1 ? (totals.numbers[row] ?? 0) : null;
      count(OUTCOMES[runs.outcomes[row] ?? 0] ?? 'unknown', micros);
    }
  }
}

/** Whole hours `[fromHour, endHour)` since 1970. */
interface Hours {
  readonly fromHour: number;
  readonly endHour: number;
}

interface KeptSketches extends Hours {
  readonly runs: number;
  readonly sketches: Promise<ReadonlyMap<string, Uint8Array>>;
}

interface Place {
  readonly series: Series;
  readonly hour: number;
  readonly part: Interval;
}

function noRuns(): Record<Outcome, number> {
  return { up: 0, down: 0, unknown: 0 };
}

/** The hours of the interval that sealed sketches do not hold, each with the part that is inside. */
function hoursOneByOne(interval: Interval, sealed: Hours): { readonly hour: number; readonly part: Interval }[] {
  const found: { hour: number; part: Interval }[] = [];
  for (let hour = hourOf(interval.fromMs); hour * HOUR_MS < interval.toMs; hour++) {
    if (hour >= sealed.fromHour && hour < sealed.endHour) hour = sealed.endHour;
    const part = intersect({ fromMs: hour * HOUR_MS, toMs: (hour + 1) * HOUR_MS }, interval);
    if (part !== null) found.push({ hour, part });
  }
  return found;
}

/** Late runs, mostly: of hours that are sealed few are left in the journal. */
async function unsealedSketches(interval: Interval, head: Head): Promise<Map<string, LatencySketch>> {
  const sketches = new Map<string, LatencySketch>();
  const seen = new Set<number>();
  for await (const { position, agent, checks } of head.read({ intervals: [interval], checks: [], values: [] })) {
    if (seen.has(position)) continue;
    seen.add(position);
    for (const { check, at_ms: instants, up, values } of checks) {
      const totals = values[TOTAL];
      if (totals === undefined) continue;
      const key = seriesKey(agent, check);
      const sketch = sketches.get(key) ?? new LatencySketch();
      sketches.set(key, sketch);
      for (const [row, atMs] of instants.entries()) {
        const micros = totals[row] ?? null;
        if (atMs < interval.fromMs || atMs >= interval.toMs || micros === null) continue;
        if (outcomeOf(up[row]) === 'up') sketch.add(micros);
      }
    }
  }
  return sketches;
}

function runsIn({ fromHour, endHour }: Hours, head: Head): number {
  let total = 0;
  for (const series of head.series()) {
    const { up, down, unknown } = series.runsBetween(fromHour, endHour);
    total += up + down + unknown;
  }
  return total;
}
