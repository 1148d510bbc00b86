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

/** What `writeHours` wrote as it stands: a number of hours, then their counts, row by row. Throws `RollupError`. */
export function readHourRows(reader: PackedReader, width: number): number[] {
  const rows: number[] = [];
  for (let hour = 0; hour < WEEK_HOURS; ) {
    const hours = reader.number();
    hour += hours;
    if (hours === 0 || hour > WEEK_HOURS) throw new RollupError('packed hours do not make a week');
    rows.push(hours);
    for (let column = 0; column < width; column++) rows.push(reader.number());
  }
  return rows;
}

/** The counts that `writeHours` wrote. Throws `RollupError`. */
export function readHours(reader: PackedReader, width: number): Uint32Array {
  const counts = new Uint32Array(WEEK_HOURS * width);
  const rows = readHourRows(reader, width);
  for (let at = 0, hour = 0; at < rows.length; at += 1 + width) {
    const end = hour + (rows[at] ?? 0);
    for (; hour < end; hour++) {
      for (let column = 0; column < width; column++) counts[hour * width + column] = rows[at + 1 + column] ?? 0;
    }
  }
  return counts;
}

function isSameHour(counts: Uint32Array, width: number, a: number, b: number): boolean {
  for (let column = 0; column < width; column++) {
    if (counts[a * width + column] !== counts[b * width + column]) return false;
  }
  return true;
}
