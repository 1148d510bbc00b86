import { type CheckColumns, outcomeOf } from '@nines/shared/wire.ts';
import { OUTCOME_CODES, type RunColumns, type ValueColumn } from './run-columns.ts';

interface Column {
  readonly present: number[];
  readonly numbers: number[];
}

/** Gathers observations of one series, in any order, and puts them into canonical columns. */
export class RunsBuilder {
  readonly #atMs: number[] = [];
  readonly #everyMs: number[] = [];
  readonly #outcomes: number[] = [];
  /** Row → index in `#reasonNames`, plus one. */
  readonly #reasons: number[] = [];
  readonly #reasonNames: string[] = [];
  readonly #values = new Map<string, Column>();
  #isOrdered = true;

  get length(): number {
    return this.#atMs.length;
  }

  /** Adds the rows `[first, end)` of some columns as they travel. */
  addColumns(columns: CheckColumns, first = 0, end = columns.at_ms.length): void {
    const { at_ms: instants, up, every_ms: everyMs } = columns;
    const start = this.#atMs.length;
    for (let i = first; i < end; i++) {
      const outcome = up[i];
      this.#addRow(instants[i] ?? 0, everyMs, outcome === 1 ? OUTCOME_CODES.up : OUTCOME_CODES[outcomeOf(outcome)]);
      this.#reasons.push(outcome === 1 ? 0 : this.#reasonOf(columns.reasons[i] ?? null));
    }
    for (const name in columns.values) {
      const given = columns.values[name];
      if (given === undefined) continue;
      const { present, numbers } = this.#column(name, start);
      for (let i = first; i < end; i++) {
        const value = given[i] ?? null;
        present.push(value === null ? 0 : 1);
        numbers.push(value ?? 0);
      }
    }
  }

  /** Adds the rows `[first, end)` of what was put into columns before. */
  addRuns(runs: RunColumns, first = 0, end = runs.length): void {
    const start = this.#atMs.length;
    const reasons = runs.reasonNames.map((name) => this.#reasonOf(name));
    for (let i = first; i < end; i++) {
      this.#addRow(runs.atMs[i] ?? 0, runs.everyMs[i] ?? 0, runs.outcomes[i] ?? 0);
      this.#reasons.push(reasons[(runs.reasons[i] ?? 0) - 1] ?? 0);
    }
    for (const value of runs.values) {
      const { present, numbers } = this.#column(value.name, start);
      for (let i = first; i < end; i++) {
        present.push(value.present[i] ?? 0);
        numbers.push(value.numbers[i] ?? 0);
      }
    }
  }

  /** Everything that was added, in canonical order: the same observations always give the same columns. */
  build(): RunColumns {
    const length = this.#atMs.length;
    const names = [...this.#values.keys()].sort();
    const columns = names.map((name) => this.#column(name, length));
    const order = this.#order(columns);
    const usedReasons = this.#reasonsInOrder();
    const values = columns.map((column, index): ValueColumn => {
      const { present, numbers } = column;
      return {
        name: names[index] ?? '',
        present: Uint8Array.from(order === null ? present : order.map((row) => present[row] ?? 0)),
        numbers: Float64Array.from(order === null ? numbers : order.map((row) => numbers[row] ?? 0)),
      };
    });
    const at = (cells: readonly number[]) => (order === null ? cells : order.map((row) => cells[row] ?? 0));
    return {
      length,
      atMs: Float64Array.from(at(this.#atMs)),
      everyMs: Float64Array.from(at(this.#everyMs)),
      outcomes: Uint8Array.from(at(this.#outcomes)),
      reasons: Uint16Array.from(at(this.#reasons), (reason) => usedReasons.places[reason] ?? 0),
      reasonNames: usedReasons.names,
      values: values.filter(({ present }) => present.includes(1)),
    };
  }

  #addRow(atMs: number, everyMs: number, outcome: number): void {
    const last = this.#atMs.length - 1;
    if (last >= 0 && atMs <= (this.#atMs[last] ?? 0)) this.#isOrdered = false;
    this.#atMs.push(atMs);
    this.#everyMs.push(everyMs);
    this.#outcomes.push(outcome);
  }

  #reasonOf(name: string | null): number {
    if (name === null) return 0;
    const known = this.#reasonNames.indexOf(name);
    return known >= 0 ? known + 1 : this.#reasonNames.push(name);
  }

  /** The column of a value, filled up to `length` rows: rows before it appeared, or in which it was not, have none. */
  #column(name: string, length: number): Column {
    let column = this.#values.get(name);
    if (column === undefined) {
      column = { present: [], numbers: [] };
      this.#values.set(name, column);
    }
    while (column.present.length < length) {
      column.present.push(0);
      column.numbers.push(0);
    }
    return column;
  }

  /** Row numbers in canonical order; `null` when they are in it already. */
  #order(columns: readonly Column[]): number[] | null {
    if (this.#isOrdered) return null;
    const compare = (a: number, b: number) => {
      const byInstant = (this.#atMs[a] ?? 0) - (this.#atMs[b] ?? 0);
      return byInstant !== 0 ? byInstant : this.#compareAtOneInstant(a, b, columns);
    };
    return Array.from(this.#atMs, (_, row) => row).sort(compare);
  }

  #compareAtOneInstant(a: number, b: number, columns: readonly Column[]): number {
    const byOutcome = (this.#outcomes[a] ?? 0) - (this.#outcomes[b] ?? 0);
    if (byOutcome !== 0) return byOutcome;
    const [reasonA, reasonB] = [this.#reasonName(a), this.#reasonName(b)];
    if (reasonA !== reasonB) return reasonA < reasonB ? -1 : 1;
    const byEvery = (this.#everyMs[a] ?? 0) - (this.#everyMs[b] ?? 0);
    if (byEvery !== 0) return byEvery;
    for (const { present, numbers } of columns) {
      const byValue = (present[a] ?? 0) - (present[b] ?? 0) || (numbers[a] ?? 0) - (numbers[b] ?? 0);
      if (byValue !== 0) return byValue;
    }
    return 0;
  }

  #reasonName(row: number): string {
    return this.#reasonNames[(this.#reasons[row] ?? 0) - 1] ?? '';
  }

  #reasonsInOrder(): { readonly names: readonly string[]; readonly places: readonly number[] } {
    const names = this.#reasonNames.toSorted();
    return { names, places: [0, ...this.#reasonNames.map((name) => names.indexOf(name) + 1)] };
  }
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
