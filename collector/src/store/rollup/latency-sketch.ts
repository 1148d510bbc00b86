import { OUTCOME_CODES, type RunColumns } from '../run-columns.ts';
import { PackedReader, PackedWriter } from './packed.ts';

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

/** For each number of leading bits a place to begin to look: a value has at most 36 borders in its power of two. */
const STARTS = Int32Array.from({ length: 54 }, (_, power) => {
  const found = BORDERS.findIndex((border) => border >= 2 ** power);
  return found === -1 ? BORDERS.length - 1 : found;
});

function binOf(value: number): number {
  if (value <= FIRST_WIDE) return Math.max(0, value);
  const power = value < 2 ** 31 ? 31 - Math.clz32(value) : 31 + (31 - Math.clz32(Math.floor(value / 2 ** 31)));
  let low = (STARTS[power] ?? 1) - 1;
  let high = STARTS[power + 1] ?? BORDERS.length - 1;
  // The first border that is at least the value.
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((BORDERS[middle] ?? 0) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The greatest relative error of a quantile, in parts per million. */
export const SKETCH_ERROR_PPM = 10_000;

/** How non-negative integers are distributed, within 1 % of each; those below 0 count as 0. Mergeable without loss. */
export class LatencySketch {
  readonly #bins = new Float64Array(BORDERS.length);
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

  merge(other: LatencySketch): void {
    for (let bin = other.#low; bin <= other.#high; bin++) {
      const count = other.#bins[bin] ?? 0;
      if (count > 0) this.addBin(bin, count);
    }
  }

  /** Adds what another packed, without making a sketch of it first. Throws `RollupError`. */
  mergePacked(bytes: Uint8Array): void {
    readSketch(new PackedReader(bytes), (bin, count) => this.addBin(bin, count));
  }

  /** The value of that rank (nearest rank, parts per billion of all), within 1 %; `null` when there is none. */
  quantile(ppb: number): number | null {
    if (this.#count === 0) return null;
    const rank = Math.max(1, Number((BigInt(this.#count) * BigInt(ppb) + 999_999_999n) / 1_000_000_000n));
    let seen = 0;
    for (let bin = this.#low; bin <= this.#high; bin++) {
      seen += this.#bins[bin] ?? 0;
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
    return this.#bins[bin] ?? 0;
  }

  /** Writes the bins: how many, then for each its distance from the one before and its count. */
  write(writer: PackedWriter): void {
    let bins = 0;
    for (let bin = this.#low; bin <= this.#high; bin++) if ((this.#bins[bin] ?? 0) > 0) bins++;
    writer.number(bins);
    let before = 0;
    for (let bin = this.#low; bin <= this.#high; bin++) {
      const count = this.#bins[bin] ?? 0;
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
    readSketch(reader, (bin, count) => sketch.addBin(bin, count));
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

  /** Adds to a bin by its number, as another sketch tells it. */
  addBin(bin: number, count: number): void {
    this.#bins[bin] = (this.#bins[bin] ?? 0) + count;
    this.#count += count;
    if (bin < this.#low) this.#low = bin;
    if (bin > this.#high) this.#high = bin;
  }
}

function readSketch(reader: PackedReader, add: (bin: number, count: number) => void): void {
  let bin = 0;
  for (let left = reader.number(); left > 0; left--) {
    const code = reader.number();
    bin += code === 0 ? reader.number() : Math.floor((code - 1) / 31);
    add(bin, code === 0 ? reader.number() : ((code - 1) % 31) + 1);
  }
}

function middleOf(bin: number): number {
  const upper = BORDERS[bin] ?? 0;
  const lower = bin === 0 ? 0 : (BORDERS[bin - 1] ?? 0) + 1;
  return Math.round((lower + upper) / 2);
}
