import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HourCounters } from '../../../collector/src/evaluate/hour-counters.ts';
import { Positions } from '../../../collector/src/evaluate/positions.ts';

const additions = fc.array(
  fc.record({
    hour: fc.integer({ min: 400_000, max: 401_000 }),
    column: fc.constantFrom(0, 1),
    count: fc.integer({ min: 1, max: 1_000 }),
  }),
);
const bounds = fc.tuple(fc.integer({ min: 399_900, max: 401_100 }), fc.integer({ min: 399_900, max: 401_100 }));

describe('hourly counters', () => {
  it('sum over any hours what was added in them', () => {
    fc.assert(
      fc.property(additions, additions, bounds, (some, more, [from, to]) => {
        const counters = new HourCounters(2);
        const other = new HourCounters(2);
        for (const { hour, column, count } of some) counters.add(hour, column, count);
        for (const { hour, column, count } of more) other.add(hour, column, count);
        counters.addAll(other);
        for (const column of [0, 1]) {
          const expected = [...some, ...more]
            .filter((one) => one.column === column && one.hour >= from && one.hour < to)
            .reduce((total, one) => total + one.count, 0);
          expect(counters.sum(from, to, column)).toBe(expected);
        }
      }),
    );
  });

  it('cost one page for an instant that is centuries away', () => {
    const counters = new HourCounters(1);
    counters.add(400_000, 0, 1);
    const { bytes } = counters;
    counters.add(2_700_000, 0, 1);
    expect(counters.bytes).toBe(2 * bytes);
    expect(counters.sum(0, 3_000_000, 0)).toBe(2);
  });
});

describe('positions', () => {
  it('are a set, in whatever order they come', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 40 })), (added) => {
        const positions = new Positions();
        const expected = new Set<number>();
        for (const position of added) {
          expect(positions.add(position)).toBe(!expected.has(position));
          expected.add(position);
        }
        const copy = positions.copy();
        positions.add(41);
        for (let position = 0; position <= 41; position++) expect(copy.has(position)).toBe(expected.has(position));
        expect(copy.last).toBe(Math.max(0, ...expected));
      }),
    );
  });
});
