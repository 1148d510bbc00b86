import { BlockError, type ByteReader, type ByteWriter } from './byte-stream.ts';
import { readNumbers, writeNumbers } from './numbers.ts';
import { readEquals, skipEquals, writeEquals } from './runs-of-equals.ts';

/** Added to the way of the numbers when they lie beside a grid. */
const GRID = 16;

/** Instants further apart than this have no grid worth following. */
const MAX_PLACES = 2 ** 30;

/**
 * Instants of an agent lie on the grid of their interval, some milliseconds beside it. Written are the steps along the
 * grid (nearly always 1) and how far each is beside it: differences of differences would triple the jitter's cost.
 */
export function writeInstants(writer: ByteWriter, atMs: Float64Array, everyMs: Float64Array): void {
  const steps = stepsOnGrid(atMs, everyMs);
  const inner = writer.part();
  if (steps === null) {
    const way = writeNumbers(inner, atMs);
    writer.byte(way);
    writer.bytes(inner.written());
    return;
  }
  const every = everyMs[0] ?? 0;
  const startMs = atMs[0] ?? 0;
  const beside = new Float64Array(atMs.length);
  let place = 0;
  for (let i = 0; i < atMs.length; i++) {
    place += steps[i] ?? 0;
    beside[i] = (atMs[i] ?? 0) - startMs - place * every;
  }
  const way = writeNumbers(inner, beside);
  writer.byte(way | GRID);
  writeEquals(writer, steps.subarray(1));
  writer.bytes(inner.written());
}

/** How many places each is behind the one before; `null` when there is no one grid. */
function stepsOnGrid(atMs: Float64Array, everyMs: Float64Array): Float64Array | null {
  const every = everyMs[0] ?? 0;
  const startMs = atMs[0] ?? 0;
  const isNear = Math.abs(startMs) < 2 ** 51 && Math.abs(atMs[atMs.length - 1] ?? 0) < 2 ** 51;
  if (every < 1 || !isNear) return null;
  const steps = new Float64Array(atMs.length);
  let last = 0;
  for (let i = 0; i < atMs.length; i++) {
    const place = Math.round(((atMs[i] ?? 0) - startMs) / every);
    if (everyMs[i] !== every || place < last || place > MAX_PLACES) return null;
    steps[i] = place - last;
    last = place;
  }
  return steps;
}

/** What `writeInstants` wrote, with the first instant as the header has it. Throws `BlockError`. */
export function readInstants(reader: ByteReader, startMs: number, everyMs: Float64Array): Float64Array {
  const { length } = everyMs;
  const way = reader.byte();
  if (way < GRID) return readNumbers(reader.part(), way, length);
  if (length === 0) throw new BlockError('no instants lie on a grid');
  const steps = new Float64Array(length);
  readEquals(reader, steps.subarray(1));
  const instants = readNumbers(reader.part(), way - GRID, length);
  const every = everyMs[0] ?? 0;
  let place = 0;
  for (let i = 0; i < length; i++) {
    place += steps[i] ?? 0;
    instants[i] = startMs + place * every + (instants[i] ?? 0);
  }
  return instants;
}

/** Leaves out what `writeInstants` wrote of so many. Throws `BlockError`. */
export function skipInstants(reader: ByteReader, length: number): void {
  if (reader.byte() >= GRID) skipEquals(reader, length - 1);
  reader.bytes();
}
