import { type Interval, intersect } from '../sla/interval.ts';
import type { SliceGrid } from '../sla/slicing.ts';
import type { ChangedHours } from './changed-hours.ts';

/** How something is made of a stretch of time, and of stretches that follow one another. */
export interface Fold<Sum> {
  of(interval: Interval): Sum | Promise<Sum>;
  add(sums: readonly Sum[]): Sum;
}

/** Sums of this many stretches are kept: a running period is made of some twenty, four burn windows of ten each. */
const MAX_KEPT = 160;

/**
 * An interval as few stretches that others are made of, too: whole blocks of the grid together by 1, 2, 4, 8 … where they
 * begin at a multiple of as many, and what is left at both ends.
 */
export function blocksOf({ fromMs, toMs }: Interval, { anchorMs, lengthMs }: SliceGrid): Interval[] {
  const blocks: Interval[] = [];
  for (let atMs = fromMs; atMs < toMs; ) {
    const index = (atMs - anchorMs) / lengthMs;
    let endMs = Math.min(toMs, anchorMs + (Math.floor(index) + 1) * lengthMs);
    if (Number.isInteger(index) && endMs === atMs + lengthMs) {
      for (let count = 2; index % count === 0 && atMs + count * lengthMs <= toMs; count *= 2)
        endMs = atMs + count * lengthMs;
    }
    blocks.push({ fromMs: atMs, toMs: endMs });
    atMs = endMs;
  }
  return blocks;
}

/**
 * What was made of the past, kept by stretches of it: making it again costs as much as what changed since, and not as much
 * as the past is long. What comes late makes the stretches anew that it lies in.
 */
export class PastSums<Sum> {
  readonly #grid: SliceGrid;
  readonly #sums = new Map<string, { readonly block: Interval; readonly sum: Sum }>();
  /** Changed since they were kept: made from their halves, so that the next change in them costs little. */
  readonly #split = new Set<string>();
  #sources: readonly ChangedHours[] = [];
  #seen: number[] = [];
  #keptUntilMs = Number.NEGATIVE_INFINITY;
  /** Grows when anything is forgotten: a sum that was begun before may be of what is no more. */
  #generation = 0;

  constructor(grid: SliceGrid) {
    this.#grid = grid;
  }

  /** Asks what changed in all that sums are made from, before they are used. */
  refresh(sources: readonly ChangedHours[]): void {
    const isSame = sources.length === this.#sources.length && sources.every((one, at) => one === this.#sources[at]);
    const seen = sources.map(({ revision }) => revision);
    const changes = isSame ? sources.map((one, at) => one.since(this.#seen[at] ?? 0)) : [null];
    this.#sources = sources;
    this.#seen = seen;
    for (const change of changes) {
      if (change === null) this.#clear();
      else for (const one of change) this.#forget(one);
    }
  }

  /** The sums of the stretches of an interval, in order. Those that end by `pastMs` are kept: until then nothing is open. */
  async over(interval: Interval, pastMs: number, fold: Fold<Sum>): Promise<Sum[]> {
    const past = { fromMs: interval.fromMs, toMs: Math.min(interval.toMs, Math.max(interval.fromMs, pastMs)) };
    const sums: Sum[] = [];
    for (const block of blocksOf(past, this.#grid)) sums.push(await this.#sumOf(block, fold));
    if (past.toMs < interval.toMs) sums.push(await fold.of({ fromMs: past.toMs, toMs: interval.toMs }));
    return sums;
  }

  async #sumOf(block: Interval, fold: Fold<Sum>): Promise<Sum> {
    const key = keyOf(block);
    const known = this.#sums.get(key);
    if (known !== undefined) return this.#keep(key, known);
    const generation = this.#generation;
    const isOne = block.toMs - block.fromMs <= this.#grid.lengthMs;
    const sum = isOne ? await fold.of(block) : await this.#sumOfHalves(block, fold);
    return generation === this.#generation ? this.#keep(key, { block, sum }) : sum;
  }

  /** From its halves where they may be known: a block of several is two of half as many. */
  async #sumOfHalves(block: Interval, fold: Fold<Sum>): Promise<Sum> {
    const middleMs = middleOf(block);
    const halves = [
      { fromMs: block.fromMs, toMs: middleMs },
      { fromMs: middleMs, toMs: block.toMs },
    ];
    const isHalfKnown = halves.some((half) => this.#sums.has(keyOf(half)));
    if (!isHalfKnown && !this.#split.has(keyOf(block))) return fold.of(block);
    const sums: Sum[] = [];
    for (const half of halves) sums.push(await this.#sumOf(half, fold));
    return fold.add(sums);
  }

  /** Puts it behind all others; the one that was not used for longest goes. */
  #keep(key: string, kept: { readonly block: Interval; readonly sum: Sum }): Sum {
    this.#sums.delete(key);
    this.#sums.set(key, kept);
    this.#keptUntilMs = Math.max(this.#keptUntilMs, kept.block.toMs);
    const [oldest] = this.#sums.keys();
    if (this.#sums.size > MAX_KEPT && oldest !== undefined) this.#sums.delete(oldest);
    return kept.sum;
  }

  #forget(changed: Interval): void {
    this.#generation++;
    if (changed.fromMs >= this.#keptUntilMs) return;
    if (this.#split.size > MAX_KEPT) this.#split.clear();
    for (const [key, { block }] of this.#sums) {
      if (intersect(block, changed) === null) continue;
      this.#sums.delete(key);
      this.#splitAt(block, Math.max(block.fromMs, changed.fromMs));
    }
  }

  /** The block is made from its halves from now on, and so is each half in which the instant lies, down to the hour. */
  #splitAt(block: Interval, atMs: number): void {
    let { fromMs, toMs } = block;
    while (toMs - fromMs > this.#grid.lengthMs) {
      this.#split.add(keyOf({ fromMs, toMs }));
      const middleMs = middleOf({ fromMs, toMs });
      if (atMs < middleMs) toMs = middleMs;
      else fromMs = middleMs;
    }
  }

  #clear(): void {
    this.#generation++;
    this.#sums.clear();
    this.#split.clear();
    this.#keptUntilMs = Number.NEGATIVE_INFINITY;
  }
}

function middleOf({ fromMs, toMs }: Interval): number {
  return (fromMs + toMs) / 2;
}

function keyOf({ fromMs, toMs }: Interval): string {
  return `${fromMs} ${toMs}`;
}
