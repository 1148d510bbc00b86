import type { Event } from '@nines/shared/event.ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anomalyCases, usualBounds } from '../../../collector/src/sla/anomaly.ts';
import type { Anomaly } from '../../../collector/src/sla/indicator.ts';

const DAY_MS = 86_400_000;
const FIRST_MS = Date.UTC(2026, 3, 1, 2);

function bounds(values: readonly number[], deviations: number, tolerancePercent: number) {
  return usualBounds(values, { deviationsMilli: deviations * 1_000, tolerancePpb: tolerancePercent * 10_000_000 });
}

describe('the usual values after some others', () => {
  it('lie within so many median absolute deviations of their median', () => {
    // Median 100; distances 10, 4, 0, 6, 20, whose median is 6; three of them are 18.
    expect(bounds([90, 96, 100, 106, 120], 3, 0)).toEqual({ low: 82, high: 118 });
  });

  it('of an even number: both medians lie between two values, and only whole values within are usual', () => {
    // Median 101; distances 11, 1, 1, 4, whose median is 2.5; one and a half of them are 3.75.
    expect(bounds([90, 100, 102, 105], 1.5, 0)).toEqual({ low: 98, high: 104 });
  });

  it('are never narrower than the tolerance: values that are all alike have no deviation', () => {
    expect(bounds([1_000, 1_000, 1_000], 6, 10)).toEqual({ low: 900, high: 1_100 });
    expect(bounds([1_000, 1_000, 1_000], 6, 0)).toEqual({ low: 1_000, high: 1_000 });
  });

  it('agree with fractions that are worked out one by one, for any values', () => {
    const sizes = fc.array(fc.integer({ min: 0, max: 2 ** 50 }), { minLength: 1, maxLength: 15 });
    fc.assert(
      fc.property(sizes, fc.nat(9_999), fc.nat(1_000_000_000), fc.integer({ min: 0, max: 2 ** 51 }), (...drawn) => {
        const [values, deviationsMilli, tolerancePpb, value] = drawn;
        const { low, high } = usualBounds(values, { deviationsMilli, tolerancePpb });
        expect(low <= value && value <= high).toBe(isUsual(value, values, { deviationsMilli, tolerancePpb }));
      }),
      { numRuns: 500 },
    );
  });
});

/** The definition, with numerator and denominator: |value − median| ≤ max(k · MAD, t · median). */
function isUsual(
  value: number,
  values: readonly number[],
  { deviationsMilli, tolerancePpb }: { deviationsMilli: number; tolerancePpb: number },
): boolean {
  // Everything times four: medians of medians of integers are quarters.
  const median = medianOf(values.map((one) => 4n * BigInt(one)));
  const distance = (quarters: bigint) => (quarters > median ? quarters - median : median - quarters);
  const deviation = medianOf(values.map((one) => distance(4n * BigInt(one))));
  const away = distance(4n * BigInt(value));
  return away * 1_000n <= deviation * BigInt(deviationsMilli) || away * 1_000_000_000n <= median * BigInt(tolerancePpb);
}

/** Of even numbers: their mean is whole. */
function medianOf(values: readonly bigint[]): bigint {
  const sorted = values.toSorted((a, b) => Number(a > b) - Number(a < b));
  const middle = sorted.slice((sorted.length - 1) >> 1, (sorted.length >> 1) + 1);
  return middle.reduce((sum, one) => sum + one, 0n) / BigInt(middle.length);
}

const anomaly: Anomaly = {
  kind: 'anomaly',
  source: { stream: 'backups', checks: [], at: 'end' },
  valid: { kind: 'outcome', in: ['good'] },
  value: 'bytes',
  by: ['host'],
  last: 5,
  atLeast: 3,
  lookBackMs: 30 * DAY_MS,
  deviationsMilli: 6_000,
  tolerancePpb: 100_000_000,
  bad: 'both',
};

/** A backup of each night from the first on. */
function nights(sizes: readonly number[], host = 'web'): Event[] {
  return sizes.map((bytes, night) => ({
    stream: 'backups',
    id: `${host}-${night}`,
    agent: 'fra',
    revision: 0,
    atMs: FIRST_MS + night * DAY_MS - 60_000,
    endedAtMs: FIRST_MS + night * DAY_MS,
    outcome: 'good',
    labels: { host },
    values: { bytes },
  }));
}

function judged(events: readonly Event[], fields: Partial<Anomaly> = {}) {
  const cases = anomalyCases(events, { ...anomaly, ...fields }, FIRST_MS + 100 * DAY_MS);
  return cases.map(({ name, state, reason }) => `${name.replace('backups/', '')} ${state} ${reason}`);
}

describe('sizes of backups', () => {
  it('one that is suddenly small is bad, with the bound that it broke; those with too few before them are not judged', () => {
    expect(judged(nights([100, 101, 102, 103, 20, 104]))).toEqual([
      'web-3 good good',
      // 100 … 103: median 101.5, and a tenth of it is more than 6 deviations of 1.
      'web-4 bad bytes 20 is below 92',
      'web-5 good good',
    ]);
  });

  it('a large one is bad unless only small ones are', () => {
    const sizes = [100, 100, 100, 200];
    expect(judged(nights(sizes))).toEqual(['web-3 bad bytes 200 is above 110']);
    expect(judged(nights(sizes), { bad: 'smaller' })).toEqual(['web-3 good good']);
  });

  it('are compared with those of the same host only', () => {
    const both = [...nights([100, 100, 100, 100]), ...nights([9, 9, 9, 9], 'db')];
    expect(judged(both)).toEqual(['web-3 good good', 'db-3 good good']);
  });

  it('failed ones, those without a size and those too long ago say nothing', () => {
    const spoilt = (fields: Partial<Event>) =>
      nights([100, 100, 100, 5]).map((event, night) => (night === 3 ? { ...event, ...fields } : event));
    expect(judged(spoilt({ values: {} }))).toEqual([]);
    expect(judged(spoilt({ outcome: 'failed' }))).toEqual([]);
    expect(judged(nights([100, 100, 100, 5]), { lookBackMs: 2 * DAY_MS })).toEqual([]);
  });

  it('a backup that goes on may turn out either way', () => {
    const open = nights([100]).map((event) => ({ ...event, endedAtMs: null, outcome: null }));
    expect(judged(open)).toEqual(['web-0 unknown null']);
  });
});
