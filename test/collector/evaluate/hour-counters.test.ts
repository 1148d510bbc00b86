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

  it('add what comes late to weeks that were taken over in rows of equal hours', () => {
    const count = fc.oneof(
      { weight: 9, arbitrary: fc.integer({ min: 0, max: 200 }) },
      { weight: 1, arbitrary: fc.constant(70_000) },
    );
    // Rows of a week: 100 hours and 68 hours, each with a count in both columns.
    const week = fc.tuple(count, count, count, count).map(([a, b, c, d]) => [100, a, b, 68, c, d]);
    const weeks = fc.uniqueArray(fc.integer({ min: 2_380, max: 2_388 }), { maxLength: 5 });
    fc.assert(
      fc.property(
        weeks,
        fc.array(week, { minLength: 5, maxLength: 5 }),
        additions,
        bounds,
        (some, rows, late, [from, to]) => {
          const counters = new HourCounters(2);
          const taken = some.toSorted((a, b) => a - b).map((number, index) => ({ number, rows: rows[index] ?? [] }));
          for (const { number, rows: ofWeek } of taken) counters.addRows(number, ofWeek);
          for (const { hour, column, count: more } of late) counters.add(hour, column, more);
          for (const column of [0, 1]) {
            let expected = late
              .filter((one) => one.column === column && one.hour >= from && one.hour < to)
              .reduce((total, one) => total + one.count, 0);
            for (const { number, rows: ofWeek } of taken) {
              for (let hour = 0; hour < 168; hour++) {
                const at = number * 168 + hour;
                if (at >= from && at < to) expected += ofWeek[(hour < 100 ? 1 : 4) + column] ?? 0;
              }
            }
            expect(counters.sum(from, to, column)).toBe(expected);
          }
        },
      ),
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
