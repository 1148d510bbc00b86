import type { Interval } from '../sla/interval.ts';
import { cell } from './cell.ts';

export const HOUR_MS = 3_600_000;

/** The hour since the epoch that holds an instant. */
export function hourOf(atMs: number): number {
  return Math.floor(atMs / HOUR_MS);
}

/** The hours since the epoch that hold any of some time, ascending. */
export function hoursOf(intervals: readonly Interval[]): number[] {
  const hours = new Set<number>();
  for (const { fromMs, toMs } of intervals) {
    for (let hour = hourOf(fromMs); hour * HOUR_MS < toMs; hour++) hours.add(hour);
  }
  return [...hours].sort((a, b) => a - b);
}

/** A week: one page a week and series keeps both the waste and the number of buffers small. */
const PAGE_HOURS = 168;

/** As narrow as its greatest count allows: years of hours stay in memory, and an hour of a check is some hundred runs. */
type Page = Uint8Array | Uint16Array | Uint32Array;

/** Counts by hour, a few columns wide. Sparse in time: an instant far away costs one page. */
export class HourCounters {
  readonly #width: number;
  readonly #pages = new Map<number, Page>();
  #pageIndex = Number.NaN;
  #page: Page = new Uint8Array(0);

  constructor(width: number) {
    this.#width = width;
  }

  get bytes(): number {
    let bytes = 0;
    for (const page of this.#pages.values()) bytes += page.byteLength;
    return bytes;
  }

  add(hour: number, column: number, count: number): void {
    const pageIndex = Math.floor(hour / PAGE_HOURS);
    if (pageIndex !== this.#pageIndex) this.#turnTo(pageIndex);
    this.#addAt((hour - pageIndex * PAGE_HOURS) * this.#width + column, count);
  }

  /** Adds the counts of a whole week (numbered from 1970), hour by hour, each hour's columns beside one another. */
  addWeek(week: number, counts: ArrayLike<number>): void {
    this.#turnTo(week);
    for (let index = 0; index < counts.length; index++) {
      const count = counts[index] ?? 0;
      if (count > 0) this.#addAt(index, count);
    }
  }

  /** Sum over the hours `[fromHour, toHour)`. */
  sum(fromHour: number, toHour: number, column: number): number {
    let total = 0;
    for (let hour = fromHour; hour < toHour; ) {
      const pageIndex = Math.floor(hour / PAGE_HOURS);
      const pageStart = pageIndex * PAGE_HOURS;
      const endHour = Math.min(toHour, pageStart + PAGE_HOURS);
      const page = this.#pages.get(pageIndex);
      if (page !== undefined) {
        for (; hour < endHour; hour++) total += cell(page, (hour - pageStart) * this.#width + column);
      }
      hour = endHour;
    }
    return total;
  }

  /** Adds every count of another of the same width. */
  addAll(other: HourCounters): void {
    for (const [pageIndex, counts] of other.#pages) {
      this.#turnTo(pageIndex);
      for (let index = 0; index < counts.length; index++) this.#addAt(index, cell(counts, index));
    }
  }

  #addAt(index: number, count: number): void {
    const total = cell(this.#page, index) + count;
    if (total >= 2 ** (8 * this.#page.BYTES_PER_ELEMENT)) this.#widen();
    if (total >= 2 ** (8 * this.#page.BYTES_PER_ELEMENT)) this.#widen();
    this.#page[index] = total;
  }

  #widen(): void {
    this.#page = this.#page instanceof Uint8Array ? Uint16Array.from(this.#page) : Uint32Array.from(this.#page);
    this.#pages.set(this.#pageIndex, this.#page);
  }

  #turnTo(pageIndex: number): void {
    let page = this.#pages.get(pageIndex);
    if (page === undefined) {
      page = new Uint8Array(PAGE_HOURS * this.#width);
      this.#pages.set(pageIndex, page);
    }
    this.#page = page;
    this.#pageIndex = pageIndex;
  }
}

/** Calls `visit` for every run of neighbouring rows whose instants lie in one hour: usually once a batch. */
export function forEachHour(
  atMs: readonly number[],
  visit: (hour: number, rows: { readonly first: number; readonly end: number }) => void,
): void {
  for (let first = 0; first < atMs.length; ) {
    const hour = hourOf(atMs[first] ?? 0);
    const startMs = hour * HOUR_MS;
    let end = first + 1;
    for (; end < atMs.length; end++) {
      const offsetMs = (atMs[end] ?? 0) - startMs;
      if (offsetMs < 0 || offsetMs >= HOUR_MS) break;
    }
    visit(hour, { first, end });
    first = end;
  }
}
