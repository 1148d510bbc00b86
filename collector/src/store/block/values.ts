import { TOTAL } from '@nines/shared/probes/probe.ts';
import type { RunColumns, ValueColumn } from '../run-columns.ts';
import { BlockError, type ByteReader, type ByteWriter } from './byte-stream.ts';
import { binsOf, unbin } from './half-percent.ts';
import { readName, writeName } from './names.ts';
import { readNumbers, writeNumbers } from './numbers.ts';
import { partsOf, sumOfParts } from './parts.ts';
import { countOf, gather, readPresence, scatter, writePresence } from './presence.ts';

/** The byte before a column: the way of its numbers, where they are, and whether they are bins or what parts leave. */
const WAY_MASK = 15;
const PRESENCE_SHIFT = 4;
const BINNED = 64;
const LEFT_BY_PARTS = 128;

/**
 * The columns of all values, each of a length that a reader can skip. The total comes last: it is told by its parts.
 */
export function writeValues(writer: ByteWriter, { values, outcomes }: RunColumns): void {
  const ordered = [...values.filter(({ name }) => name !== TOTAL), ...values.filter(({ name }) => name === TOTAL)];
  writer.number(ordered.length);
  for (const column of ordered) {
    const inner = writer.part();
    const kind = writeColumn(inner, column, { ordered, outcomes });
    writeName(writer, column.name);
    writer.byte(kind);
    writer.bytes(inner.written());
  }
}

interface Surroundings {
  readonly ordered: readonly ValueColumn[];
  readonly outcomes: Uint8Array;
}

function writeColumn(writer: ByteWriter, column: ValueColumn, { ordered, outcomes }: Surroundings): number {
  const { name, present } = column;
  const presence = writePresence(writer, present, outcomes) << PRESENCE_SHIFT;
  const numbers = gather(column.numbers, present);
  const bins = binsOf(numbers);
  if (bins !== null) return presence | BINNED | writeNumbers(writer, bins);
  const parts = name === TOTAL ? partsOf(column, ordered) : 0;
  const left = parts === 0 ? null : leftByParts(column, ordered, parts);
  if (left === null) return presence | writeNumbers(writer, numbers);
  writer.number(parts);
  return presence | LEFT_BY_PARTS | writeNumbers(writer, gather(left, present));
}

/** `null` when the numbers are too great for exact sums. */
function leftByParts({ numbers }: ValueColumn, ordered: readonly ValueColumn[], parts: number): Float64Array | null {
  const left = sumOfParts((index) => ordered[index]?.numbers ?? numbers, parts, numbers.length);
  for (let row = 0; row < left.length; row++) {
    const number = (numbers[row] ?? 0) - (left[row] ?? 0);
    if (!Number.isSafeInteger(number) || !Number.isSafeInteger(left[row])) return null;
    left[row] = number;
  }
  return left;
}

interface StoredColumn {
  readonly name: string;
  readonly kind: number;
  readonly reader: ByteReader;
}

/** The columns that are wanted, by name; all without. Throws `BlockError`. */
export function readValues(
  reader: ByteReader,
  outcomes: Uint8Array,
  wanted: ReadonlySet<string> | undefined,
): ValueColumn[] {
  const stored: StoredColumn[] = [];
  for (let left = reader.number(); left > 0; left--) {
    stored.push({ name: readName(reader), kind: reader.byte(), reader: reader.part() });
  }
  const read: (ValueColumn | undefined)[] = [];
  const column = (index: number): ValueColumn => {
    const found = stored[index];
    if (found === undefined) throw new BlockError(`there is no column ${index}`);
    read[index] ??= readColumn(found, outcomes, (part) => {
      if (part >= index) throw new BlockError('a column is a part of itself');
      return column(part).numbers;
    });
    return read[index];
  };
  return stored
    .flatMap(({ name }, index) => (wanted === undefined || wanted.has(name) ? [column(index)] : []))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

function readColumn(
  { name, kind, reader }: StoredColumn,
  outcomes: Uint8Array,
  numbersOf: (index: number) => Float64Array,
): ValueColumn {
  const present = readPresence(reader, (kind >>> PRESENCE_SHIFT) & 3, outcomes);
  const parts = (kind & LEFT_BY_PARTS) === 0 ? 0 : reader.number();
  const dense = readNumbers(reader, kind & WAY_MASK, countOf(present));
  if ((kind & BINNED) !== 0 && !unbin(dense)) throw new BlockError('a number is in no bin');
  const numbers = scatter(dense, present);
  if (parts > 0) {
    const sum = sumOfParts(numbersOf, parts, present.length);
    for (let row = 0; row < sum.length; row++)
      if (present[row] === 1) numbers[row] = (numbers[row] ?? 0) + (sum[row] ?? 0);
  }
  return { name, present, numbers };
}
