import { cell } from './cell.ts';

/** The greatest count that a cell holds. */
export const MAX_PACKED = 0xffff;

/**
 * Counts by hour of many weeks that do not change any more: hours in a row with equal counts take one cell for their
 * number and one for each column. Most weeks of a check are some seven such rows: years of a thousand checks take megabytes.
 */
export class PackedHours {
  readonly #width: number;
  /** Ascending, and where each begins in the cells; one more tells where the last ends. */
  readonly #weeks: number[] = [];
  readonly #starts: number[] = [0];
  #cells = new Uint16Array(0);

  constructor(width: number) {
    this.#width = width;
  }

  get bytes(): number {
    return this.#cells.byteLength;
  }

  /** Adds a week behind those that are here: the number of hours, then their count in each column, row by row. */
  add(week: number, rows: readonly number[]): void {
    const start = this.#starts.at(-1) ?? 0;
    const end = start + rows.length;
    if (end > this.#cells.length) {
      const wider = new Uint16Array(Math.max(end, Math.ceil(1.25 * this.#cells.length)));
      wider.set(this.#cells.subarray(0, start));
      this.#cells = wider;
    }
    this.#cells.set(rows, start);
    this.#weeks.push(week);
    this.#starts.push(end);
  }

  /** The last week that is here; `null` when there is none. */
  get lastWeek(): number | null {
    return this.#weeks.at(-1) ?? null;
  }

  /** Sum of a column over the hours `[from, to)` of a week. */
  sum(week: number, { from, to }: { readonly from: number; readonly to: number }, column: number): number {
    const index = this.#indexOf(week);
    if (index < 0) return 0;
    let total = 0;
    let hour = 0;
    const end = this.#starts[index + 1] ?? 0;
    for (let at = this.#starts[index] ?? end; at < end && hour < to; at += 1 + this.#width) {
      const next = hour + cell(this.#cells, at);
      const shared = Math.min(next, to) - Math.max(hour, from);
      if (shared > 0) total += shared * cell(this.#cells, at + 1 + column);
      hour = next;
    }
    return total;
  }

  #indexOf(week: number): number {
    let low = 0;
    let high = this.#weeks.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#weeks[middle] ?? 0) < week) low = middle + 1;
      else high = middle;
    }
    return this.#weeks[low] === week ? low : -1;
  }
}
