import type { Observation } from '@nines/shared/observation.ts';
import { observationsOf, parseBatch, toColumns, WireError } from '@nines/shared/wire.ts';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { aBatch } from '../support/batches.ts';

const valueName = fc.constantFrom('total', 'connect', 'status', 'constructor', 'valueof', 'a_1');
const reason = fc.constantFrom('timeout', 'connect-refused', 'x', 'dns-nxdomain');

const outcome = fc.oneof(
  fc.record({ outcome: fc.constant('up' as const), reason: fc.constant(null) }),
  fc.record({ outcome: fc.constantFrom('down' as const, 'unknown' as const), reason }),
);

const observation: fc.Arbitrary<Observation> = fc
  .record({
    check: fc.constantFrom('a', 'shop-home', 'mail.in_2'),
    atMs: fc.integer({ min: 1e12, max: 1e13 }),
    everyMs: fc.constantFrom(1, 30_000, 86_400_000),
    outcome,
    values: fc.dictionary(
      valueName,
      fc.maxSafeInteger().filter((value) => !Object.is(value, -0)),
    ),
  })
  .map((given) => ({ ...given, ...given.outcome, values: { ...given.values } }));

const observations = fc.array(observation, { minLength: 1, maxLength: 30 });

/** Observations without the order in which they came, nor that of their values. */
function contentOf(list: readonly Observation[]): string[] {
  return list
    .map(({ check, atMs, everyMs, outcome, reason, values }) =>
      JSON.stringify([check, atMs, everyMs, outcome, reason, sorted(values)]),
    )
    .sort();
}

describe('the wire', () => {
  it('brings every observation to the other end as it was', () => {
    fc.assert(
      fc.property(observations, (sent) => {
        const text = JSON.stringify(aBatch({ checks: toColumns(sent) }));
        const received = [...observationsOf(parseBatch(text))];
        expect(contentOf(received)).toEqual(contentOf(sent));
      }),
    );
  });

  it('with any byte changed is a batch that keeps every rule, or a WireError, and never anything else', () => {
    fc.assert(
      fc.property(observations, fc.nat(), fc.nat(255), (sent, at, byte) => {
        const bytes = Buffer.from(JSON.stringify(aBatch({ checks: toColumns(sent) })));
        bytes[at % bytes.byteLength] = byte;
        expectValidOrRefused(bytes.toString('utf8'));
      }),
      { numRuns: 1_000 },
    );
  });

  it('with any part replaced by any JSON is a batch that keeps every rule, or a WireError', () => {
    fc.assert(
      fc.property(observations, fc.nat(), fc.jsonValue(), (sent, at, replacement) => {
        const batch: unknown = JSON.parse(JSON.stringify(aBatch({ checks: toColumns(sent) })));
        const places = placesIn(batch);
        const place = places[at % places.length];
        if (place !== undefined) Reflect.set(place.holder, place.key, replacement);
        expectValidOrRefused(JSON.stringify(batch));
      }),
      { numRuns: 1_000 },
    );
  });

  it('with any text at all is a WireError unless it is a batch', () => {
    fc.assert(fc.property(fc.oneof(fc.string(), fc.json()), (text) => expectValidOrRefused(text)));
  });
});

function sorted(values: Readonly<Record<string, number>>): unknown {
  return Object.entries(values).toSorted(([a], [b]) => (a < b ? -1 : 1));
}

interface Place {
  readonly holder: object;
  readonly key: string;
}

/** Every member of every object and array in a value. */
function placesIn(value: unknown): Place[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => [{ holder: value, key }, ...placesIn(inner)]);
}

/** An oracle of its own: states the rules of WIRE.md again, without the parser's code. */
function expectValidOrRefused(text: string): void {
  let batch: ReturnType<typeof parseBatch>;
  try {
    batch = parseBatch(text);
  } catch (error) {
    expect(error).toBeInstanceOf(WireError);
    return;
  }
  expect(Object.keys(batch).every((key) => /^(version|agent|spool|sequence|checks|status)$/.test(key))).toBe(true);
  expect(batch.version).toBe(1);
  expect(batch.agent).toMatch(/^[a-z0-9]([a-z0-9._-]{0,62}[a-z0-9])?$/);
  expect(batch.spool).toMatch(/^[A-Za-z0-9_-]{8,64}$/);
  expect(Number.isSafeInteger(batch.sequence) && batch.sequence >= 0).toBe(true);
  expect(batch.checks.length).toBeGreaterThan(0);
  for (const { check, every_ms: everyMs, at_ms: atMs, up, reasons, values } of batch.checks) {
    expect(check).toMatch(/^[a-z0-9]([a-z0-9._-]{0,62}[a-z0-9])?$/);
    expect(Number.isInteger(everyMs) && everyMs > 0).toBe(true);
    expect(atMs.length).toBeGreaterThan(0);
    expect(atMs.every((at) => Number.isInteger(at) && at >= 1e12 && at <= 1e13)).toBe(true);
    expect(up.length).toBe(atMs.length);
    const notUp = up.flatMap((each, index) => (each === 1 ? [] : [String(index)]));
    expect(up.every((each) => each === 1 || each === 0 || each === null)).toBe(true);
    expect(Object.keys(reasons).toSorted()).toEqual(notUp.toSorted());
    for (const each of Object.values(reasons)) expect(each).toMatch(/^[a-z][a-z0-9-]{0,63}$/);
    for (const [name, column] of Object.entries(values)) {
      expect(name).toMatch(/^[a-z][a-z0-9_]{0,39}$/);
      expect(column.length).toBe(atMs.length);
      expect(column.every((value) => value === null || Number.isSafeInteger(value))).toBe(true);
    }
  }
}
