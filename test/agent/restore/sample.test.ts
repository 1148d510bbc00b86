import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Sample } from '../../../agent/src/restore/sample.ts';

function sampled(sizes: readonly number[], limits: { files: number; bytes: number }, random = fromLast) {
  const sample = new Sample(limits, random);
  for (const [index, bytes] of sizes.entries()) sample.offer({ path: String(index), bytes });
  return sample;
}

/** Takes the highest place each time: nothing that is kept is replaced. */
function fromLast(below: number): number {
  return below - 1;
}

describe('a sample of files', () => {
  it('is never more files, nor more bytes, than it may be, and names none twice', () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat(1_000), { maxLength: 60 }),
        fc.integer({ min: 1, max: 20 }),
        fc.nat(3_000),
        fc.infiniteStream(fc.nat(1_000_000)),
        (sizes, files, bytes, numbers) => {
          const random = (below: number) => (numbers.next().value ?? 0) % below;
          const chosen = sampled(sizes, { files, bytes }, random).files;
          expect(chosen.length).toBeLessThanOrEqual(files);
          expect(chosen.reduce((sum, file) => sum + file.bytes, 0)).toBeLessThanOrEqual(bytes);
          expect(new Set(chosen.map(({ path }) => path)).size).toBe(chosen.length);
          for (const { path, bytes: size } of chosen) expect(size).toBe(sizes[Number(path)]);
        },
      ),
    );
  });

  it('is everything when that fits', () => {
    expect(sampled([1, 2, 3], { files: 3, bytes: 6 }).files).toHaveLength(3);
  });

  it('has no file that is larger than all of it may be, and knows that there are some', () => {
    const sample = sampled([11, 12], { files: 3, bytes: 10 });
    expect([sample.files.length, sample.offered]).toEqual([0, 2]);
  });

  it('gives each file the same chance', () => {
    const hits = new Array<number>(10).fill(0);
    let seed = 1;
    // Park and Miller's generator: the same numbers in every run.
    const random = (below: number) => {
      seed = (seed * 48_271) % 2_147_483_647;
      return seed % below;
    };
    for (let turn = 0; turn < 2_000; turn++) {
      for (const { path } of sampled(new Array(10).fill(1), { files: 3, bytes: 3 }, random).files) {
        hits[Number(path)] = (hits[Number(path)] ?? 0) + 1;
      }
    }
    // 600 are expected of each; six standard deviations of the binomial (20.5) to either side.
    expect(Math.min(...hits)).toBeGreaterThan(477);
    expect(Math.max(...hits)).toBeLessThan(723);
  });
});
