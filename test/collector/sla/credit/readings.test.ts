import { describe, expect, it } from 'vitest';
import type { Attainment } from '../../../../collector/src/sla/attainment.ts';
import type { LocalTime } from '../../../../collector/src/sla/credit/readings.ts';
import { readingsOf } from '../../../../collector/src/sla/credit/readings.ts';
import type { Interval } from '../../../../collector/src/sla/interval.ts';
import { attainmentOf } from '../../../../collector/src/sla/measured.ts';
import { PLAIN_PROFILE, type UnknownPolicy } from '../../../../collector/src/sla/profile.ts';
import { rational } from '../../../../collector/src/sla/rational.ts';
import { HOUR_MS, MINUTE_MS, MONTH_MS } from './cases.ts';

const local: LocalTime = {
  day: (atMs) => `day ${Math.floor(atMs / (24 * HOUR_MS))}`,
  instant: (atMs) => `hour ${atMs / HOUR_MS}`,
};

interface Seen {
  /** Down for certain, and perhaps; the rest of what has elapsed was up. */
  readonly best: readonly Interval[];
  readonly worst: readonly Interval[];
  readonly elapsedMs?: number;
  readonly unknown?: UnknownPolicy;
}

/** Thirty days from 0 on, of which so much has elapsed. */
function attained({ best, worst, elapsedMs = MONTH_MS, unknown = PLAIN_PROFILE.unknown }: Seen): Attainment {
  const total = (intervals: readonly Interval[]) => intervals.reduce((sum, one) => sum + one.toMs - one.fromMs, 0);
  const bad = total(best);
  const perhaps = total(worst) - bad;
  const period = { fromMs: 0, toMs: elapsedMs, periodToMs: MONTH_MS, periodName: '2026-06' };
  return attainmentOf(
    {
      unit: 'ms',
      scale: 1,
      tally: { good: elapsedMs - bad - perhaps, bad, unknown: perhaps, pending: MONTH_MS - elapsedMs },
      exact: null,
      excluded: 0,
      serviceMs: MONTH_MS,
      badTime: { best, worst },
      incidents: best.map((one) => ({
        ...one,
        countedMs: one.toMs - one.fromMs,
        checks: [],
        locations: [],
        reasons: [],
      })),
      uncounted: [],
      statistic: null,
      verdict: null,
    },
    { targetPpb: 999_000_000, profile: { ...PLAIN_PROFILE, unknown } },
    { period, nowMs: elapsedMs, open: null, exclusions: [], notApplied: [], denominator: 'excluded' },
  );
}

const at = (fromMinute: number, minutes: number): Interval => ({
  fromMs: fromMinute * MINUTE_MS,
  toMs: (fromMinute + minutes) * MINUTE_MS,
});

describe('the readings of a period', () => {
  it('are one when nothing is unknown', () => {
    const { best, worst } = readingsOf(attained({ best: [at(60, 30)], worst: [at(60, 30)] }), local);
    expect(best).toEqual(worst);
    // 30 of 43,200 min.
    expect(best).toMatchObject({ share: rational(43_170, 43_200), downMs: 30 * MINUTE_MS, serviceMs: MONTH_MS });
  });

  it('take the unknown as up and as down, where it joins what was down into one outage', () => {
    const seen = attained({ best: [at(60, 10), at(80, 10)], worst: [at(60, 30)] });
    const { best, worst } = readingsOf(seen, local);
    expect(best).toMatchObject({ share: rational(43_180, 43_200), downMs: 20 * MINUTE_MS });
    expect(best.incidents.map(({ countedMs, day }) => [countedMs, day])).toEqual([
      [10 * MINUTE_MS, 'day 0'],
      [10 * MINUTE_MS, 'day 0'],
    ]);
    expect(worst).toMatchObject({ share: rational(43_170, 43_200), downMs: 30 * MINUTE_MS });
    expect(worst.incidents.map(({ countedMs }) => countedMs)).toEqual([30 * MINUTE_MS]);
  });

  it('take what has not happened yet as up: what is owed is owed if nothing more goes wrong', () => {
    const seen = attained({ best: [at(0, 44)], worst: [at(0, 60)], elapsedMs: HOUR_MS });
    const { best, worst } = readingsOf(seen, local);
    expect(best.share).toEqual(rational(43_156, 43_200));
    expect(worst.share).toEqual(rational(43_140, 43_200));
  });

  it('of a period in which nothing was due have no share', () => {
    const none = { ...attained({ best: [], worst: [] }), shares: { attained: null, low: null, high: null } };
    expect(readingsOf({ ...none, good: 0 }, local).best.share).toBeNull();
  });

  it.each([
    ['good', 10, rational(43_190, 43_200)],
    ['bad', 30, rational(43_170, 43_200)],
    // 10 min down of 43,180 known.
    ['nothing', 10, rational(43_170, 43_180)],
  ] as const)('follow a contract by which the unknown counts as %s', (countsAs, downMinutes, share) => {
    const unknown = { countsAs, coverageFloorPpb: 0 };
    const { best, worst } = readingsOf(attained({ best: [at(60, 10)], worst: [at(60, 30)], unknown }), local);
    expect(best).toMatchObject({ share, downMs: downMinutes * MINUTE_MS });
    expect(worst).toEqual(best);
  });

  it('are open again when less was covered than that contract asks for', () => {
    const unknown = { countsAs: 'good', coverageFloorPpb: 999_999_999 } as const;
    const { best, worst } = readingsOf(attained({ best: [], worst: [at(0, 30)], unknown }), local);
    expect([best.downMs, worst.downMs]).toEqual([0, 30 * MINUTE_MS]);
  });
});

it('events of which nothing is known are misses at most, each on a day of its own', () => {
  const late = { ...at(60, 10), countedMs: 10 * MINUTE_MS, checks: [], locations: [], reasons: [] };
  const events = { ...attained({ best: [], worst: [] }), unit: 'events', good: 7, bad: 1, unknown: 2 } as const;
  const { best, worst } = readingsOf({ ...events, incidents: [late] }, local);
  expect(best.incidents.map(({ day }) => day)).toEqual(['day 0']);
  expect(worst.incidents.map(({ day }) => day)).toEqual(['day 0', 'unknown 0', 'unknown 1']);
});

describe('clock hours', () => {
  it('hold what was down in each, an outage over a full hour in both', () => {
    const seen = attained({ best: [at(50, 20), at(185, 7)], worst: [at(50, 20), at(185, 7)] });
    expect(readingsOf(seen, local).best.hours).toEqual([
      { name: 'hour 0', badMs: 10 * MINUTE_MS, lengthMs: HOUR_MS },
      { name: 'hour 1', badMs: 10 * MINUTE_MS, lengthMs: HOUR_MS },
      { name: 'hour 3', badMs: 7 * MINUTE_MS, lengthMs: HOUR_MS },
    ]);
  });
});
