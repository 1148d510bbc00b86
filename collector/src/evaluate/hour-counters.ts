import type { Interval } from '../sla/interval.ts';
import { cell } from './cell.ts';
import { MAX_PACKED, PackedHours } from './packed-hours.ts';

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

/** Counts by hour, in a few columns. An instant far away costs one page of one column, and where nothing was is none. */
export class HourCounters {
  readonly #width: number;
  /** By week × width + column. */
  readonly #pages = new Map<number, Page>();
  /** What was sealed before the start; what comes late to those hours is in pages beside it. */
  readonly #sealed: PackedHours;
  #key = Number.NaN;
  #page: Page = new Uint8Array(0);

  constructor(width: number) {
    this.#width = width;
    this.#sealed = new PackedHours(width);
  }

  get bytes(): number {
    let bytes = this.#sealed.bytes;
    for (const page of this.#pages.values()) bytes += page.byteLength;
    return bytes;
  }

  add(hour: number, column: number, count: number): void {
    const week = Math.floor(hour / PAGE_HOURS);
    this.#addAt(week * this.#width + column, hour - week * PAGE_HOURS, count);
  }

  /** Adds the counts of a whole week (numbered from 1970), hour by hour, each hour's columns beside one another. */
  addWeek(week: number, counts: ArrayLike<number>): void {
    for (let column = 0; column < this.#width; column++) {
      for (let hour = 0; hour < PAGE_HOURS; hour++) {
        const count = counts[hour * this.#width + column] ?? 0;
        if (count > 0) this.#addAt(week * this.#width + column, hour, count);
      }
    }
  }

  /** Adds the counts of a week in rows of equal hours, as `readHourRows` reads them. Weeks ascend. */
  addRows(week: number, rows: readonly number[]): void {
    const isPacked =
      week > (this.#sealed.lastWeek ?? Number.NEGATIVE_INFINITY) && rows.every((one) => one <= MAX_PACKED);
    if (isPacked) this.#sealed.add(week, rows);
    else this.#addWide(week, rows);
  }

  #addWide(week: number, rows: readonly number[]): void {
    for (let at = 0, hour = 0; at < rows.length; at += 1 + this.#width) {
      const end = hour + (rows[at] ?? 0);
      for (; hour < end; hour++) {
        for (let column = 0; column < this.#width; column++) {
          const count = rows[at + 1 + column] ?? 0;
          if (count > 0) this.#addAt(week * this.#width + column, hour, count);
        }
      }
    }
  }

  /** Sum over the hours `[fromHour, toHour)`. */
  sum(fromHour: number, toHour: number, column: number): number {
    let total = 0;
    for (let hour = fromHour; hour < toHour; ) {
      const week = Math.floor(hour / PAGE_HOURS);
      const pageStart = week * PAGE_HOURS;
      const endHour = Math.min(toHour, pageStart + PAGE_HOURS);
      const page = this.#pages.get(week * this.#width + column);
      const inWeek = { from: hour - pageStart, to: endHour - pageStart };
      if (page !== undefined) for (let at = inWeek.from; at < inWeek.to; at++) total += cell(page, at);
      total += this.#sealed.sum(week, inWeek, column);
      hour = endHour;
    }
    return total;
  }

  /** Adds every count of another of the same width that nothing sealed was given to. */
  addAll(other: HourCounters): void {
    for (const [key, counts] of other.#pages) {
      for (let hour = 0; hour < PAGE_HOURS; hour++) this.#addAt(key, hour, cell(counts, hour));
    }
  }

  #addAt(key: number, hour: number, count: number): void {
    if (key !== this.#key) this.#turnTo(key);
    const total = cell(this.#page, hour) + count;
    if (total >= 2 ** (8 * this.#page.BYTES_PER_ELEMENT)) this.#widen();
    if (total >= 2 ** (8 * this.#page.BYTES_PER_ELEMENT)) this.#widen();
    this.#page[hour] = total;
  }

  #widen(): void {
    this.#page = this.#page instanceof Uint8Array ? Uint16Array.from(this.#page) : Uint32Array.from(this.#page);
    this.#pages.set(this.#key, this.#page);
  }

  #turnTo(key: number): void {
    let page = this.#pages.get(key);
    if (page === undefined) {
      page = new Uint8Array(PAGE_HOURS);
      this.#pages.set(key, page);
    }
    this.#page = page;
    this.#key = key;
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
