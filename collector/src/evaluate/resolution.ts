import type { Outcome } from '@nines/shared/observation.ts';
import type { Interval } from '../sla/interval.ts';
import { numbersOfUp, OUTCOMES, type RunColumns } from '../store/run-columns.ts';
import { rowsBetween } from '../store/runs-builder.ts';
import { HOUR_MS, hourOf } from './hour-counters.ts';

/** Every observation, or what is counted of them by UTC minute, hour or day. */
export type Resolution = 'raw' | 'minute' | 'hour' | 'day';

/** Length of a bucket; the finest first. */
export const BUCKET_MS: Readonly<Record<Exclude<Resolution, 'raw'>, number>> = {
  minute: 60_000,
  hour: HOUR_MS,
  day: 24 * HOUR_MS,
};

/** More points than this no chart can show: a screen has that many columns. */
export const MAX_POINTS = 2_000;

/** Of one agent with so many runs in the interval: every run if that gives `MAX_POINTS` or fewer, else the finest that does. */
export function chooseResolution(interval: Interval, runs: number): Resolution {
  if (runs <= MAX_POINTS) return 'raw';
  if (bucketsIn(interval, BUCKET_MS.minute) <= MAX_POINTS) return 'minute';
  return bucketsIn(interval, BUCKET_MS.hour) <= MAX_POINTS ? 'hour' : 'day';
}

function bucketsIn({ fromMs, toMs }: Interval, bucketMs: number): number {
  return Math.ceil(toMs / bucketMs) - Math.floor(fromMs / bucketMs);
}

/** Statistics of a value over some runs, in its own unit. Percentiles by nearest rank: each is a number that occurred. */
export interface ValueStatistics {
  readonly count: number;
  readonly min: number;
  /** The exact sum over the count, rounded once. */
  readonly mean: number;
  readonly max: number;
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
}

/** `null` for no numbers at all; the numbers are integers, and are sorted where they are. */
export function statisticsOf(numbers: Float64Array): ValueStatistics | null {
  if (numbers.length === 0) return null;
  const sorted = numbers.sort();
  const at = (percent: number) => sorted[Math.ceil((sorted.length * percent) / 100) - 1] ?? Number.NaN;
  return {
    count: sorted.length,
    min: sorted[0] ?? Number.NaN,
    mean: meanOf(sorted),
    max: at(100),
    p50: at(50),
    p95: at(95),
    p99: at(99),
  };
}

function meanOf(sorted: Float64Array): number {
  const greatest = Math.max(Math.abs(sorted[0] ?? 0), Math.abs(sorted[sorted.length - 1] ?? 0));
  if (greatest * sorted.length <= Number.MAX_SAFE_INTEGER) {
    let sum = 0;
    for (const number of sorted) sum += number;
    return sum / sorted.length;
  }
  const count = BigInt(sorted.length);
  let sum = 0n;
  for (const number of sorted) sum += BigInt(number);
  return Number(sum / count) + Number(sum % count) / sorted.length;
}

/** The runs of one stretch of time: how they ended, and a value of those that were up (`null` when none reported it). */
export interface Bucket extends Interval {
  readonly runs: Readonly<Record<Outcome, number>>;
  readonly value: ValueStatistics | null;
}

/** Time without a single observation. */
export interface Gap extends Interval {
  readonly isGap: true;
}

interface Counted {
  readonly runs: Record<Outcome, number>;
  /** Of neighbouring runs each. */
  readonly numbers: Float64Array[];
}

/**
 * Observations of one series, counted by buckets aligned to UTC; the first and the last end where the interval does. Fed
 * in any order, taken in order: what is taken must not be added to any more.
 */
export class Buckets {
  readonly #interval: Interval;
  readonly #bucketMs: number;
  readonly #value: string;
  readonly #counted = new Map<number, Counted>();
  #next: number;
  #gapFromMs: number | null = null;

  constructor(interval: Interval, bucketMs: number, value: string) {
    this.#interval = interval;
    this.#bucketMs = bucketMs;
    this.#value = value;
    this.#next = Math.floor(interval.fromMs / bucketMs);
  }

