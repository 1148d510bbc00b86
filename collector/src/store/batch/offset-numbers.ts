import { BlockError, type ByteReader, type ByteWriter, type Rows } from '../block/byte-stream.ts';

/** Written as doubles: they are further apart than four bytes tell. */
const DOUBLES = 8;
const MAX_WIDTH = 4;

/** Writes safe integers as how far each is above the least of them. */
export function writeOffsets(writer: ByteWriter, numbers: readonly (number | null)[]): void {
  const count = numbers.length;
  let least = Number.POSITIVE_INFINITY;
  let greatest = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < count; i++) {
    const number = numbers[i] ?? 0;
    if (number < least) least = number;
    if (number > greatest) greatest = number;
  }
  const range = count === 0 ? 0 : greatest - least;
  if (range >= 2 ** 32) {
    writeDoubles(writer, numbers);
    return;
  }
  const width = Math.ceil((32 - Math.clz32(range)) / 8);
  writer.byte(width);
  // Adding 0 makes 0 of -0: nobody measured a sign.
  writer.signed(count === 0 ? 0 : least + 0);
  writer.offsets(numbers, count, { width, least });
}

/** Fills in what `writeOffsets` wrote. Throws `BlockError`. */
export function readOffsets(reader: ByteReader, into: { [row: number]: number }, rows: Rows): void {
  const width = reader.byte();
  if (width === DOUBLES) readDoubles(reader, into, rows);
  else if (width <= MAX_WIDTH) reader.offsets(into, { width, least: reader.signed() }, rows);
  else throw new BlockError(`numbers have the unknown width ${width}; update the collector`);
}

function writeDoubles(writer: ByteWriter, numbers: readonly (number | null)[]): void {
  const bytes = Buffer.alloc(8 * numbers.length);
  for (const [index, number] of numbers.entries()) bytes.writeDoubleLE((number ?? 0) + 0, 8 * index);
  writer.byte(DOUBLES);
  writer.raw(bytes);
}

function readDoubles(reader: ByteReader, into: { [row: number]: number }, { first, end }: Rows): void {
  const bytes = reader.raw(8 * (end - first));
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let row = first; row < end; row++) into[row] = view.getFloat64(8 * (row - first), true);
}
