import { setImmediate as nextTurn } from 'node:timers/promises';
import { type Outcome, outcomeOf } from '@nines/shared/observation.ts';
import { TOTAL } from '@nines/shared/probes/probe.ts';
import { type Interval, intersect } from '../sla/interval.ts';
import type { Archive } from '../store/archive.ts';
import { nearestRank, numberOfRank } from '../store/nearest-rank.ts';
import { LatencySketch } from '../store/rollup/latency-sketch.ts';
import type { Evaluation } from './evidence.ts';
import type { Head } from './head.ts';
import { HOUR_MS, hourOf } from './hour-counters.ts';
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

type SealedDurations = Pick<Archive, 'durationSketches' | 'durationQuantiles' | 'holdStill'>;
type Live = Pick<Evaluation, 'head' | 'nowMs'>;

/** By then an hour that ended is sealed, mostly: what is newer is looked up in memory, run by run. */
const SEALED_AFTER_MS = 5 * 60_000;
/** Series counted before others get a turn on the event loop. */
const SERIES_A_TURN = 256;

/** What is stored of the series of some time, sealed or not. */
interface Stored {
  readonly durations: LatencySketch;
  /** The runs in hours that the bounds cut. */
  readonly cut: Record<Outcome, number>;
}

/**
 * Counts and durations of many checks at once, in an interval with any bounds: what is stored is counted where it is
 * stored and kept for who asks for the same again, the last hours are counted from memory.
 */
export class CheckDurations {
  readonly #archive: SealedDurations;
  #kept: KeptDurations | null = null;

  constructor(archive: SealedDurations) {
    this.#archive = archive;
  }

  /** Every series of the checks that ever ran, by `agent check`. Rejects with `StoreError`. */
  async of(request: DurationsRequest, { head, nowMs }: Live): Promise<ReadonlyMap<string, SeriesDurations>> {
    const asked = heard(request, head);
    const { stored: past, remembered } = split(request, asked, nowMs);
    const stored = await this.#stored(past, head);
    const [fromHour, endHour] = [Math.ceil(request.fromMs / HOUR_MS), hourOf(request.toMs)];
    const found = new Map<string, SeriesDurations>();
    for (const series of asked) {
      const { check, agent } = series;
      const known = stored.get(seriesKey(agent, check));
      const runs = fromHour < endHour ? series.runsBetween(fromHour, endHour) : noRuns();
      for (const outcome of OUTCOMES) runs[outcome] += known?.cut[outcome] ?? 0;
      let durations = known?.durations ?? new LatencySketch();
      if (remembered !== null) {
        durations = durations.copy();
        series.recent.forEach(TOTAL, remembered, (atMs, outcome, micros) => {
          // Whole hours are counted already.
          if (hourOf(atMs) < fromHour || hourOf(atMs) >= endHour) runs[outcome]++;
          if (outcome === 'up' && micros !== null) durations.add(micros);
        });
      }
      found.set(seriesKey(agent, check), { check, agent, runs, durations });
      if (found.size % SERIES_A_TURN === 0) await nextTurn();
    }
    return found;
  }

  /**
   * An exact quantile (nearest rank) of the same runs, by `agent check`; series without any are left out. Every stored run
   * is looked at. Rejects with `StoreError`.
   */
  async quantiles(
    { quantilePpb, ...request }: DurationsRequest & { readonly quantilePpb: number },
    { head, nowMs }: Live,
  ): Promise<ReadonlyMap<string, number>> {
    const asked = heard(request, head);
    const { stored: past, remembered } = split(request, asked, nowMs);
    const release = await this.#archive.holdStill();
    try {
      const besides = await unsealedNumbers(past, head);
      for (const series of remembered === null ? [] : asked) {
        const numbers = numbersOf(besides, seriesKey(series.agent, series.check));
        series.recent.forEach(TOTAL, remembered ?? past, (_, outcome, micros) => {
          if (outcome === 'up' && micros !== null) numbers.push(micros);
        });
      }
      const found = new Map<string, number>();
      for (const [key, numbers] of besides) {
        const rank = nearestRank(numbers.length, quantilePpb);
        if (numbers.length > 0) found.set(key, numberOfRank(Float64Array.from(numbers), rank));
      }
      // With what is sealed of them, where something is.
      const given = [...besides].map(([key, numbers]) => ({ ...identityOf(key), numbers: Float64Array.from(numbers) }));
      const wanted = { ...past, quantilePpb, besides: given };
      for (const { agent, check, value } of await this.#archive.durationQuantiles(wanted)) {
        found.set(seriesKey(agent, check), value);
      }
      return found;
    } finally {
      release();
    }
  }