  /** Counts the runs that lie in the interval `within`; returns their number. */
  add(runs: RunColumns, within: Interval): number {
    const [first, end] = rowsBetween(runs, within.fromMs, within.toMs);
    const value = runs.values.find(({ name }) => name === this.#value);
    for (let row = first; row < end; ) {
      const bucket = Math.floor((runs.atMs[row] ?? 0) / this.#bucketMs);
      const [, after] = rowsBetween(runs, 0, (bucket + 1) * this.#bucketMs);
      const rows = { first: row, end: Math.min(after, end) };
      const counted = this.#countedAt(bucket);
      for (; row < rows.end; row++) counted.runs[OUTCOMES[runs.outcomes[row] ?? 0] ?? 'unknown']++;
      if (value !== undefined) counted.numbers.push(numbersOfUp(value, runs.outcomes, rows));
    }
    return end - first;
  }

  /** What ends up to `untilMs`, in order. Empty buckets beside one another are one gap, told once it has ended. */
  *take(untilMs: number): Generator<Bucket | Gap> {
    const { fromMs, toMs } = this.#interval;
    for (; this.#startMs < Math.min(untilMs, toMs); this.#next++) {
      const counted = this.#counted.get(this.#next);
      const startMs = Math.max(fromMs, this.#startMs);
      if (counted === undefined) {
        this.#gapFromMs ??= startMs;
        continue;
      }
      yield* this.#takeGap(startMs);
      const endMs = Math.min(toMs, (this.#next + 1) * this.#bucketMs);
      yield { fromMs: startMs, toMs: endMs, runs: counted.runs, value: statisticsOf(joined(counted.numbers)) };
      this.#counted.delete(this.#next);
    }
    if (untilMs >= toMs) yield* this.#takeGap(toMs);
  }

  get #startMs(): number {
    return this.#next * this.#bucketMs;
  }

  *#takeGap(toMs: number): Generator<Gap> {
    if (this.#gapFromMs !== null) yield { fromMs: this.#gapFromMs, toMs, isGap: true };
    this.#gapFromMs = null;
  }

  #countedAt(bucket: number): Counted {
    let counted = this.#counted.get(bucket);
    if (counted === undefined) {
      counted = { runs: { up: 0, down: 0, unknown: 0 }, numbers: [] };
      this.#counted.set(bucket, counted);
    }
    return counted;
  }
}

function joined(parts: readonly Float64Array[]): Float64Array {
  const [only] = parts;
  if (only !== undefined && parts.length === 1) return only;
  const all = new Float64Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** A part of an interval that is read at once; `runs` is about how many there are. */
export interface ReadingWindow extends Interval {
  readonly runs: number;
}

export interface WindowLimits {
  /** Windows end at multiples of it, counted from 1970; a multiple of an hour. */
  readonly stepMs: number;
  readonly maxMs: number;
  /** More runs than this are in a window only when one step has more. */
  readonly maxRuns: number;
  /** Runs in the hours `[fromHour, toHour)`. */
  readonly runsIn: (fromHour: number, toHour: number) => number;
}

/** Cuts an interval into windows that can be kept in memory, in order and without holes. */
export function* readingWindows(
  interval: Interval,
  { stepMs, maxMs, maxRuns, runsIn }: WindowLimits,
): Generator<ReadingWindow> {
  let fromMs = interval.fromMs;
  let endMs = fromMs;
  let runs = 0;
  while (endMs < interval.toMs) {
    const nextMs = Math.min(interval.toMs, (Math.floor(endMs / stepMs) + 1) * stepMs);
    const more = runsIn(hourOf(endMs), Math.ceil(nextMs / HOUR_MS));
    if (endMs > fromMs && (runs + more > maxRuns || nextMs - fromMs > maxMs)) {
      yield { fromMs, toMs: endMs, runs };
      fromMs = endMs;
      runs = 0;
    }
    runs += more;
    endMs = nextMs;
  }
  if (fromMs < interval.toMs) yield { fromMs, toMs: interval.toMs, runs };
}
