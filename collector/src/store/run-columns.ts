import type { Outcome } from '@nines/shared/observation.ts';

/** The number that stands for an outcome in columns and in the file; released ones never change. */
export const OUTCOME_CODES: Readonly<Record<Outcome, number>> = { down: 0, up: 1, unknown: 2 };

/** Code → outcome. */
export const OUTCOMES: readonly Outcome[] = ['down', 'up', 'unknown'];

/** One value of some runs. Where `present` is 0 nothing was measured and the number is 0. */
export interface ValueColumn {
  readonly name: string;
  readonly present: Uint8Array;
  /** Safe integers in the unit that the probe type declares. */
  readonly numbers: Float64Array;
}

/**
 * Observations of one series (a check as one agent sees it) in columns of equal length, ascending by instant. Several
 * may share an instant; all are kept, in the canonical order of `RunsBuilder`.
 */
export interface RunColumns {
  readonly length: number;
  readonly atMs: Float64Array;
  /** The check's interval when the run was made. */
  readonly everyMs: Float64Array;
  /** `OUTCOME_CODES`. */
  readonly outcomes: Uint8Array;
  /** Index in `reasonNames`, plus one; 0 for a run that is up. */
  readonly reasons: Uint16Array;
  /** Ascending, each used. */
  readonly reasonNames: readonly string[];
  /** Ascending by name, each with at least one number. */
  readonly values: readonly ValueColumn[];
}

/** Not one. */
export const NO_RUNS: RunColumns = {
  length: 0,
  atMs: new Float64Array(),
  everyMs: new Float64Array(),
  outcomes: new Uint8Array(),
  reasons: new Uint16Array(),
  reasonNames: [],
  values: [],
};

/** What the runs of some rows reported that were up. */
export function numbersOfUp(
  { present, numbers }: ValueColumn,
  outcomes: Uint8Array,
  { first, end }: { readonly first: number; readonly end: number },
): Float64Array {
  const found = new Float64Array(end - first);
  let count = 0;
  if (!present.includes(0)) {
    // Nearly all are up: what lies between two that are not is copied as one.
    for (let row = first; row < end; row++) {
      const next = nextNotUp(outcomes, row, end);
      found.set(numbers.subarray(row, next), count);
      count += next - row;
      row = next;
    }
    return found.subarray(0, count);
  }
  for (let row = first; row < end; row++) {
    if (present[row] === 1 && outcomes[row] === OUTCOME_CODES.up) found[count++] = numbers[row] ?? 0;
  }
  return found.subarray(0, count);
}

function nextNotUp(outcomes: Uint8Array, row: number, end: number): number {
  const down = outcomes.indexOf(OUTCOME_CODES.down, row);
  const unknown = outcomes.indexOf(OUTCOME_CODES.unknown, row);
  return Math.min(down === -1 ? end : down, unknown === -1 ? end : unknown, end);
}

/** Whether both hold the same observations in the same order. */
export function sameRuns(a: RunColumns, b: RunColumns): boolean {
  return (
    a.length === b.length &&
    sameCells(a.atMs, b.atMs) &&
    sameCells(a.everyMs, b.everyMs) &&
    sameCells(a.outcomes, b.outcomes) &&
    sameCells(a.reasons, b.reasons) &&
    a.reasonNames.length === b.reasonNames.length &&
    a.reasonNames.every((name, index) => name === b.reasonNames[index]) &&
    a.values.length === b.values.length &&
    a.values.every((value, index) => sameValues(value, b.values[index]))
  );
}

function sameValues(a: ValueColumn, b: ValueColumn | undefined): boolean {
  return b !== undefined && a.name === b.name && sameCells(a.present, b.present) && sameCells(a.numbers, b.numbers);
}

type Cells = Float64Array | Uint16Array | Uint8Array;

function sameCells(a: Cells, b: Cells): boolean {
  if (a.length !== b.length) return false;
  // Bytes are compared at once; 0 and -0 are the same number in other bytes.
  if (Buffer.compare(bytesOf(a), bytesOf(b)) === 0) return true;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

function bytesOf({ buffer, byteOffset, byteLength }: Cells): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}
