import { outcomeOf } from '@nines/shared/observation.ts';
import type { CheckColumns } from '@nines/shared/wire.ts';
import type { RunCells } from './batch/packed-runs.ts';
import { OUTCOME_CODES, type RunColumns } from './run-columns.ts';

interface Column {
  readonly name: string;
  present: Uint8Array;
  numbers: Float64Array;
}

/** Rows that there is room for at first, unless somebody knows better. */
const FIRST_ROWS = 64;

/**
 * Gathers observations of one series, in any order, and puts them into canonical columns. All in typed arrays: boxed
 * numbers of half a million observations would keep the garbage collector busier than everything else.
 */
export class RunsBuilder implements RunCells {
  #atMs: Float64Array;
  #everyMs: Float64Array;
  #outcomes: Uint8Array;
  /** Row → index in `#reasonNames`, plus one. */
  #reasons: Uint16Array;
  #reasonNames: string[] = [];
  readonly #columns: Column[] = [];
  #length = 0;
  /** Where the next column is expected. */
  #nextColumn = 0;

  constructor(expectedRows = FIRST_ROWS) {
    this.#atMs = new Float64Array(expectedRows);
    this.#everyMs = new Float64Array(expectedRows);
    this.#outcomes = new Uint8Array(expectedRows);
    this.#reasons = new Uint16Array(expectedRows);
  }

  get length(): number {
    return this.#length;
  }

  /** Adds the rows `[first, end)` of some columns as they travel. */
  addColumns(columns: CheckColumns, first = 0, end = columns.at_ms.length): void {
    const { at_ms: instants, up, every_ms: everyMs } = columns;
    const start = this.extend(end - first, everyMs);
    for (let i = first, row = start; i < end; i++, row++) {
      this.#atMs[row] = instants[i] ?? 0;
      const outcome = up[i];
      this.#outcomes[row] = outcome === 1 ? OUTCOME_CODES.up : OUTCOME_CODES[outcomeOf(outcome)];
      if (outcome !== 1) this.#reasons[row] = this.reasonOf(columns.reasons[i] ?? '');
    }
    for (const name in columns.values) {
      const given = columns.values[name];
      if (given === undefined) continue;
      const { present, numbers } = this.column(name);
      for (let i = first, row = start; i < end; i++, row++) {
        const value = given[i] ?? null;
        if (value === null) continue;
        present[row] = 1;
        // Adding 0 makes 0 of -0: nobody measured a sign.
        numbers[row] = value + 0;
      }
    }
  }

  /** Adds what was put into columns before. */
  addRuns(runs: RunColumns): void {
    const start = this.extend(runs.length, 0);
    this.#atMs.set(runs.atMs, start);
    this.#everyMs.set(runs.everyMs, start);
    this.#outcomes.set(runs.outcomes, start);
    const reasons = [0, ...runs.reasonNames.map((name) => this.reasonOf(name))];
    for (let i = 0; i < runs.length; i++) this.#reasons[start + i] = reasons[runs.reasons[i] ?? 0] ?? 0;
    for (const value of runs.values) {
      const { present, numbers } = this.column(value.name);
      present.set(value.present, start);
      numbers.set(value.numbers, start);
    }
  }

