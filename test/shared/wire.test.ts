import { countObservations } from '@nines/shared/observation.ts';
import { type Batch, observationAt, observationsOf, parseBatch, toColumns, WireError } from '@nines/shared/wire.ts';
import { describe, expect, it } from 'vitest';
import { aBatch, START_MS, upColumns } from '../support/batches.ts';

const COLUMNS = upColumns('shop-home', 3);

function refusalOf(batch: unknown): { code: string; message: string } {
  try {
    parseBatch(typeof batch === 'string' ? batch : JSON.stringify(batch));
  } catch (error) {
    if (error instanceof WireError) return { code: error.code, message: error.message };
    throw error;
  }
  throw new Error('accepted');
}

/** The message for a batch whose first check differs from a good one. */
function columnRefusal(given: Record<string, unknown>): string {
  const { code, message } = refusalOf({ ...aBatch(), checks: [{ ...COLUMNS, ...given }] });
  expect(code).toBe('invalid-batch');
  return message;
}

describe('a batch', () => {
  it('is what its text says', () => {
    const batch = aBatch({
      checks: [COLUMNS, { ...COLUMNS, up: [1, 0, null], reasons: { 1: 'timeout', 2: 'agent-error' } }],
    });
    expect(parseBatch(JSON.stringify(batch))).toEqual(batch);
    expect(countObservations(batch)).toBe(6);
  });

  it('names the place of what is wrong in it', () => {
    expect(columnRefusal({ every_ms: 0 })).toBe('checks[0].every_ms: expected milliseconds');
    expect(columnRefusal({ check: 'Shop Home' })).toBe("checks[0].check: expected a check's id");
    expect(columnRefusal({ at_ms: [START_MS, START_MS + 1, 7] })).toMatch(
      /^checks\[0\]\.at_ms\[2\]: expected milliseconds/,
    );
    expect(columnRefusal({ at_ms: [] })).toBe('checks[0].at_ms: empty');
    expect(columnRefusal({ up: [1, 1, 2] })).toBe('checks[0].up[2]: expected 1, 0 or null');
    expect(columnRefusal({ up: [1, true, 1] })).toBe('checks[0].up[1]: expected 1, 0 or null');
    expect(columnRefusal({ up: [1, 0, 1] })).toMatch(/^checks\[0\]\.reasons: none for observation 1/);
    expect(columnRefusal({ up: [1, 0, 1], reasons: { 1: 'No Reason' } })).toMatch(/none for observation 1/);
    expect(columnRefusal({ reasons: { 5: 'timeout' } })).toBe(
      'checks[0].reasons: 1 reasons for 0 observations that are not up',
    );
    expect(columnRefusal({ values: { total: [1, 2] } })).toBe('checks[0].values.total: 2 values for 3 instants');
    expect(columnRefusal({ values: { total: [1, 2, 2 ** 53] } })).toMatch(/^checks\[0\]\.values\.total\[2\]/);
    expect(columnRefusal({ values: { 'Total ms': [1, 2, 3] } })).toBe(
      'checks[0].values: "Total ms" is not a value\'s name',
    );
    expect(columnRefusal({ valeus: {} })).toBe('checks[0].valeus: unknown key');
    expect(refusalOf({ ...aBatch(), status: { at_ms: 1 } }).message).toMatch(/^status\.version: /);
  });

  it('of another version is refused as such, whatever else it holds', () => {
    expect(refusalOf({ version: 2 }).code).toBe('unsupported-version');
    expect(refusalOf({ ...aBatch(), version: '1' }).code).toBe('invalid-batch');
  });

  it('does not echo a long key or name at length', () => {
    expect(refusalOf({ ...aBatch(), ['k'.repeat(10_000)]: 1 }).message.length).toBeLessThan(100);
    expect(columnRefusal({ values: { ['V'.repeat(10_000)]: [1, 2, 3] } }).length).toBeLessThan(120);
  });

  it('cannot reach an object’s prototype', () => {
    const text = JSON.stringify(aBatch()).replace('"values":{', '"values":{"__proto__":[1,2,3],');
    expect(refusalOf(text).code).toBe('invalid-batch');
    expect(refusalOf(JSON.stringify(aBatch()).replace('{', '{"__proto__":{"x":1},')).message).toMatch(/unknown key/);
  });

  it('of 100,000 observations is accepted, and one more is too many', () => {
    const of = (count: number) => JSON.stringify(aBatch({ checks: [{ ...upColumns('a', count), values: {} }] }));
    expect(countObservations(parseBatch(of(100_000)))).toBe(100_000);
    expect(refusalOf(of(100_001)).code).toBe('too-many-observations');
  });
});

describe('columns', () => {
  it('hold one entry a check and interval, in the order given', () => {
    const of = (check: string, everyMs: number, atMs: number) =>
      ({ check, everyMs, atMs, outcome: 'up', reason: null, values: {} }) as const;
    const columns = toColumns([of('a', 1_000, 3), of('b', 1_000, 2), of('a', 2_000, 1), of('a', 1_000, 0)]);
    expect(columns.map(({ check, every_ms, at_ms }) => [check, every_ms, at_ms])).toEqual([
      ['a', 1_000, [3, 0]],
      ['b', 1_000, [2]],
      ['a', 2_000, [1]],
    ]);
  });

  it('a value that was not measured is absent, and zero is a value', () => {
    const columns = { ...COLUMNS, values: { total: [5, null, 0] } };
    expect([0, 1, 2].map((index) => observationAt(columns, index).values)).toEqual([{ total: 5 }, {}, { total: 0 }]);
  });

  it('a value may be named as something that every object has', () => {
    const observation = {
      check: 'a',
      everyMs: 1,
      atMs: START_MS,
      outcome: 'up',
      reason: null,
      values: { constructor: 7 },
    } as const;
    expect(toColumns([observation])[0]?.values).toEqual({ constructor: [7] });
    const batch: Batch = aBatch({ checks: toColumns([observation]) });
    expect([...observationsOf(parseBatch(JSON.stringify(batch)))]).toEqual([observation]);
  });
});
