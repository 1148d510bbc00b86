import { cell } from './cell.ts';

/** Upper bounds of the run duration histogram in microseconds (Prometheus' default buckets, 5 ms to 10 s). */
export const DURATION_BUCKETS_MICROS = [
  5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 500_000, 1_000_000, 2_500_000, 5_000_000, 10_000_000,
] as const;

const BOUNDS = Float64Array.from(DURATION_BUCKETS_MICROS);

/** How long the runs of a series took: counts by bucket, monotone. */
export class DurationHistogram {
  readonly #counts = new Uint32Array(BOUNDS.length + 1);
  #sumMicros = 0;

  add(micros: number): void {
    let bucket = 0;
    while (bucket < BOUNDS.length && micros > cell(BOUNDS, bucket)) bucket++;
    this.#counts[bucket] = cell(this.#counts, bucket) + 1;
    this.#sumMicros += micros;
  }

  get sumMicros(): number {
    return this.#sumMicros;
  }

  /** Runs in each bucket, the last one being beyond every bound. */
  counts(): number[] {
    return [...this.#counts];
  }

  /** Adds what `counts` and `sumMicros` of another told. */
  addAll(counts: readonly number[], sumMicros: number): void {
    for (const [bucket, count] of counts.entries()) this.#counts[bucket] = cell(this.#counts, bucket) + count;
    this.#sumMicros += sumMicros;
  }

  /** Runs in one bucket: of `DURATION_BUCKETS_MICROS`, or the one beyond every bound. */
  countAt(bucket: number): number {
    return cell(this.#counts, bucket);
  }
}
