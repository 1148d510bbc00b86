import { describe, expect, it } from 'vitest';
import { explain } from '../../../../collector/src/sla/explain/explain.ts';
import { attainmentOf } from '../../../../collector/src/sla/measured.ts';
import { PLAIN_PROFILE } from '../../../../collector/src/sla/profile.ts';
import { measureTime } from '../../../../collector/src/sla/time-method.ts';
import type { Stretch } from '../../../../collector/src/sla/timeline.ts';

const MINUTE_MS = 60_000;
const MONTH_MS = 43_200 * MINUTE_MS;
const iso = (atMs: number) => new Date(atMs).toISOString();

/** 30 days with two outages of an hour and of half an hour, two hours of maintenance, and twenty unknown minutes. */
function example() {
  const stretch = (fromMinute: number, toMinute: number, state: Stretch['state']): Stretch => ({
    fromMs: fromMinute * MINUTE_MS,
    toMs: toMinute * MINUTE_MS,
    state,
    reason: state === 'up' ? null : state === 'down' ? 'timeout' : 'no-observation',
  });
  const timeline = [
    stretch(0, 60, 'down'),
    stretch(60, 100, 'up'),
    stretch(100, 130, 'down'),
    stretch(130, 200, 'up'),
    stretch(200, 220, 'unknown'),
    stretch(220, 43_200, 'up'),
  ];
  const exclusion = {
    fromMs: 300 * MINUTE_MS,
    toMs: 420 * MINUTE_MS,
    kind: 'maintenance',
    reason: 'upgrade',
    evidence: 'announced in time',
  } as const;
  const scope = {
    period: { fromMs: 0, toMs: MONTH_MS, periodToMs: MONTH_MS, periodName: '1970-01' },
    nowMs: MONTH_MS + 1,
    open: null,
    exclusions: [exclusion],
    notApplied: [],
    denominator: 'excluded',
  } as const;
  const promised = { targetPpb: 999_000_000, profile: PLAIN_PROFILE };
  return {
    attainment: attainmentOf(measureTime({ timeline, checks: [] }, scope, { minOutageMs: 0 }), promised, scope),
    promised,
  };
}

describe('the arithmetic of an attainment', () => {
  const { attainment, promised } = example();
  const steps = new Map(explain(attainment, promised, iso).map(({ rule, figure }) => [rule, figure]));

  it.each([
    // 43,200 minutes less 120.
    ['promised: that, less what is excluded of it', '2,592,000,000 − 7,200,000 = 2,584,800,000 ms'],
    ['unknown together', '1,200,000 = 1,200,000 ms'],
    [
      'good: what was promised, less what is to come, what was bad and what is unknown',
      '2,584,800,000 − 0 − 5,400,000 − 1,200,000 = 2,578,200,000 ms',
    ],
    ['counted together', '3,600,000 + 1,800,000 = 5,400,000 ms'],
    ['counted so far', 'good 2,578,200,000 + bad 5,400,000 + unknown 1,200,000 = 2,584,800,000 ms'],
    // 2,578,200 / 2,583,600
    ['attained: good / (good + bad)', '2,578,200,000 / 2,583,600,000 = 99.7909893 %'],
    ['at least: all that is unknown counted as bad', '2,578,200,000 / 2,584,800,000 = 99.7446610 %'],
    ['at most: all that is unknown counted as good', '2,579,400,000 / 2,584,800,000 = 99.7910863 %'],
    ['error budget: whole × (100 % − target), rounded down', '2,584,800,000 × (100 % − 99.9 %) = 2,584,800'],
    ['budget left', '2,584,800 − 5,400,000 = -2,815,200'],
    ['mean time to repair, rounded down', '5,400,000 / 2 = 2,700,000 ms'],
  ])('says "%s"', (rule, figure) => {
    expect(steps.get(rule)).toBe(figure);
  });

  it('says why the promise is broken, and what was not counted', () => {
    expect(steps.get('verdict: share of the whole period at least 99.9 %')).toMatch(
      /^breached: even with the 1,200,000 that are open as good /,
    );
    expect(steps.get('excluded (maintenance): upgrade')).toContain('7,200,000 ms; announced in time');
  });
});
