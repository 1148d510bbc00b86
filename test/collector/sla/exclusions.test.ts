import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type AnnouncedWindow,
  decideExclusions,
  type ExclusionClaims,
  type Exclusions,
} from '../../../collector/src/sla/exclusions.ts';

const HOUR = 3_600_000;
const ALWAYS = { fromMs: -1e12, toMs: 1e12 };
const DAY = { fromMs: 0, toMs: 24 * HOUR };

function claims(given: Partial<ExclusionClaims>): ExclusionClaims {
  const terms = { isExcluded: true, cap: null };
  return { period: DAY, effective: ALWAYS, recurring: [], requested: [], announced: [], terms, ...given };
}

/** Hours from the beginning of the day; announced 48 h ahead unless the test says otherwise. */
function window(fromHour: number, toHour: number, given: Partial<AnnouncedWindow> = {}): AnnouncedWindow {
  const fromMs = fromHour * HOUR;
  return {
    fromMs,
    toMs: toHour * HOUR,
    id: `m-${fromHour}`,
    reason: 'kernel',
    evidence: 'announced',
    announcedAtMs: fromMs - 48 * HOUR,
    announceByMs: fromMs - 48 * HOUR,
    cancelledAtMs: null,
    ...given,
  };
}

const hours = ({ applied, notApplied }: Exclusions) => ({
  applied: applied.map(({ kind, fromMs, toMs }) => [kind, fromMs / HOUR, toMs / HOUR]),
  notApplied: notApplied.map(({ fromMs, toMs, why }) => [why.code, fromMs / HOUR, toMs / HOUR]),
});

describe('announced maintenance', () => {
  it('announced just in time is excluded; a millisecond later it counts, and the result says how late it was', () => {
    const { announcedAtMs } = window(2, 4);
    expect(hours(decideExclusions(claims({ announced: [window(2, 4)] })))).toEqual({
      applied: [['maintenance', 2, 4]],
      notApplied: [],
    });
    const late = window(2, 4, { announcedAtMs: announcedAtMs + 1 });
    const { applied, notApplied } = decideExclusions(claims({ announced: [late] }));
    expect(applied).toEqual([]);
    expect(notApplied[0]?.why).toEqual({ code: 'announced-late', byMs: 1 });
  });

  it('is excluded for the announced time only: the result knows nothing of an overrun', () => {
    const { applied } = decideExclusions(claims({ announced: [window(2, 4)] }));
    expect(applied).toMatchObject([{ fromMs: 2 * HOUR, toMs: 4 * HOUR, reason: 'kernel', evidence: 'announced' }]);
  });

  it('uses up the cap in the order of its beginning, and the window that reaches it is cut there', () => {
    const terms = { isExcluded: true, cap: { ms: 4 * HOUR, buckets: [DAY] } };
    const announced = [window(20, 21), window(10, 13), window(2, 4)];
    expect(hours(decideExclusions(claims({ announced, terms })))).toEqual({
      applied: [
        ['maintenance', 2, 4],
        ['maintenance', 10, 12],
      ],
      notApplied: [
        ['cap-used-up', 12, 13],
        ['cap-used-up', 20, 21],
      ],
    });
  });

  it('a cap of a longer stretch is used up by windows before the period too', () => {
    const week = { fromMs: -72 * HOUR, toMs: 96 * HOUR };
    const terms = { isExcluded: true, cap: { ms: 4 * HOUR, buckets: [week] } };
    expect(hours(decideExclusions(claims({ announced: [window(-30, -27), window(5, 8)], terms })))).toEqual({
      applied: [['maintenance', 5, 6]],
      notApplied: [['cap-used-up', 6, 8]],
    });
  });

  it('a window over the end of a bucket uses the cap of each', () => {
    const buckets = [DAY, { fromMs: 24 * HOUR, toMs: 48 * HOUR }];
    const period = { fromMs: 0, toMs: 48 * HOUR };
    const terms = { isExcluded: true, cap: { ms: 1 * HOUR, buckets } };
    expect(hours(decideExclusions(claims({ period, announced: [window(22, 26)], terms })))).toEqual({
      applied: [
        ['maintenance', 22, 23],
        ['maintenance', 24, 25],
      ],
      notApplied: [
        ['cap-used-up', 23, 24],
        ['cap-used-up', 25, 26],
      ],
    });
  });

  it('does not use up the cap by time that a standing window or an approval excludes anyway', () => {
    const terms = { isExcluded: true, cap: { ms: 1 * HOUR, buckets: [DAY] } };
    const recurring = [{ fromMs: 2 * HOUR, toMs: 5 * HOUR, reason: 'nightly', evidence: 'contract' }];
    const result = decideExclusions(claims({ recurring, announced: [window(3, 6), window(8, 9)], terms }));
    expect(hours(result)).toEqual({
      applied: [
        ['recurring', 2, 5],
        ['maintenance', 5, 6],
      ],
      notApplied: [['cap-used-up', 8, 9]],
    });
  });

  it('cancelled before it began counts as a whole; cancelled while it ran, from that instant on', () => {
    const before = window(2, 4, { cancelledAtMs: 1 * HOUR });
    const during = window(10, 14, { cancelledAtMs: 11 * HOUR });
    expect(hours(decideExclusions(claims({ announced: [before, during] })))).toEqual({
      applied: [['maintenance', 10, 11]],
      notApplied: [
        ['cancelled', 2, 4],
        ['cancelled', 11, 14],
      ],
    });
  });

  it('counts when the contract excludes none, or does not bind then', () => {
    const terms = { isExcluded: false, cap: null };
    expect(hours(decideExclusions(claims({ announced: [window(2, 4)], terms }))).notApplied).toEqual([
      ['not-in-contract', 2, 4],
    ]);
    const effective = { fromMs: 3 * HOUR, toMs: 1e12 };
    const announced = [window(1, 2), window(2, 4)];
    expect(hours(decideExclusions(claims({ effective, announced })))).toEqual({
      applied: [['maintenance', 3, 4]],
      notApplied: [['outside-contract', 1, 2]],
    });
  });
});