  /** Everything that was added, in canonical order: the same observations always give the same columns. */
  build(): RunColumns {
    const columns = this.#columns.sort((a, b) => (a.name < b.name ? -1 : 1));
    if (!this.#isOrdered()) this.#sort();
    const length = this.#length;
    const values = columns.map(({ name, present, numbers }) => ({
      name,
      present: present.subarray(0, length),
      numbers: numbers.subarray(0, length),
    }));
    return {
      length,
      atMs: this.#atMs.subarray(0, length),
      everyMs: this.#everyMs.subarray(0, length),
      outcomes: this.#outcomes.subarray(0, length),
      ...this.#reasonsInOrder(),
      values: values.filter(({ present }) => present.includes(1)),
    };
  }

  get atMs(): Float64Array {
    return this.#atMs;
  }

  get outcomes(): Uint8Array {
    return this.#outcomes;
  }

  get reasons(): Uint16Array {
    return this.#reasons;
  }

  extend(rows: number, everyMs: number): number {
    const start = this.#length;
    this.#nextColumn = 0;
    this.#length += rows;
    if (this.#length > this.#atMs.length) this.#grow(Math.max(this.#length, 2 * this.#atMs.length));
    for (let row = start; row < this.#length; row++) this.#everyMs[row] = everyMs;
    return start;
  }

  #grow(rows: number): void {
    this.#atMs = grown(this.#atMs, new Float64Array(rows));
    this.#everyMs = grown(this.#everyMs, new Float64Array(rows));
    this.#outcomes = grown(this.#outcomes, new Uint8Array(rows));
    this.#reasons = grown(this.#reasons, new Uint16Array(rows));
    for (const column of this.#columns) {
      column.present = grown(column.present, new Uint8Array(rows));
      column.numbers = grown(column.numbers, new Float64Array(rows));
    }
  }

  /** Forgets all observations and keeps the room for others. What `build` gave is not to be used any more. */
  clear(): void {
    this.#reasons.fill(0, 0, this.#length);
    for (const { present, numbers } of this.#columns) {
      present.fill(0, 0, this.#length);
      numbers.fill(0, 0, this.#length);
    }
    this.#reasonNames = [];
    this.#length = 0;
  }

  #isOrdered(): boolean {
    for (let row = 1; row < this.#length; row++) if ((this.#atMs[row] ?? 0) <= (this.#atMs[row - 1] ?? 0)) return false;
    return true;
  }

  reasonOf(name: string): number {
    const known = this.#reasonNames.indexOf(name);
    return known >= 0 ? known + 1 : this.#reasonNames.push(name);
  }

  /** The column of a value; rows in which it was not measured stay 0 in it. */
  column(name: string): Column {
    const expected = this.#columns[this.#nextColumn++];
    if (expected?.name === name) return expected;
    // Nearly always they come in the order of the time before.
    this.#nextColumn = this.#columns.findIndex((one) => one.name === name) + 1;
    const known = this.#columns[this.#nextColumn - 1];
    if (known !== undefined) return known;
    const rows = this.#atMs.length;
    const column = { name, present: new Uint8Array(rows), numbers: new Float64Array(rows) };
    this.#columns.push(column);
    return column;
  }

  /** Puts all columns, of which the values ascend by name, into canonical order. */
  #sort(): void {
    const compare = (a: number, b: number) => {
      const byInstant = (this.#atMs[a] ?? 0) - (this.#atMs[b] ?? 0);
      return byInstant !== 0 ? byInstant : this.#compareAtOneInstant(a, b);
    };
    const order = Uint32Array.from({ length: this.#length }, (_, row) => row).sort(compare);
    const columns = [this.#atMs, this.#everyMs, this.#outcomes, this.#reasons];
    for (const cells of columns) reorder(cells, order);
    for (const { present, numbers } of this.#columns) {
      reorder(present, order);
      reorder(numbers, order);
    }
  }

  #compareAtOneInstant(a: number, b: number): number {
    const byOutcome = (this.#outcomes[a] ?? 0) - (this.#outcomes[b] ?? 0);
    if (byOutcome !== 0) return byOutcome;
    const [reasonA, reasonB] = [this.#reasonName(a), this.#reasonName(b)];
    if (reasonA !== reasonB) return reasonA < reasonB ? -1 : 1;
    const byEvery = (this.#everyMs[a] ?? 0) - (this.#everyMs[b] ?? 0);
    if (byEvery !== 0) return byEvery;
    for (const { present, numbers } of this.#columns) {
      const byValue = (present[a] ?? 0) - (present[b] ?? 0) || (numbers[a] ?? 0) - (numbers[b] ?? 0);
      if (byValue !== 0) return byValue;
    }
    return 0;
  }

  #reasonName(row: number): string {
    return this.#reasonNames[(this.#reasons[row] ?? 0) - 1] ?? '';
  }

  #reasonsInOrder(): Pick<RunColumns, 'reasons' | 'reasonNames'> {
    const reasons = this.#reasons.subarray(0, this.#length);
    if (this.#reasonNames.length < 2) return { reasons, reasonNames: this.#reasonNames };
    const reasonNames = this.#reasonNames.toSorted();
    const places = [0, ...this.#reasonNames.map((name) => reasonNames.indexOf(name) + 1)];
    return { reasons: reasons.map((reason) => places[reason] ?? 0), reasonNames };
  }
}

type Cells = Float64Array | Uint16Array | Uint8Array;

function grown<Column extends Cells>(column: Column, wider: Column): Column {
  wider.set(column);
  return wider;
}

function reorder(cells: Cells, order: Uint32Array): void {
  const before = cells.slice();
  for (let row = 0; row < order.length; row++) cells[row] = before[order[row] ?? 0] ?? 0;
}

/** First row with an instant of at least `fromMs`, and first with one of at least `toMs`. */
export function rowsBetween(runs: RunColumns, fromMs: number, toMs: number): readonly [first: number, end: number] {
  return [lowerBound(runs, fromMs), lowerBound(runs, toMs)];
}

function lowerBound({ atMs, length }: RunColumns, instant: number): number {
  let low = 0;
  let high = length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((atMs[middle] ?? 0) < instant) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The rows `[first, end)`, as views of the same memory. */
export function sliceRuns(runs: RunColumns, first: number, end: number): RunColumns {
  if (first === 0 && end === runs.length) return runs;
  const reasons = runs.reasons.subarray(first, end);
  const values = runs.values.map(({ name, present, numbers }) => ({
    name,
    present: present.subarray(first, end),
    numbers: numbers.subarray(first, end),
  }));
  return {
    length: end - first,
    atMs: runs.atMs.subarray(first, end),
    everyMs: runs.everyMs.subarray(first, end),
    outcomes: runs.outcomes.subarray(first, end),
    ...usedReasons(reasons, runs.reasonNames),
    values: values.filter(({ present }) => present.includes(1)),
  };
}

/** The same in memory of its own, as a message to another thread wants it: a view takes all that it looks at along. */
export function compactRuns(runs: RunColumns): RunColumns {
  if (runs.atMs.byteLength === runs.atMs.buffer.byteLength) return runs;
  return {
    ...runs,
    atMs: runs.atMs.slice(),
    everyMs: runs.everyMs.slice(),
    outcomes: runs.outcomes.slice(),
    reasons: runs.reasons.slice(),
    values: runs.values.map(({ name, present, numbers }) => ({
      name,
      present: present.slice(),
      numbers: numbers.slice(),
    })),
  };
}

/** Only the names that a row still uses. */
function usedReasons(reasons: Uint16Array, names: readonly string[]): Pick<RunColumns, 'reasons' | 'reasonNames'> {
  const used = names.filter((_, index) => reasons.includes(index + 1));
  if (used.length === names.length) return { reasons, reasonNames: names };
  const places = [0, ...names.map((name) => used.indexOf(name) + 1)];
  return { reasons: reasons.map((reason) => places[reason] ?? 0), reasonNames: used };
}

/** Several columns as one, in canonical order. */
export function joinRuns(parts: readonly RunColumns[]): RunColumns {
  const filled = parts.filter(({ length }) => length > 0);
  const [only] = filled;
  if (only !== undefined && filled.length === 1) return only;
  if (isAscending(filled)) return appendRuns(filled);
  const builder = new RunsBuilder();
  for (const part of filled) builder.addRuns(part);
  return builder.build();
}

function isAscending(parts: readonly RunColumns[]): boolean {
  return parts.every(({ atMs }, index) => {
    const before = parts[index - 1]?.atMs.at(-1);
    return before === undefined || before < (atMs[0] ?? 0);
  });
}

/** Parts of which each is later than the one before, column by column. */
function appendRuns(parts: readonly RunColumns[]): RunColumns {
  const length = parts.reduce((total, part) => total + part.length, 0);
  const reasonNames = [...new Set(parts.flatMap((part) => part.reasonNames))].sort();
  const names = [...new Set(parts.flatMap(({ values }) => values.map(({ name }) => name)))].sort();
  const columns = {
    atMs: new Float64Array(length),
    everyMs: new Float64Array(length),
    outcomes: new Uint8Array(length),
    reasons: new Uint16Array(length),
  };
  const values = names.map((name) => ({
    name,
    present: new Uint8Array(length),
    numbers: new Float64Array(length),
  }));
  let at = 0;
  for (const part of parts) {
    columns.atMs.set(part.atMs, at);
    columns.everyMs.set(part.everyMs, at);
    columns.outcomes.set(part.outcomes, at);
    const places = [0, ...part.reasonNames.map((name) => reasonNames.indexOf(name) + 1)];
    if (part.reasonNames.length > 0)
      columns.reasons.set(
        part.reasons.map((reason) => places[reason] ?? 0),
        at,
      );
    for (const { name, present, numbers } of part.values) {
      const column = values[names.indexOf(name)];
      column?.present.set(present, at);
      column?.numbers.set(numbers, at);
    }
    at += part.length;
  }
  return { length, ...columns, reasonNames, values };
}
