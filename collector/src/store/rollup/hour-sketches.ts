import { BlockError, ByteReader, ByteWriter } from '../block/byte-stream.ts';
import { MAX_INTEGERS, readIntegers, writeIntegers } from '../block/coded-integers.ts';
import { LatencySketch } from './latency-sketch.ts';
import { PackedReader, PackedWriter, RollupError } from './packed.ts';

const DAY_HOURS = 24;

/** The sketches of a day's hours, `null` where nothing was measured. */
export type HourSketches = (LatencySketch | null)[];

/** A hundred runs an hour leave small counts: up to 7 each has a code of its own. */
const COUNTS = { width: 0, fine: 2 };

export function noHours(): HourSketches {
  return new Array<LatencySketch | null>(DAY_HOURS).fill(null);
}

/**
 * For each hour its lowest bin and how many follow from there on; then the counts of all of them, hour by hour, as coded
 * integers (`block/LAYOUT.md`) of up to 4,096 a piece. A CRC-32 is around all of it.
 */
export function packHours(sketches: Readonly<HourSketches>): Uint8Array {
  const writer = new PackedWriter();
  const counts: number[] = [];
  for (const sketch of sketches) {
    const low = sketch?.lowestBin ?? 0;
    const width = sketch === null ? 0 : sketch.highestBin - low + 1;
    writer.number(low);
    writer.number(width);
    for (let bin = low; bin < low + width; bin++) counts.push(sketch?.countOf(bin) ?? 0);
  }
  const piece = new ByteWriter();
  for (let first = 0; first < counts.length; first += MAX_INTEGERS) {
    piece.clear();
    writeIntegers(piece, Float64Array.from(counts.slice(first, first + MAX_INTEGERS)), COUNTS);
    writer.bytes(piece.written());
  }
  return writer.finish();
}

/** What `packHours` packed. Throws `RollupError`. */
export function unpackHours(bytes: Uint8Array): HourSketches {
  const hours = noHours();
  readHours(bytes, { first: 0, end: DAY_HOURS }, (hour, bin, count) => {
    const sketch = hours[hour] ?? new LatencySketch();
    hours[hour] = sketch;
    sketch.addBin(bin, count);
  });
  return hours;
}

/** Adds the hours `[first, end)` of what `packHours` packed to a sketch, making no others. Throws `RollupError`. */
export function mergeHours(sketch: LatencySketch, bytes: Uint8Array, hours: Hours): void {
  readHours(bytes, hours, (_, bin, count) => sketch.addBin(bin, count));
}

interface Hours {
  readonly first: number;
  readonly end: number;
}

function readHours(bytes: Uint8Array, hours: Hours, add: (hour: number, bin: number, count: number) => void): void {
  const reader = new PackedReader(bytes);
  const ranges = Array.from({ length: DAY_HOURS }, () => ({ low: reader.number(), width: reader.number() }));
  let left = ranges.reduce((sum, { width }) => sum + width, 0);
  let piece: Float64Array = new Float64Array();
  let at = 0;
  for (const [hour, { low, width }] of ranges.entries()) {
    for (let bin = low; bin < low + width; bin++, at++) {
      if (at === piece.length) {
        piece = readPiece(reader, Math.min(left, MAX_INTEGERS));
        left -= piece.length;
        at = 0;
      }
      const count = piece[at] ?? 0;
      if (count > 0 && hour >= hours.first && hour < hours.end) add(hour, bin, count);
    }
  }
}

function readPiece(reader: PackedReader, length: number): Float64Array {
  try {
    return readIntegers(new ByteReader(reader.bytes()), length, 0);
  } catch (error) {
    if (!(error instanceof BlockError)) throw error;
    throw new RollupError('the counts of hours cannot be read', { cause: error });
  }
}
