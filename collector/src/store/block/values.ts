import { TOTAL } from '@nines/shared/probes/probe.ts';
import { OUTCOME_CODES, type RunColumns, type ValueColumn } from '../run-columns.ts';
import { BlockError, ByteReader, type ByteWriter } from './byte-stream.ts';
import { readEquals, writeEquals } from './runs-of-equals.ts';
import { readNumbers, writeNumbers } from './series-of-numbers.ts';

/** Where a value was measured; released numbers never change. */
const PRESENCE = { everywhere: 0, whereUp: 1, listed: 2 } as const;

/** Only so many columns before a total can be its parts: a bit each. */
const MAX_PARTS = 30;

/** The columns of all values, each of a length that a reader can skip. The total comes last: it is told by its parts. */
export function writeValues(writer: ByteWriter, { values, outcomes }: RunColumns, newWriter: () => ByteWriter): void {
  const ordered = [...values.filter(({ name }) => name !== TOTAL), ...values.filter(({ name }) => name === TOTAL)];
  writer.number(ordered.length);
  for (const column of ordered) {
    const inner = newWriter();
    writePresence(inner, column.present, outcomes);
    const parts = column.name === TOTAL ? partsOf(column, ordered) : 0;
    inner.number(parts);
    const numbers = numbersPresent(column);
    writeNumbers(inner, numbers, parts === 0 ? null : sumOfParts(ordered, parts, column.present));
    writer.text(column.name);
    writer.bytes(inner.written());
  }
}

/** The columns that are wanted, by name; all without. Throws `BlockError`. */
export function readValues(
  reader: ByteReader,
  outcomes: Uint8Array,
  wanted: ReadonlySet<string> | undefined,
): ValueColumn[] {
  const stored = Array.from({ length: reader.number() }, () => ({ name: reader.text(), bytes: reader.bytes() }));
  const read: (ValueColumn | undefined)[] = [];
  const column = (index: number): ValueColumn => {
    const found = stored[index];
    if (found === undefined) throw new BlockError(`there is no column ${index}`);
    read[index] ??= readColumn(found.name, new ByteReader(found.bytes), outcomes, column);
    return read[index];
  };
  return stored
    .flatMap(({ name }, index) => (wanted === undefined || wanted.has(name) ? [column(index)] : []))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

function readColumn(
  name: string,
  reader: ByteReader,
  outcomes: Uint8Array,
  column: (index: number) => ValueColumn,
): ValueColumn {
  const present = readPresence(reader, outcomes);
  const parts = reader.number();
  const count = present.reduce((total, one) => total + one, 0);
  const expected = () => {
    const columns: ValueColumn[] = [];
    for (let index = 0; index < MAX_PARTS; index++) if ((parts >>> index) & 1) columns[index] = column(index);
    return sumOfParts(columns, parts, present);
  };
  const found = readNumbers(reader, count, expected);
  if (count === present.length) return { name, present, numbers: found };
  const numbers = new Float64Array(present.length);
  let next = 0;
  for (let row = 0; row < present.length; row++) if (present[row] === 1) numbers[row] = found[next++] ?? 0;
  return { name, present, numbers };
}

function numbersPresent({ present, numbers }: ValueColumn): Float64Array {
  return present.includes(0) ? numbers.filter((_, row) => present[row] === 1) : numbers;
}

/** A bit for each column that may be a part of the total: it varies, and nowhere exceeds it. */
function partsOf(total: ValueColumn, columns: readonly ValueColumn[]): number {
  let parts = 0;
  for (const [index, { name, numbers }] of columns.entries()) {
    if (name === TOTAL || index >= MAX_PARTS) continue;
    const first = numbers[0];
    const isPart = numbers.every(
      (number, row) => number >= 0 && (total.present[row] === 0 || number <= (total.numbers[row] ?? 0)),
    );
    if (isPart && numbers.some((number) => number !== first)) parts |= 1 << index;
  }
  return parts;
}

/** For each row where the total is present. */
function sumOfParts(columns: readonly ValueColumn[], parts: number, present: Uint8Array): Float64Array {
  const sum = new Float64Array(present.length);
  for (const [index, column] of columns.entries()) {
    if (index >= MAX_PARTS || ((parts >>> index) & 1) === 0) continue;
    for (let row = 0; row < sum.length; row++) sum[row] = (sum[row] ?? 0) + (column.numbers[row] ?? 0);
  }
  return present.includes(0) ? sum.filter((_, row) => present[row] === 1) : sum;
}

function writePresence(writer: ByteWriter, present: Uint8Array, outcomes: Uint8Array): void {
  const isWhereUp = present.every((one, row) => (one === 1) === (outcomes[row] === OUTCOME_CODES.up));
  if (!present.includes(0)) writer.byte(PRESENCE.everywhere);
  else if (isWhereUp) writer.byte(PRESENCE.whereUp);
  else {
    writer.byte(PRESENCE.listed);
    writeEquals(writer, present);
  }
}

function readPresence(reader: ByteReader, outcomes: Uint8Array): Uint8Array {
  const way = reader.byte();
  if (way === PRESENCE.everywhere) return new Uint8Array(outcomes.length).fill(1);
  if (way === PRESENCE.whereUp) return outcomes.map((outcome) => (outcome === OUTCOME_CODES.up ? 1 : 0));
  const present = new Uint8Array(outcomes.length);
  readEquals(reader, present);
  return present;
}
