import Sqlite from 'better-sqlite3';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DELIVERED_SCHEMA, DeliveredRanges } from '../../../../collector/src/store/sqlite/delivered-ranges.ts';
import { migrate } from '../../../../collector/src/store/sqlite/schema.ts';

const AGENT = { agent: 'fra', spool: 'spool-0001' };

function openRanges() {
  const database = new Sqlite(':memory:');
  migrate(database);
  database.exec("INSERT INTO spools VALUES (1, 'fra', 'spool-0001'), (2, 'fra', 'spool-0002')");
  const ranges = new DeliveredRanges(database);
  return {
    database,
    ranges,
    leave: (sequences: readonly number[]) => {
      for (const write of ranges.writesFor(sequences.map((sequence) => ({ ...AGENT, sequence })))) write();
    },
    rows: () => database.prepare('SELECT first_sequence, last_sequence FROM delivered WHERE spool = 1').raw().all(),
  };
}

describe('what is known as delivered after it left the journal', () => {
  it('is exactly what left it, in any order and grouping, in as few rows as there are runs', () => {
    const sequences = fc.uniqueArray(fc.nat({ max: 40 }), { minLength: 1 });
    fc.assert(
      fc.property(sequences, fc.integer({ min: 1, max: 7 }), (all, size) => {
        const { ranges, leave, rows } = openRanges();
        for (let first = 0; first < all.length; first += size) leave(all.slice(first, first + size));
        const known = Array.from({ length: 42 }, (_, sequence) => sequence).filter((one) => ranges.has(1, one));
        expect(known).toEqual(all.toSorted((a, b) => a - b));
        expect(rows()).toHaveLength(known.filter((one) => !all.includes(one - 1)).length);
        expect(ranges.has(2, all[0] ?? 0)).toBe(false);
      }),
    );
  });

  it('takes the place of the marks, up to the largest sequence of the wire', () => {
    const { database, ranges, leave } = openRanges();
    database.exec(`INSERT INTO deliveries VALUES (1, 7, 1), (1, ${Number.MAX_SAFE_INTEGER}, 2), (1, 9, 3)`);
    leave([7, Number.MAX_SAFE_INTEGER]);
    expect(database.prepare('SELECT sequence FROM deliveries').pluck().all()).toEqual([9]);
    expect([7, 8, Number.MAX_SAFE_INTEGER - 1, Number.MAX_SAFE_INTEGER].map((one) => ranges.has(1, one))).toEqual([
      true,
      false,
      false,
      true,
    ]);
  });

  it('is made of the marks that an older version kept one by one', () => {
    const { database, rows } = openRanges();
    database.exec(`DROP TABLE delivered;
      INSERT INTO deliveries VALUES (1, 1, 1), (1, 2, 2), (1, 3, 3), (1, 5, 4), (1, 6, 5), (2, 1, 6);
      INSERT INTO journal VALUES (5, 1, 6, 0, NULL, 0, 0, 1, 0, x'')`);
    database.exec(DELIVERED_SCHEMA);
    expect(rows()).toEqual([
      [1, 3],
      [5, 5],
    ]);
    expect(database.prepare('SELECT spool, sequence FROM deliveries').raw().all()).toEqual([[1, 6]]);
  });
});
