import type { Interval } from '../sla/interval.ts';
import type { Reading } from '../sla/timeline.ts';
import { cell } from './cell.ts';
import type { Labels } from './labels.ts';

/** One observation of a known series: its instant and its label's number. */
export interface Mark {
  readonly atMs: number;
  readonly label: number;
}

/**
 * The observations of one series, merged: a row is a run of observations with one label, none of which is further from
 * the next than it holds. Twenty bytes a change of outcome, whatever the number of observations. Exact for every
 * observation that comes in order or falls between two rows; one that falls inside a row of another label needs the
 * journal, because the row no longer knows its own instants.
 */
export class Edges {
  readonly #labels: Labels;
  #starts = new Float64Array(4);
  #lasts = new Float64Array(4);
  #ids = new Uint32Array(4);
  #length = 0;
  /** Of the newest row, so that the usual observation touches no array but one. */
  #newestLabel = -1;
  #newestLastMs = Number.NEGATIVE_INFINITY;
  #newestHoldMs = 0;

  constructor(labels: Labels) {
    this.#labels = labels;
  }

  get length(): number {
    return this.#length;
  }

  /** Instant of the first observation; `null` when there is none. */
  get firstAtMs(): number | null {
    return this.#length === 0 ? null : cell(this.#starts, 0);
  }

  /** Instant of the last observation, and until when it holds; `null` when there is none. */
  get lastHold(): { readonly atMs: number; readonly untilMs: number } | null {
    return this.#length === 0 ? null : { atMs: this.#newestLastMs, untilMs: this.#newestLastMs + this.#newestHoldMs };
  }

