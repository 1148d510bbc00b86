import { OUTCOME_CODES, type RunColumns, type ValueColumn } from '../run-columns.ts';
import { BlockError, ByteReader } from './byte-stream.ts';
import { readLayout1Numbers } from './layout-1-numbers.ts';
import { sumOfParts } from './parts.ts';
import { countOf, gather, scatter } from './presence.ts';
import { readEquals } from './runs-of-equals.ts';

/** Reads the body of a block of layout 1, which is written no more. Throws `BlockError`. */
export function readLayout1(reader: ByteReader, length: number, wanted?: ReadonlySet<string>): RunColumns {
  const everyMs = new Float64Array(length);
  readEquals(reader, everyMs);
  const atMs = readInstants(reader, everyMs);
  const outcomes = new Uint8Array(length);
  readEquals(reader, outcomes);
  const reasonNames = Array.from({ length: reader.number() }, () => reader.text());
  const reasons = new Uint16Array(length);
  if (reasonNames.length > 0) readEquals(reader, reasons);
  return { length, atMs, everyMs, outcomes, reasons, reasonNames, values: readValues(reader, outcomes, wanted) };
}

function readInstants(reader: ByteReader, everyMs: Float64Array): Float64Array {
  const { length } = everyMs;
  const never = () => new Float64Array(length);
  if (reader.byte() === 0) return readLayout1Numbers(reader, length, never);
  const startMs = reader.number();
  const least = -reader.number();
  const steps = new Float64Array(length);
  readEquals(reader, steps);
  const beside = readLayout1Numbers(reader, length, never);
  let place = 0;
  return beside.map((one, index) => {
    place += steps[index] ?? 0;
    return startMs + place * (everyMs[index] ?? 0) + one + least;
  });
}

function readValues(reader: ByteReader, outcomes: Uint8Array, wanted?: ReadonlySet<string>): ValueColumn[] {
  const stored = Array.from({ length: reader.number() }, () => ({ name: reader.text(), bytes: reader.bytes() }));
  const column = (index: number): ValueColumn => {
    const found = stored[index];
    if (found === undefined) throw new BlockError(`there is no column ${index}`);
    return readColumn(found.name, new ByteReader(found.bytes), { outcomes, column });
  };
  return stored
    .flatMap(({ name }, index) => (wanted === undefined || wanted.has(name) ? [column(index)] : []))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

interface Surroundings {
  readonly outcomes: Uint8Array;
  readonly column: (index: number) => ValueColumn;
}

function readColumn(name: string, reader: ByteReader, { outcomes, column }: Surroundings): ValueColumn {
  const present = readPresence(reader, outcomes);
  const parts = reader.number();
  const sum = () => sumOfParts((index) => column(index).numbers, parts, present.length);
  const dense = readLayout1Numbers(reader, countOf(present), () => gather(sum(), present));
  return { name, present, numbers: scatter(dense, present) };
}

function readPresence(reader: ByteReader, outcomes: Uint8Array): Uint8Array {
  const way = reader.byte();
  if (way === 0) return new Uint8Array(outcomes.length).fill(1);
  if (way === 1) return outcomes.map((outcome) => (outcome === OUTCOME_CODES.up ? 1 : 0));
  const present = new Uint8Array(outcomes.length);
  readEquals(reader, present);
  return present;
}