describe('exclusions after the fact', () => {
  const request = { fromMs: 6 * HOUR, toMs: 8 * HOUR, id: 'x-1', reason: 'flood', evidence: 'report' };

  it.each([
    ['requested', 'not-approved'],
    ['rejected', 'rejected'],
  ] as const)('%s: the time counts, and the result says so', (state, code) => {
    expect(hours(decideExclusions(claims({ requested: [{ ...request, state }] })))).toEqual({
      applied: [],
      notApplied: [[code, 6, 8]],
    });
  });

  it('approved: the time is excluded, what another excludes already is not excluded twice', () => {
    const again = { ...request, id: 'x-2', fromMs: 7 * HOUR, state: 'approved' } as const;
    const requested = [{ ...request, state: 'approved' } as const, again];
    expect(hours(decideExclusions(claims({ requested })))).toEqual({
      applied: [['approved', 6, 8]],
      notApplied: [['already-excluded', 7, 8]],
    });
  });
});

/** An oracle that walks instant by instant, and shares nothing with the code but the rule's words. */
function excludedAt(instant: number, all: ExclusionClaims): string | null {
  const holds = ({ fromMs, toMs }: { fromMs: number; toMs: number }, at: number) => at >= fromMs && at < toMs;
  const otherwise = (at: number) => {
    if (!holds(all.effective, at)) return 'counts';
    if (all.recurring.some((one) => holds(one, at))) return 'recurring';
    if (all.requested.some((one) => one.state === 'approved' && holds(one, at))) return 'approved';
    return null;
  };
  const maintained = (window: AnnouncedWindow, at: number) =>
    holds(window, at) &&
    window.announceByMs !== null &&
    window.announcedAtMs <= window.announceByMs &&
    (window.cancelledAtMs === null || at < window.cancelledAtMs);
  const rank = ({ fromMs, announcedAtMs, id }: AnnouncedWindow): string =>
    [fromMs + 1_000, announcedAtMs + 1_000].map((value) => String(value).padStart(6, '0')).join(' ') + id;
  const windows = [...all.announced].sort((a, b) => (rank(a) < rank(b) ? -1 : 1));
  const first = (at: number) => windows.findIndex((window) => maintained(window, at));
  const own = otherwise(instant);
  if (own !== null) return own;
  const mine = first(instant);
  if (mine === -1 || !all.terms.isExcluded) return 'counts';
  const { cap } = all.terms;
  if (cap === null) return 'maintenance';
  const bucket = cap.buckets.find((one) => holds(one, instant));
  if (bucket === undefined) return 'counts';
  let used = 0;
  for (let at = bucket.fromMs; at < bucket.toMs; at++) {
    const theirs = first(at);
    if (theirs !== -1 && otherwise(at) === null && (theirs < mine || (theirs === mine && at < instant))) used++;
  }
  return used < cap.ms ? 'maintenance' : 'counts';
}