  /** What is stored of the interval, by `agent check`. */
  async #stored(interval: Interval, head: Head): Promise<ReadonlyMap<string, Stored>> {
    const { fromMs, toMs } = interval;
    if (fromMs >= toMs) return new Map();
    // Runs are only ever added, so their number tells whether some came after it was read.
    const runs = runsIn(interval, head);
    const kept = this.#kept;
    if (kept?.fromMs === fromMs && kept.toMs === toMs && kept.runs === runs) return kept.stored;
    const reading = { fromMs, toMs, runs, stored: this.#read(interval, head) };
    this.#kept = reading;
    // A failed read is no answer to keep; whoever asked gets the rejection.
    reading.stored.catch(() => {
      if (this.#kept === reading) this.#kept = null;
    });
    return reading.stored;
  }

  /** Sealed or not: nothing moves between the two reads. */
  async #read(interval: Interval, head: Head): Promise<ReadonlyMap<string, Stored>> {
    const stored = new Map<string, Stored>();
    const release = await this.#archive.holdStill();
    try {
      for (const { agent, check, sketch, cut } of await this.#archive.durationSketches(interval)) {
        stored.set(seriesKey(agent, check), { durations: LatencySketch.unpack(sketch), cut: { ...cut } });
      }
      const [fromHour, endHour] = [Math.ceil(interval.fromMs / HOUR_MS), hourOf(interval.toMs)];
      await eachUnsealed(interval, head, (key, { atMs, outcome, micros }) => {
        const one = stored.get(key) ?? { durations: new LatencySketch(), cut: noRuns() };
        stored.set(key, one);
        if (hourOf(atMs) < fromHour || hourOf(atMs) >= endHour) one.cut[outcome]++;
        if (outcome === 'up' && micros !== null) one.durations.add(micros);
      });
    } finally {
      release();
    }
    return stored;
  }
}

interface KeptDurations extends Interval {
  readonly runs: number;
  readonly stored: Promise<ReadonlyMap<string, Stored>>;
}

const OUTCOMES: readonly Outcome[] = ['up', 'down', 'unknown'];

function noRuns(): Record<Outcome, number> {
  return { up: 0, down: 0, unknown: 0 };
}

function heard({ checks }: DurationsRequest, head: Head): Series[] {
  return checks.flatMap((check) => head.seriesOf(check));
}

/**
 * The part of an interval that is read from the store, and the last hours, which are not sealed yet, when memory has every
 * run of them.
 */
function split(
  { fromMs, toMs }: Interval,
  asked: readonly Series[],
  nowMs: number,
): { readonly stored: Interval; readonly remembered: Interval | null } {
  const unsealedHour = hourOf(nowMs - SEALED_AFTER_MS);
  const remembered = intersect({ fromMs: unsealedHour * HOUR_MS, toMs: Number.POSITIVE_INFINITY }, { fromMs, toMs });
  if (remembered === null) return { stored: { fromMs, toMs }, remembered };
  for (let hour = hourOf(remembered.fromMs); hour * HOUR_MS < toMs; hour++) {
    if (!asked.every(({ recent }) => recent.isComplete(hour, TOTAL))) {
      return { stored: { fromMs, toMs }, remembered: null };
    }
  }
  return { stored: { fromMs, toMs: remembered.fromMs }, remembered };
}

/** A run that is not sealed. */
interface Unsealed {
  readonly atMs: number;
  readonly outcome: Outcome;
  readonly micros: number | null;
}

/** Late runs, mostly: of hours that are sealed few are left in the journal. */
async function eachUnsealed(
  interval: Interval,
  head: Head,
  visit: (key: string, run: Unsealed) => void,
): Promise<void> {
  const seen = new Set<number>();
  for await (const { position, agent, checks } of head.read({ intervals: [interval], checks: [], values: [] })) {
    if (seen.has(position)) continue;
    seen.add(position);
    for (const { check, at_ms: instants, up, values } of checks) {
      const totals = values[TOTAL];
      for (const [row, atMs] of instants.entries()) {
        if (atMs < interval.fromMs || atMs >= interval.toMs) continue;
        visit(seriesKey(agent, check), { atMs, outcome: outcomeOf(up[row]), micros: totals?.[row] ?? null });
      }
    }
  }
}

async function unsealedNumbers(interval: Interval, head: Head): Promise<Map<string, number[]>> {
  const found = new Map<string, number[]>();
  await eachUnsealed(interval, head, (key, { outcome, micros }) => {
    if (outcome === 'up' && micros !== null) numbersOf(found, key).push(micros);
  });
  return found;
}

function numbersOf(found: Map<string, number[]>, key: string): number[] {
  const numbers = found.get(key) ?? [];
  found.set(key, numbers);
  return numbers;
}

/** Undoes `seriesKey`: neither name holds a space. */
function identityOf(key: string): { readonly agent: string; readonly check: string } {
  const [agent = '', check = ''] = key.split(' ');
  return { agent, check };
}

function runsIn({ fromMs, toMs }: Interval, head: Head): number {
  let total = 0;
  for (const series of head.series()) {
    const { up, down, unknown } = series.runsBetween(hourOf(fromMs), Math.ceil(toMs / HOUR_MS));
    total += up + down + unknown;
  }
  return total;
}
