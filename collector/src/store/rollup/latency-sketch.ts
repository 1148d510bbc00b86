import { nearestRank } from '../nearest-rank.ts';
import { OUTCOME_CODES, type RunColumns } from '../run-columns.ts';
import { PackedReader, PackedWriter, RollupError } from './packed.ts';

/** Up to this value every integer has a bin of its own. */
const FIRST_WIDE = 50;

/**
 * Borders of the bins: integers that grow by at most a fiftieth, so that the middle of a bin is at most 1 % from every
 * value in it (DDSketch with a relative error of 1 %, Masson, Rim and Lee 2019, but with integer borders: no machine's
 * logarithm decides about a bin). Bin N holds the values above border N − 1, up to and with border N.
 */
const BORDERS = borders();

function borders(): Float64Array {
  const found: number[] = [];
  for (let border = 0; border < Number.MAX_SAFE_INTEGER; ) {
    found.push(border);
    border = border < FIRST_WIDE ? border + 1 : Math.floor(border * 1.02);
  }
  found.push(Number.MAX_SAFE_INTEGER);
  return Float64Array.from(found);
}

const LAST_BIN = BORDERS.length - 1;

/** Cells of equal width in a power of two: narrower than a bin is wide, so that one holds two borders at most. */
const CELLS = 64;
const LAST_POWER = 53;

/** By cell, the bin of the least value in it. Made in every thread at its start: in one walk along the borders. */
const BIN_OF_CELL = binsOfCells();

function binsOfCells(): Uint16Array {
  const bins = new Uint16Array(CELLS * (LAST_POWER + 1));
  let bin = 0;
  for (let cell = 0; cell < bins.length; cell++) {
    const power = Math.floor(cell / CELLS);
    // Cells of powers below six would be narrower than an integer: values there are cells themselves.
    if (cell >= CELLS && power < 6) continue;
    const least = cell < CELLS ? cell : 2 ** power + (cell % CELLS) * 2 ** (power - 6);
    while (bin < LAST_BIN && (BORDERS[bin] ?? 0) < least) bin++;
    bins[cell] = bin;
  }
  return bins;
}

/** Shifts of integers only, so that every machine finds the same cell. Below `CELLS` a value is its own cell. */
function cellOf(value: number): number {
  if (value < CELLS) return value | 0;
  if (value < 2 ** 31) {
    const power = 31 - Math.clz32(value);
    return power * CELLS + ((value >>> (power - 6)) & (CELLS - 1));
  }
  const high = Math.floor(value / 2 ** 25);
  const power = 31 - Math.clz32(high);
  return (power + 25) * CELLS + ((high >>> (power - 6)) & (CELLS - 1));
}

/** The first bin whose border is at least the value; the last one for values above all borders. */
function binOf(value: number): number {
  if (!(value > 0)) return 0;
  let bin = BIN_OF_CELL[cellOf(value)] ?? LAST_BIN;
  while (bin < LAST_BIN && (BORDERS[bin] ?? 0) < value) bin++;
  return bin;
}

/** The greatest relative error of a quantile, in parts per million. */
export const SKETCH_ERROR_PPM = 10_000;

/** How non-negative integers are distributed, within 1 % of each; those below 0 count as 0. Mergeable without loss. */
export class LatencySketch {
  /** Counts of the bins from `#base` on: those in use and some around, as all of them would take 14 KB. */
  #bins: number[] = [];
  #base = 0;
  #count = 0;
  #low = BORDERS.length;
  #high = -1;

  get count(): number {
    return this.#count;
  }

  add(value: number, count = 1): void {
    this.addBin(binOf(value), count);
  }

  /** Adds a value of those rows `[first, end)` that were up and measured it. */
  addRuns(columns: RunColumns, name: string, { first, end } = { first: 0, end: columns.length }): void {
    const found = columns.values.find((one) => one.name === name);
    if (found === undefined) return;
    for (let row = first; row < end; row++) {
      if (found.present[row] === 1 && columns.outcomes[row] === OUTCOME_CODES.up) this.add(found.numbers[row] ?? 0);
    }
  }

  copy(): LatencySketch {
    const copy = new LatencySketch();
    copy.merge(this);
    return copy;
  }

  merge(other: LatencySketch): void {
    for (let bin = other.#low; bin <= other.#high; bin++) {
      const count = other.countOf(bin);
      if (count > 0) this.addBin(bin, count);
    }
  }

