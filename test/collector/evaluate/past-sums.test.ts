import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ChangedHours } from '../../../collector/src/evaluate/changed-hours.ts';
import { HOUR_MS } from '../../../collector/src/evaluate/hour-counters.ts';
import { blocksOf, PastSums } from '../../../collector/src/evaluate/past-sums.ts';
import type { Interval } from '../../../collector/src/sla/interval.ts';

const HOURS = { anchorMs: 0, lengthMs: HOUR_MS };
const QUARTER_OF_AN_HOUR_MS = HOUR_MS / 4;

const interval = fc
  .record({ from: fc.nat({ max: 9_000 }), length: fc.integer({ min: 1, max: 9_000 }) })
  .map(({ from, length }) => ({
    fromMs: from * QUARTER_OF_AN_HOUR_MS,
    toMs: (from + length) * QUARTER_OF_AN_HOUR_MS,
  }));

describe('an interval in blocks', () => {
  it('is covered without a hole by few of them, which begin at multiples of their own length', () => {
    fc.assert(
      fc.property(interval, (whole) => {
        const blocks = blocksOf(whole, HOURS);
        expect(blocks[0]?.fromMs).toBe(whole.fromMs);
        expect(blocks.at(-1)?.toMs).toBe(whole.toMs);
        for (const [index, block] of blocks.entries()) {
          if (index > 0) expect(block.fromMs).toBe(blocks[index - 1]?.toMs);
          const lengthMs = block.toMs - block.fromMs;
          if (lengthMs > HOUR_MS) expect(block.fromMs % lengthMs).toBe(0);
        }
        // Twice as many as an interval of so many hours has binary digits, and a part of an hour at each end.
        const hours = (whole.toMs - whole.fromMs) / HOUR_MS;
        expect(blocks.length).toBeLessThanOrEqual(2 * Math.ceil(Math.log2(hours + 2)) + 2);
      }),
    );
  });
});

/** Numbers that lie at quarters of an hour and may change, and how often they were looked through. */
class Numbers {
  readonly changes = new ChangedHours();
  readonly #at = new Map<number, number>();
  looked = 0;

  set(quarter: number, value: number): void {
    this.#at.set(quarter, value);
    this.changes.note({ fromMs: quarter * QUARTER_OF_AN_HOUR_MS, toMs: quarter * QUARTER_OF_AN_HOUR_MS + 1 });
  }

  sum({ fromMs, toMs }: Interval): number {
    let sum = 0;
    for (let at = fromMs / QUARTER_OF_AN_HOUR_MS; at < toMs / QUARTER_OF_AN_HOUR_MS; at++) {
      this.looked++;
      sum += this.#at.get(at) ?? 0;
    }
    return sum;
  }

  async over(sums: PastSums<number>, whole: Interval, pastMs: number): Promise<number> {
    sums.refresh([this.changes]);
    const fold = { of: (part: Interval) => this.sum(part), add: (parts: readonly number[]) => addUp(parts) };
    return addUp(await sums.over(whole, pastMs, fold));
  }
}

const addUp = (parts: readonly number[]) => parts.reduce((sum, part) => sum + part, 0);

describe('sums of the past', () => {
  it('are those that are made anew, whatever changed and whatever is asked', async () => {
    const step = fc.record({
      changes: fc.array(fc.record({ quarter: fc.nat({ max: 9_000 }), value: fc.nat({ max: 9 }) }), { maxLength: 4 }),
      asked: interval,
      past: fc.nat({ max: 3_000 }),
      isForgotten: fc.constantFrom(false, false, false, true),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
        const numbers = new Numbers();
        const sums = new PastSums<number>(HOURS);
        for (const { changes, asked, past, isForgotten } of steps) {
          for (const { quarter, value } of changes) numbers.set(quarter, value);
          if (isForgotten) numbers.changes.noteAll();
          expect(await numbers.over(sums, asked, past * HOUR_MS)).toBe(numbers.sum(asked));
        }
      }),
    );
  });

  it('cost what is new: a quarter’s last hour looks at no more than its first', async () => {
    const numbers = new Numbers();
    const sums = new PastSums<number>(HOURS);
    const looked: number[] = [];
    for (let hour = 1; hour <= 2_160; hour++) {
      numbers.set(hour * 4 - 1, 1);
      const before = numbers.looked;
      await numbers.over(sums, { fromMs: 0, toMs: hour * HOUR_MS }, hour * HOUR_MS);
      looked.push(numbers.looked - before);
    }
    // The hour that is over, and the one before it that was changed.
    expect(Math.max(...looked.slice(1))).toBeLessThanOrEqual(8);
  });

  it('made at once are taken apart where something changed, and then a change costs an hour', async () => {
    const numbers = new Numbers();
    const sums = new PastSums<number>(HOURS);
    const quarter = { fromMs: 0, toMs: 2_048 * HOUR_MS };
    const costOf = async (changed: number) => {
      numbers.set(changed, 1);
      const before = numbers.looked;
      await numbers.over(sums, quarter, quarter.toMs);
      return numbers.looked - before;
    };
    await numbers.over(sums, quarter, quarter.toMs);
    expect(await costOf(4_000)).toBe(4 * 2_048);
    expect(await costOf(4_001)).toBe(4);
  });
});
