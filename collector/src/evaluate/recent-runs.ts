import type { Outcome } from '@nines/shared/observation.ts';
import type { CheckColumns } from '@nines/shared/wire.ts';
import { cell } from './cell.ts';
import { HOUR_MS, hourOf } from './hour-counters.ts';

/** A day and the hour that has begun: what a chart of the last 24 h needs. */
const HOURS_KEPT = 26;
const NOT_MEASURED = 0xffff_ffff;
const MAX_VALUE = 0xffff_fffe;
const OUTCOMES: readonly Outcome[] = ['unknown', 'down', 'up'];

/** Column 0: instant within the hour × 4 + outcome; then a column a value. Rows are in order of arrival. */
interface Page {
  hour: number;
  length: number;
  capacity: number;
  width: number;
  cells: Uint32Array;
  /** False once a value did not fit its cell (an hour of microseconds does): then only the journal is exact. */
  isExact: boolean;
}

/** The runs of one series over the last day, by hour, with the values that charts show. Four bytes a value. */
export class RecentRuns {
  readonly #pages: Page[] = [];
  readonly #names: string[] = [];
  readonly #kept: ReadonlySet<string>;
  #newestHour = Number.NEGATIVE_INFINITY;
  /** Hours before it may lack runs: they were sealed before this process began. */
  #firstWholeHour = Number.NEGATIVE_INFINITY;

  /** `kept` are the names of the values that are remembered. */
  constructor(kept: ReadonlySet<string>) {
    this.#kept = kept;
  }

  get bytes(): number {
    return this.#pages.reduce((total, page) => total + page.cells.byteLength, 0);
  }

  /** Names of the values seen so far, in order of appearance. */
  get names(): readonly string[] {
    return this.#names;
  }

  /** Says that runs of hours before this one are not all here. */
  beginAt(hour: number): void {
    this.#firstWholeHour = hour;
  }

  /** Adds the rows `[first, end)` of the columns, all of which lie in the hour. */
  append(columns: CheckColumns, hour: number, { first, end }: { first: number; end: number }): void {
    if (hour > this.#newestHour) this.#newestHour = hour;
    if (hour <= this.#newestHour - HOURS_KEPT) return;
    for (const name in columns.values) {
      if (this.#kept.has(name) && !this.#names.includes(name)) this.#names.push(name);
    }
    const page = this.#pageOf(hour, columns.every_ms);
    makeRoom(page, page.length + end - first, this.#names.length + 1);
    const { cells, length } = page;
    const startMs = hour * HOUR_MS;
    for (let i = first, row = length; i < end; i++, row++) {
      const up = columns.up[i];
      cells[row] = ((columns.at_ms[i] ?? 0) - startMs) * 4 + (up === 1 ? 2 : up === 0 ? 1 : 0);
    }
    for (let slot = 0; slot < this.#names.length; slot++) {
      const values = columns.values[this.#names[slot] ?? ''];
      const offset = (slot + 1) * page.capacity + length;
      if (values === undefined) cells.fill(NOT_MEASURED, offset, offset + end - first);
      else if (!writeValues(cells, values, { offset, first, end })) page.isExact = false;
    }
    page.length = length + end - first;
  }

  /** Whether `forEach` tells every run of the hour, with the exact value. */
  isComplete(hour: number, value: string): boolean {
    if (!this.#kept.has(value) || hour <= this.#newestHour - HOURS_KEPT || hour < this.#firstWholeHour) return false;
    const page = this.#pages[hour % HOURS_KEPT];
    return page === undefined || page.hour !== hour || page.isExact;
  }

  /** Every remembered run in `[fromMs, toMs)`, hour by hour, with one value; `null` where it was not measured. */
  forEach(
    value: string,
    { fromMs, toMs }: { fromMs: number; toMs: number },
    visit: (atMs: number, outcome: Outcome, value: number | null) => void,
  ): void {
    const slot = this.#names.indexOf(value) + 1;
    const firstHour = Math.max(hourOf(fromMs), this.#newestHour - HOURS_KEPT + 1);
    for (let hour = firstHour; hour * HOUR_MS < toMs && hour <= this.#newestHour; hour++) {
      const page = this.#pages[hour % HOURS_KEPT];
      if (page === undefined || page.hour !== hour) continue;
      for (let row = 0; row < page.length; row++) {
        const stamp = cell(page.cells, row);
        const atMs = hour * HOUR_MS + (stamp >>> 2);
        if (atMs < fromMs || atMs >= toMs) continue;
        const micros = slot > 0 && slot < page.width ? cell(page.cells, slot * page.capacity + row) : NOT_MEASURED;
        visit(atMs, OUTCOMES[stamp & 3] ?? 'unknown', micros === NOT_MEASURED ? null : micros);
      }
    }
  }

  #pageOf(hour: number, everyMs: number): Page {
    const index = hour % HOURS_KEPT;
    let page = this.#pages[index];
    if (page === undefined) {
      // Room for an hour at this interval; no more than a page of memory before they really come.
      const capacity = Math.min(1024, Math.ceil(HOUR_MS / everyMs) + 2);
      page = { hour, length: 0, capacity, width: 0, cells: new Uint32Array(0), isExact: true };
      this.#pages[index] = page;
    } else if (page.hour !== hour) {
      page.hour = hour;
      page.length = 0;
      page.isExact = true;
    }
    return page;
  }
}

function makeRoom(page: Page, rows: number, width: number): void {
  if (rows <= page.capacity && width === page.width) return;
  const capacity = rows <= page.capacity ? page.capacity : Math.max(rows, 2 * page.capacity);
  const cells = new Uint32Array(capacity * width).fill(NOT_MEASURED);
  for (let column = 0; column < page.width; column++) {
    const start = column * page.capacity;
    cells.set(page.cells.subarray(start, start + page.length), column * capacity);
  }
  page.cells = cells;
  page.capacity = capacity;
  page.width = width;
}

/** Writes the rows `[first, end)` of one value; false when one did not fit its cell. */
function writeValues(
  cells: Uint32Array,
  values: readonly (number | null)[],
  { offset, first, end }: { offset: number; first: number; end: number },
): boolean {
  let isExact = true;
  for (let i = first, index = offset; i < end; i++, index++) {
    const value = values[i] ?? null;
    if (value === null) cells[index] = NOT_MEASURED;
    else if (value >= 0 && value <= MAX_VALUE) cells[index] = value;
    else {
      cells[index] = value < 0 ? 0 : MAX_VALUE;
      isExact = false;
    }
  }
  return isExact;
}
