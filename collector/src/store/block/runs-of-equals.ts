import { BlockError, type ByteReader, type ByteWriter } from './byte-stream.ts';

/** Non-negative integers that seldom change: pairs of a length and a value. */
export function writeEquals(writer: ByteWriter, values: ArrayLike<number>): void {
  for (let first = 0; first < values.length; ) {
    let end = first + 1;
    while (end < values.length && values[end] === values[first]) end++;
    writer.number(end - first);
    writer.number(values[first] ?? 0);
    first = end;
  }
}

/** Fills `into` with what was written. Throws `BlockError`. */
export function readEquals(
  reader: ByteReader,
  into: { readonly length: number; fill(value: number, start: number, end: number): unknown },
): void {
  for (let first = 0; first < into.length; ) {
    const end = first + reader.number();
    if (end === first || end > into.length) throw new BlockError('runs of equal numbers do not fit');
    into.fill(reader.number(), first, end);
    first = end;
  }
}

/** Leaves out what was written of so many. Throws `BlockError`. */
export function skipEquals(reader: ByteReader, length: number): void {
  readEquals(reader, { length, fill: () => {} });
}
