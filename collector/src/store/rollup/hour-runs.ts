import { type PackedReader, type PackedWriter, RollupError } from './packed.ts';

export const WEEK_HOURS = 168;

/** Writes a week's counts, `width` columns beside one another for each hour; equal hours in a row are written once. */
export function writeHours(writer: PackedWriter, counts: Uint32Array, width: number): void {
  for (let hour = 0; hour < WEEK_HOURS; ) {
    let end = hour + 1;
    while (end < WEEK_HOURS && isSameHour(counts, width, hour, end)) end++;
    writer.number(end - hour);
    for (let column = 0; column < width; column++) writer.number(counts[hour * width + column] ?? 0);
    hour = end;
  }
}

/** The counts that `writeHours` wrote. Throws `RollupError`. */
export function readHours(reader: PackedReader, width: number): Uint32Array {
  const counts = new Uint32Array(WEEK_HOURS * width);
  for (let hour = 0; hour < WEEK_HOURS; ) {
    const end = hour + reader.number();
    if (end === hour || end > WEEK_HOURS) throw new RollupError('packed hours do not make a week');
    for (let column = 0; column < width; column++) {
      const count = reader.number();
      if (count === 0) continue;
      for (let at = hour; at < end; at++) counts[at * width + column] = count;
    }
    hour = end;
  }
  return counts;
}

function isSameHour(counts: Uint32Array, width: number, a: number, b: number): boolean {
  for (let column = 0; column < width; column++) {
    if (counts[a * width + column] !== counts[b * width + column]) return false;
  }
  return true;
}