const stretch = fc
  .tuple(fc.integer({ min: 0, max: 38 }), fc.integer({ min: 1, max: 12 }))
  .map(([fromMs, length]) => ({ fromMs, toMs: fromMs + length }));
const named = { reason: fc.constant('r'), evidence: fc.constant('e') };
const arbitraryClaims: fc.Arbitrary<ExclusionClaims> = fc.record({
  period: fc.constant({ fromMs: 10, toMs: 30 }),
  effective: fc.constantFrom({ fromMs: 0, toMs: 60 }, { fromMs: 14, toMs: 60 }, { fromMs: 0, toMs: 22 }),
  recurring: fc.array(
    fc.tuple(stretch, fc.record(named)).map(([a, b]) => ({ ...a, ...b })),
    { maxLength: 2 },
  ),
  requested: fc.array(
    fc
      .tuple(
        stretch,
        fc.record({ ...named, id: fc.constantFrom('a', 'b', 'c') }),
        fc.constantFrom('requested', 'approved', 'rejected'),
      )
      .map(([a, b, state]) => ({ ...a, ...b, state: state as 'requested' | 'approved' | 'rejected' })),
    { maxLength: 2 },
  ),
  announced: fc.uniqueArray(
    fc
      .tuple(
        stretch,
        fc.record({
          ...named,
          id: fc.string({ minLength: 1, maxLength: 2, unit: fc.constantFrom('a', 'b', 'c') }),
          announcedAtMs: fc.integer({ min: 0, max: 4 }),
          announceByMs: fc.option(fc.integer({ min: 0, max: 6 })),
          cancelledAtMs: fc.option(fc.integer({ min: 0, max: 50 }), { freq: 2 }),
        }),
      )
      .map(([a, b]) => ({ ...a, ...b })),
    { maxLength: 5, selector: ({ id }) => id },
  ),
  terms: fc.record({
    isExcluded: fc.boolean().map((no) => !no),
    cap: fc.option(
      fc.record({
        ms: fc.integer({ min: 1, max: 12 }),
        buckets: fc.constantFrom(
          [{ fromMs: 0, toMs: 60 }],
          [
            { fromMs: 0, toMs: 20 },
            { fromMs: 20, toMs: 60 },
          ],
        ),
      }),
    ),
  }),
});

describe('exclusions of any kind together', () => {
  it('exclude exactly the instants that a walk over every instant excludes, each once and for the same reason', () => {
    fc.assert(
      fc.property(arbitraryClaims, (all) => {
        const { applied, notApplied } = decideExclusions(all);
        for (let at = all.period.fromMs; at < all.period.toMs; at++) {
          const hits = applied.filter(({ fromMs, toMs }) => at >= fromMs && at < toMs);
          const expected = excludedAt(at, all);
          expect(hits.map(({ kind }) => kind)).toEqual(expected === 'counts' ? [] : [expected]);
        }
        for (const { fromMs, toMs } of [...applied, ...notApplied]) {
          expect(fromMs).toBeLessThan(toMs);
          expect(fromMs).toBeGreaterThanOrEqual(all.period.fromMs);
          expect(toMs).toBeLessThanOrEqual(all.period.toMs);
        }
      }),
      { numRuns: 1_500 },
    );
  });

  it('nothing that was announced goes unmentioned: it is applied, or said why not', () => {
    fc.assert(
      fc.property(arbitraryClaims, (all) => {
        const { applied, notApplied } = decideExclusions(all);
        for (const window of all.announced) {
          for (let at = Math.max(window.fromMs, all.period.fromMs); at < Math.min(window.toMs, all.period.toMs); at++) {
            const inContract = at >= all.effective.fromMs && at < all.effective.toMs;
            const said = [...applied, ...notApplied].some(({ fromMs, toMs }) => at >= fromMs && at < toMs);
            expect(said || !inContract).toBe(true);
          }
        }
      }),
      { numRuns: 500 },
    );
  });

  it('come out the same in whatever order they are claimed', () => {
    fc.assert(
      fc.property(arbitraryClaims, (all) => {
        const turned = { ...all, announced: all.announced.toReversed() };
        expect(decideExclusions(turned)).toEqual(decideExclusions(all));
      }),
      { numRuns: 300 },
    );
  });
});
