import { BlockError, type ByteReader, type Rows } from '../block/byte-stream.ts';
import { readName } from '../block/names.ts';
import { readEquals } from '../block/runs-of-equals.ts';
import { OUTCOME_CODES, OUTCOMES } from '../run-columns.ts';
import { readOffsets } from './offset-numbers.ts';

/** Columns of one series that rows are read into; all are as long as `extend` made them. */
export interface RunCells {
  /** Makes room for so many more rows, made at one interval, and returns the first of them. */
  extend(rows: number, everyMs: number): number;
  readonly atMs: Float64Array;
  /** `OUTCOME_CODES`. */
  readonly outcomes: Uint8Array;
  readonly reasons: Uint16Array;
  /** The number that stands for a reason in `reasons`. */
  reasonOf(name: string): number;
  /** The column of a value; rows in which it was not measured stay 0 in both. */
  column(name: string): { readonly present: Uint8Array; readonly numbers: Float64Array };
}

/** Reads the observations of one check behind what is in the cells; returns how many. Throws `BlockError`. */
export function readRuns(reader: ByteReader, cellsOf: (check: string) => RunCells): number {
  const cells = cellsOf(reader.text());
  const everyMs = reader.number();
  const length = reader.number();
  const first = cells.extend(length, everyMs);
  const rows = { first, end: first + length };
  readOffsets(reader, cells.atMs, rows);
  if (reader.byte() === 1) fill(cells.outcomes, OUTCOME_CODES.up, rows);
  else readOutcomes(reader, cells, rows);
  for (let left = reader.number(); left > 0; left--) {
    const { present, numbers } = cells.column(readName(reader));
    if (reader.byte() === 1) {
      fill(present, 1, rows);
      readOffsets(reader, numbers, rows);
    } else {
      readEquals(reader, present.subarray(first, rows.end));
      readSparse(reader, { present, numbers }, rows);
    }
  }
  return length;
}

/** A call of `fill` costs more than the few rows that a batch has of a check. */
function fill(cells: Uint8Array, value: number, { first, end }: Rows): void {
  for (let row = first; row < end; row++) cells[row] = value;
}

function readOutcomes(reader: ByteReader, cells: RunCells, { first, end }: Rows): void {
  readEquals(reader, cells.outcomes.subarray(first, end));
  const reasons = Array.from({ length: reader.number() }, () => cells.reasonOf(reader.text()));
  for (let row = first; row < end; row++) {
    const outcome = cells.outcomes[row] ?? 0;
    if (outcome === OUTCOME_CODES.up) continue;
    const reason = reasons[reader.number()];
    if (reason === undefined || outcome >= OUTCOMES.length) throw new BlockError('an outcome is none');
    cells.reasons[row] = reason;
  }
}

/** Numbers of those rows only in which there is one. */
function readSparse(
  reader: ByteReader,
  { present, numbers }: ReturnType<RunCells['column']>,
  { first, end }: Rows,
): void {
  let count = 0;
  for (let row = first; row < end; row++) count += present[row] ?? 0;
  const dense = new Float64Array(count);
  readOffsets(reader, dense, { first: 0, end: count });
  for (let row = first, next = 0; row < end; row++) if (present[row] === 1) numbers[row] = dense[next++] ?? 0;
}
