import type { ByteReader, ByteWriter } from './byte-stream.ts';
import { readEquals, writeEquals } from './runs-of-equals.ts';
import { readNumbers, writeNumbers } from './series-of-numbers.ts';

const GRID = 1;
const FREE = 0;

/**
 * Instants of an agent lie on the grid of their interval, some milliseconds beside it. Written are the steps along the
 * grid (nearly always 1) and how far each is beside it: differences of differences would triple the jitter's cost.
 */
export function writeInstants(writer: ByteWriter, atMs: Float64Array, everyMs: Float64Array): void {
  const every = everyMs[0] ?? 0;
  const startMs = atMs[0] ?? 0;
  const places = atMs.map((at) => Math.round((at - startMs) / every));
  const isGrid = everyMs.every((one) => one === every) && (places.at(-1) ?? 0) < 64 * atMs.length + 64;
  if (!isGrid) {
    writer.byte(FREE);
    writeNumbers(writer, atMs, null);
    return;
  }
  const beside = atMs.map((at, index) => at - startMs - (places[index] ?? 0) * every);
  const least = beside.reduce((a, b) => Math.min(a, b), 0);
  writer.byte(GRID);
  writer.number(startMs);
  writer.number(-least);
  writeEquals(
    writer,
    places.map((place, index) => place - (index === 0 ? 0 : (places[index - 1] ?? 0))),
  );
  writeNumbers(
    writer,
    beside.map((one) => one - least),
    null,
  );
}

/** What `writeInstants` wrote. Throws `BlockError`. */
export function readInstants(reader: ByteReader, everyMs: Float64Array): Float64Array {
  const { length } = everyMs;
  const never = () => new Float64Array(length);
  if (reader.byte() === FREE) return readNumbers(reader, length, never);
  const startMs = reader.number();
  const least = -reader.number();
  const steps = new Float64Array(length);
  readEquals(reader, steps);
  const beside = readNumbers(reader, length, never);
  let place = 0;
  return beside.map((one, index) => {
    place += steps[index] ?? 0;
    return startMs + place * (everyMs[index] ?? 0) + one + least;
  });
}
