import { zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { LatencySketch } from './latency-sketch.ts';
import { PackedReader, PackedWriter } from './packed.ts';

const DAY_HOURS = 24;

/** The sketches of a day's hours, `null` where nothing was measured. */
export type HourSketches = (LatencySketch | null)[];

export function noHours(): HourSketches {
  return new Array<LatencySketch | null>(DAY_HOURS).fill(null);
}

/**
 * The counts of all hours over the range of bins that any of them uses, packed by zstd: a hundred runs an hour leave
 * small counts, which its entropy coder brings to less than two bits each. A CRC-32 is around all of it.
 */
export function packHours(sketches: Readonly<HourSketches>): Uint8Array {
  const measured = sketches.filter((one) => one !== null);
  const low = Math.min(...measured.map((one) => one.lowestBin));
  const high = Math.max(...measured.map((one) => one.highestBin));
  const counts = new PackedWriter();
  counts.number(measured.length === 0 ? 0 : low);
  counts.number(measured.length === 0 ? 0 : high - low + 1);
  for (const sketch of sketches) {
    for (let bin = low; bin <= high; bin++) counts.number(sketch?.countOf(bin) ?? 0);
  }
  const writer = new PackedWriter();
  writer.bytes(zstdCompressSync(counts.finish()));
  return writer.finish();
}

/** What `packHours` packed. Throws `RollupError`. */
export function unpackHours(bytes: Uint8Array): HourSketches {
  const reader = new PackedReader(zstdDecompressSync(new PackedReader(bytes).bytes()));
  const low = reader.number();
  const width = reader.number();
  return Array.from({ length: DAY_HOURS }, () => {
    const sketch = new LatencySketch();
    for (let bin = low; bin < low + width; bin++) {
      const count = reader.number();
      if (count > 0) sketch.addBin(bin, count);
    }
    return sketch.count === 0 ? null : sketch;
  });
}

/** Adds the hours `[first, end)` of what `packHours` packed to a sketch, making no others. Throws `RollupError`. */
export function mergeHours(sketch: LatencySketch, bytes: Uint8Array, hours: { first: number; end: number }): void {
  const reader = new PackedReader(zstdDecompressSync(new PackedReader(bytes).bytes()));
  const low = reader.number();
  const width = reader.number();
  for (let hour = 0; hour < hours.end; hour++) {
    for (let bin = low; bin < low + width; bin++) {
      const count = reader.number();
      if (count > 0 && hour >= hours.first) sketch.addBin(bin, count);
    }
  }
}
