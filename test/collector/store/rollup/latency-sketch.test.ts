import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LatencySketch, SKETCH_ERROR_PPM } from '../../../../collector/src/store/rollup/latency-sketch.ts';
import { PackedWriter, RollupError } from '../../../../collector/src/store/rollup/packed.ts';
import { change, runsOf, seenInWeek, withFlipped } from './arbitrary-runs.ts';

const values = fc.array(
  fc.oneof(fc.integer({ min: 0, max: 200 }), fc.maxSafeNat(), fc.integer({ min: 20_000, max: 200_000 })),
  { maxLength: 60 },
);

function sketchOf(all: readonly number[]): LatencySketch {
  const sketch = new LatencySketch();
  for (const value of all) sketch.add(value);
  return sketch;
}

function mergedFrom(...sketches: readonly LatencySketch[]): LatencySketch {
  const sketch = new LatencySketch();
  for (const one of sketches) sketch.merge(one);
  return sketch;
}

/** How far the sketch of one value tells another, in parts per million of it. */
function errorOf(value: number): number {
  const told = sketchOf([value]).quantile(500_000_000) ?? Number.NaN;
  return value === 0 ? told * 1_000_000 : (Math.abs(told - value) / value) * 1_000_000;
}

describe('the bins of a latency sketch', () => {
  it('tell every value within 1 %: the small ones, and those beside a power of two and its sixty-fourths', () => {
    let worst = 0;
    for (let value = 0; value <= 20_000; value++) worst = Math.max(worst, errorOf(value));
    for (let power = 6; power <= 52; power++) {
      for (let cell = 0; cell < 64; cell++) {
        const border = 2 ** power + cell * 2 ** (power - 6);
        for (const value of [border - 1, border, border + 1]) worst = Math.max(worst, errorOf(value));
      }
    }
    worst = Math.max(worst, errorOf(Number.MAX_SAFE_INTEGER));
    expect(worst).toBeLessThanOrEqual(SKETCH_ERROR_PPM);
  });

  it('ascend with the values', () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), fc.maxSafeNat(), (a, b) => {
        const [low, high] = [Math.min(a, b), Math.max(a, b)];
        expect(sketchOf([low]).lowestBin).toBeLessThanOrEqual(sketchOf([high]).lowestBin);
      }),
    );
  });

  it('keep zero apart, and take in what is above 2^53', () => {
    expect(sketchOf([0]).quantile(1_000_000_000)).toBe(0);
    expect(sketchOf([2 ** 53]).equals(sketchOf([Number.MAX_SAFE_INTEGER]))).toBe(true);
  });
});

describe('a latency sketch', () => {
  it('merges in any order and grouping to the same sketch', () => {
    fc.assert(
      fc.property(values, values, values, (a, b, c) => {
        const [left, middle, right] = [sketchOf(a), sketchOf(b), sketchOf(c)];
        const whole = sketchOf([...a, ...b, ...c]);
        const grouped = [
          mergedFrom(mergedFrom(left, middle), right),
          mergedFrom(left, mergedFrom(middle, right)),
          mergedFrom(right, left, middle),
        ];
        for (const one of grouped) {
          expect(one.equals(whole)).toBe(true);
          expect(one.pack()).toEqual(whole.pack());
        }
      }),
    );
  });

  it('equals another only when both hold the same', () => {
    fc.assert(
      fc.property(values, values, (a, b) => {
        const isSame = Buffer.compare(sketchOf(a).pack(), sketchOf(b).pack()) === 0;
        expect(sketchOf(a).equals(sketchOf(b))).toBe(isSame);
      }),
    );
  });

  it('takes a count as so many values, also more than 32 bits hold', () => {
    const counted = new LatencySketch();
    counted.add(90_000, 3);
    counted.add(7, 0);
    expect(counted.equals(sketchOf([90_000, 90_000, 90_000]))).toBe(true);
    counted.add(90_000, 2 ** 40);
    expect(LatencySketch.unpack(counted.pack()).count).toBe(2 ** 40 + 3);
  });

  it('counts those runs that were up and measured the value', () => {
    fc.assert(
      fc.property(seenInWeek, fc.nat({ max: 60 }), fc.nat({ max: 60 }), (seen, a, b) => {
        const runs = runsOf(seen);
        const [first, end] = [Math.min(a, b, runs.length), Math.min(Math.max(a, b), runs.length)];
        const total = runs.values[0];
        const wanted: number[] = [];
        for (let row = first; row < end; row++) {
          if (total?.present[row] === 1 && runs.reasons[row] === 0) wanted.push(total.numbers[row] ?? Number.NaN);
        }
        const sketch = new LatencySketch();
        sketch.addRuns(runs, 'total', { first, end });
        sketch.addRuns(runs, 'dns');
        expect(sketch.equals(sketchOf(wanted))).toBe(true);
      }),
    );
  });

  it('notices a changed byte, and bytes that are missing', () => {
    fc.assert(
      fc.property(values, fc.nat(), change, (all, place, by) => {
        const packed = sketchOf(all).pack();
        expect(() => LatencySketch.unpack(withFlipped(packed, place, by))).toThrow(RollupError);
        expect(() => LatencySketch.unpack(packed.subarray(0, place % packed.length))).toThrow(RollupError);
      }),
    );
  });

  it('refuses a bin that there is not, although the checksum is right', () => {
    const writer = new PackedWriter();
    for (const number of [1, 0, 1_000_000, 1]) writer.number(number);
    const packed = writer.finish();
    expect(() => LatencySketch.unpack(packed)).toThrow(RollupError);
    expect(() => new LatencySketch().mergePacked(packed)).toThrow(RollupError);
  });

  it('is packed into the bytes that stores hold already', () => {
    const sketch = sketchOf([0, 0, 50, 51, 1_000, 90_000, 90_001, 250_000, 2 ** 40, Number.MAX_SAFE_INTEGER]);
    sketch.add(90_000, 31);
    // As the first version packed it: `verify` compares bytes, so another layout would call every old day damaged.
    expect(Buffer.from(sketch.pack()).toString('hex')).toBe(
      '08020032012000b2010100e401210034010084060100c7030147d0bc06',
    );
  });
});

describe('packed numbers', () => {
  it.each([-1, 0.5, 2 ** 53, Number.NaN, Number.POSITIVE_INFINITY])(
    '%s is refused: it would be read as another',
    (value) => {
      expect(() => new PackedWriter().number(value)).toThrow(RangeError);
    },
  );
});