  /** The interval piece by piece with the label of what was said last by then, or first when nothing had been; empty without any. */
  labelsIn({ fromMs, toMs }: Interval): (Interval & { readonly label: number })[] {
    const pieces: (Interval & { readonly label: number })[] = [];
    let atMs = fromMs;
    for (let index = Math.max(0, this.#lastStartingBy(fromMs)); index < this.#length && atMs < toMs; index++) {
      const endMs = index + 1 < this.#length ? Math.min(toMs, cell(this.#starts, index + 1)) : toMs;
      pieces.push({ fromMs: atMs, toMs: endMs, label: cell(this.#ids, index) });
      atMs = endMs;
    }
    return pieces;
  }

  get bytes(): number {
    return this.#starts.byteLength + this.#lasts.byteLength + this.#ids.byteLength;
  }

  /** Adds an observation; false when its place must be rebuilt from the journal. Adding one twice changes nothing. */
  add(atMs: number, label: number): boolean {
    if (atMs > this.#newestLastMs) {
      if (label === this.#newestLabel && atMs <= this.#newestLastMs + this.#newestHoldMs) {
        this.#newestLastMs = atMs;
        this.#lasts[this.#length - 1] = atMs;
      } else {
        this.#insertRow(this.#length, atMs, label);
        this.#readNewest();
      }
      return true;
    }
    const isExact = this.#addLate(atMs, label);
    this.#readNewest();
    return isExact;
  }

  #addLate(atMs: number, label: number): boolean {
    const index = this.#lastStartingBy(atMs);
    if (index < 0 || atMs > cell(this.#lasts, index)) return this.#addBetween(index, atMs, label);
    const present = cell(this.#ids, index);
    if (present === label) return true;
    if (cell(this.#starts, index) !== cell(this.#lasts, index)) return false;
    if (this.#labels.compare(label, present) > 0) {
      this.#ids[index] = label;
      this.#join(index);
      this.#join(index - 1);
    }
    return true;
  }

  /** Into the gap after row `index` (-1: before all). */
  #addBetween(index: number, atMs: number, label: number): true {
    const holdMs = this.#labels.label(label).holdMs;
    const next = index + 1;
    if (index >= 0 && cell(this.#ids, index) === label && atMs <= cell(this.#lasts, index) + holdMs) {
      this.#lasts[index] = atMs;
      this.#join(index);
    } else if (next < this.#length && cell(this.#ids, next) === label && cell(this.#starts, next) <= atMs + holdMs) {
      this.#starts[next] = atMs;
    } else this.#insertRow(next, atMs, label);
    return true;
  }

  /** Where the next row begins behind an instant; `null` behind the last one. */
  startAfter(atMs: number): number | null {
    const next = this.#lastStartingBy(atMs) + 1;
    return next < this.#length ? cell(this.#starts, next) : null;
  }

  /** Adds rows that were merged before, all of them later than what is here. */
  restore<Row extends { readonly startMs: number; readonly lastMs: number }>(
    rows: readonly Row[],
    labelOf: (row: Row) => number,
  ): void {
    for (const row of rows) this.#append(row.startMs, row.lastMs, labelOf(row));
    this.#readNewest();
  }

  /** The rows as readings, from the one that speaks at `fromMs` to the last that begins before `toMs`. */
  readings(fromMs: number, toMs: number): Reading[] {
    const readings: Reading[] = [];
    for (let index = Math.max(0, this.#lastStartingBy(fromMs)); index < this.#length; index++) {
      const atMs = cell(this.#starts, index);
      if (atMs >= toMs) break;
      const { outcome, reason, holdMs } = this.#labels.label(cell(this.#ids, index));
      readings.push({ atMs, holdsUntilMs: cell(this.#lasts, index) + holdMs, outcome, reason });
    }
    return readings;
  }

  /**
   * Puts the journal's truth for `[fromMs, toMs)` in the place of what was merged there. `marks` are all observations
   * from at least one hold before to one hold after, in any order: the outer ones tell where a row is cut.
   */
  splice(fromMs: number, toMs: number, marks: readonly Mark[]): void {
    const ordered = [...marks].sort((a, b) => a.atMs - b.atMs || this.#labels.compare(a.label, b.label));
    const rebuilt = new Edges(this.#labels);
    for (let index = 0; index < this.#length && cell(this.#starts, index) < fromMs; index++) {
      const [startMs, lastMs, label] = this.#row(index);
      // A row that reaches into the stretch is cut after its own last observation before it.
      const cut =
        lastMs < fromMs ? lastMs : ordered.findLast((mark) => mark.atMs < fromMs && mark.label === label)?.atMs;
      rebuilt.#append(startMs, cut ?? startMs, label);
    }
    for (const [index, mark] of ordered.entries()) {
      // Of several at one instant the last in order speaks.
      const isSpoken = ordered[index + 1]?.atMs !== mark.atMs;
      if (isSpoken && mark.atMs >= fromMs && mark.atMs < toMs) rebuilt.#append(mark.atMs, mark.atMs, mark.label);
    }
    for (let index = 0; index < this.#length; index++) {
      const [startMs, lastMs, label] = this.#row(index);
      if (lastMs < toMs) continue;
      const cut = startMs >= toMs ? startMs : ordered.find((mark) => mark.atMs >= toMs && mark.label === label)?.atMs;
      rebuilt.#append(cut ?? lastMs, lastMs, label);
    }
    this.#starts = rebuilt.#starts;
    this.#lasts = rebuilt.#lasts;
    this.#ids = rebuilt.#ids;
    this.#length = rebuilt.#length;
    this.#readNewest();
  }

  #row(index: number): [startMs: number, lastMs: number, label: number] {
    return [cell(this.#starts, index), cell(this.#lasts, index), cell(this.#ids, index)];
  }

  #append(startMs: number, lastMs: number, label: number): void {
    const newest = this.#length - 1;
    const isJoined =
      newest >= 0 &&
      cell(this.#ids, newest) === label &&
      startMs <= cell(this.#lasts, newest) + this.#labels.label(label).holdMs;
    if (isJoined) {
      this.#lasts[newest] = lastMs;
      return;
    }
    if (this.#length === this.#starts.length) this.#grow();
    this.#starts[this.#length] = startMs;
    this.#lasts[this.#length] = lastMs;
    this.#ids[this.#length] = label;
    this.#length++;
  }

  /** Makes rows `index` and `index + 1` one when nothing tells them apart. */
  #join(index: number): void {
    if (index < 0 || index + 1 >= this.#length) return;
    const label = cell(this.#ids, index);
    if (label !== cell(this.#ids, index + 1)) return;
    if (cell(this.#starts, index + 1) > cell(this.#lasts, index) + this.#labels.label(label).holdMs) return;
    this.#lasts[index] = cell(this.#lasts, index + 1);
    for (const column of [this.#starts, this.#lasts, this.#ids]) column.copyWithin(index + 1, index + 2, this.#length);
    this.#length--;
  }

  #insertRow(index: number, atMs: number, label: number): void {
    if (this.#length === this.#starts.length) this.#grow();
    for (const column of [this.#starts, this.#lasts, this.#ids]) column.copyWithin(index + 1, index, this.#length);
    this.#starts[index] = atMs;
    this.#lasts[index] = atMs;
    this.#ids[index] = label;
    this.#length++;
  }

  #grow(): void {
    const [starts, lasts, ids] = [this.#starts, this.#lasts, this.#ids];
    this.#starts = new Float64Array(2 * starts.length);
    this.#lasts = new Float64Array(2 * lasts.length);
    this.#ids = new Uint32Array(2 * ids.length);
    this.#starts.set(starts);
    this.#lasts.set(lasts);
    this.#ids.set(ids);
  }

  #readNewest(): void {
    const newest = this.#length - 1;
    if (newest < 0) return;
    this.#newestLabel = cell(this.#ids, newest);
    this.#newestLastMs = cell(this.#lasts, newest);
    this.#newestHoldMs = this.#labels.label(this.#newestLabel).holdMs;
  }

  /** The last row that starts at or before the instant; -1 when none does. */
  #lastStartingBy(atMs: number): number {
    let low = 0;
    let high = this.#length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (cell(this.#starts, middle) <= atMs) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }
}