  /** Adds what another packed, without making a sketch of it first. Throws `RollupError`. */
  mergePacked(bytes: Uint8Array): void {
    addPacked(this, new PackedReader(bytes));
  }

  /** The value of that rank (nearest rank, parts per billion of all), within 1 %; `null` when there is none. */
  quantile(ppb: number): number | null {
    if (this.#count === 0) return null;
    const rank = nearestRank(this.#count, ppb);
    let seen = 0;
    for (let bin = this.#low; bin <= this.#high; bin++) {
      seen += this.countOf(bin);
      if (seen >= rank) return middleOf(bin);
    }
    return middleOf(this.#high);
  }

  get lowestBin(): number {
    return this.#low;
  }

  get highestBin(): number {
    return this.#high;
  }

  countOf(bin: number): number {
    return this.#bins[bin - this.#base] ?? 0;
  }

  /** Writes the bins: how many, then for each its distance from the one before and its count. */
  write(writer: PackedWriter): void {
    let bins = 0;
    for (let bin = this.#low; bin <= this.#high; bin++) if (this.countOf(bin) > 0) bins++;
    writer.number(bins);
    let before = 0;
    for (let bin = this.#low; bin <= this.#high; bin++) {
      const count = this.countOf(bin);
      if (count === 0) continue;
      // Nearly all are neighbours with small counts: both fit one byte.
      const gap = bin - before;
      if (gap < 4 && count < 32) writer.number(1 + gap * 31 + (count - 1));
      else {
        writer.number(0);
        writer.number(gap);
        writer.number(count);
      }
      before = bin;
    }
  }

  /** What `write` wrote. Throws `RollupError`. */
  static read(reader: PackedReader): LatencySketch {
    const sketch = new LatencySketch();
    addPacked(sketch, reader);
    return sketch;
  }

  pack(): Uint8Array {
    const writer = new PackedWriter();
    this.write(writer);
    return writer.finish();
  }

  static unpack(bytes: Uint8Array): LatencySketch {
    return LatencySketch.read(new PackedReader(bytes));
  }

  /** Whether both hold the same counts in the same bins. */
  equals(other: LatencySketch): boolean {
    if (this.#count !== other.#count || this.#low !== other.#low || this.#high !== other.#high) return false;
    for (let bin = this.#low; bin <= this.#high; bin++) if (this.countOf(bin) !== other.countOf(bin)) return false;
    return true;
  }

  /** Adds to a bin by its number, as another sketch tells it. Throws `RollupError` when there is no such bin. */
  addBin(bin: number, count: number): void {
    // Nothing: it must not widen what is packed.
    if (count === 0) return;
    if (bin < this.#base || bin >= this.#base + this.#bins.length) this.#reach(bin);
    const index = bin - this.#base;
    this.#bins[index] = (this.#bins[index] ?? 0) + count;
    this.#count += count;
    if (bin < this.#low) this.#low = bin;
    if (bin > this.#high) this.#high = bin;
  }

  /** Makes room for a bin and for some beyond it, so that widening again and again costs little. */
  #reach(bin: number): void {
    if (bin > LAST_BIN) throw new RollupError(`a sketch names bin ${bin}, the last is ${LAST_BIN}`);
    const [low, high] = [Math.min(bin, this.#low), Math.max(bin, this.#high)];
    const spare = 64 + ((high - low) >> 2);
    const base = Math.max(0, low - spare);
    const wider = new Array<number>(Math.min(LAST_BIN, high + spare) + 1 - base).fill(0);
    for (let used = this.#low; used <= this.#high; used++) wider[used - base] = this.countOf(used);
    this.#bins = wider;
    this.#base = base;
  }
}

function addPacked(sketch: LatencySketch, reader: PackedReader): void {
  let bin = 0;
  for (let left = reader.number(); left > 0; left--) {
    const code = reader.number();
    bin += code === 0 ? reader.number() : Math.floor((code - 1) / 31);
    sketch.addBin(bin, code === 0 ? reader.number() : ((code - 1) % 31) + 1);
  }
}

function middleOf(bin: number): number {
  const upper = BORDERS[bin] ?? 0;
  const lower = bin === 0 ? 0 : (BORDERS[bin - 1] ?? 0) + 1;
  return Math.round((lower + upper) / 2);
}
