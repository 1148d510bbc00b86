import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DueQueue } from '../../agent/src/due-queue.ts';

describe('DueQueue', () => {
  it('gives the items in order of their due time, also when each is put back with a later one', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ dueMs: fc.nat(1_000), everyMs: fc.integer({ min: 1, max: 100 }) }), { minLength: 1 }),
        (items) => {
          const queue = new DueQueue<{ dueMs: number; everyMs: number }>();
          queue.replace(items.map((item) => ({ ...item })));
          let previousMs = Number.NEGATIVE_INFINITY;
          for (let step = 0; step < 3 * items.length; step++) {
            const first = queue.peek();
            if (first === undefined) throw new Error('the queue lost its items');
            expect(first.dueMs).toBeGreaterThanOrEqual(previousMs);
            previousMs = first.dueMs;
            first.dueMs += first.everyMs;
            queue.reorderFirst();
          }
          expect(queue.size).toBe(items.length);
        },
      ),
    );
  });

  it('is empty after its items were replaced by none', () => {
    const queue = new DueQueue<{ dueMs: number }>();
    queue.replace([{ dueMs: 1 }]);
    queue.replace([]);
    expect(queue.peek()).toBeUndefined();
  });
});
