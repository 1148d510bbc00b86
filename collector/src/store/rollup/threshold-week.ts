import { OUTCOME_CODES, type RunColumns } from '../run-columns.ts';
import { readHours, WEEK_HOURS, writeHours } from './hour-runs.ts';
import { PackedReader, PackedWriter } from './packed.ts';

const HOUR_MS = 3_600_000;

/** Runs that were up and reported the value, and those of them within the threshold, beside one another by hour. */
export const THRESHOLD_COLUMNS = 2;

/** Counts for a week of which nothing is known. */
export function noThresholdRuns(): Uint32Array {
  return new Uint32Array(WEEK_HOURS * THRESHOLD_COLUMNS);
}

/** Counts runs, all of one week, into that week's hours. */
export function countThreshold(
  columns: RunColumns,
  { value, withinMicros }: { readonly value: string; readonly withinMicros: number },
  into: Uint32Array,
): void {
  const found = columns.values.find(({ name }) => name === value);
  if (found === undefined) return;
  for (let row = 0; row < columns.length; row++) {
    if (found.present[row] !== 1 || columns.outcomes[row] !== OUTCOME_CODES.up) continue;
    const index = (Math.floor((columns.atMs[row] ?? 0) / HOUR_MS) % WEEK_HOURS) * THRESHOLD_COLUMNS;
    into[index] = (into[index] ?? 0) + 1;
    if ((found.numbers[row] ?? 0) <= withinMicros) into[index + 1] = (into[index + 1] ?? 0) + 1;
  }
}

export function packThresholdWeek(counts: Uint32Array): Uint8Array {
  const writer = new PackedWriter();
  writeHours(writer, counts, THRESHOLD_COLUMNS);
  return writer.finish();
}

/** What `packThresholdWeek` packed. Throws `RollupError`. */
export function unpackThresholdWeek(bytes: Uint8Array): Uint32Array {
  return readHours(new PackedReader(bytes), THRESHOLD_COLUMNS);
}
