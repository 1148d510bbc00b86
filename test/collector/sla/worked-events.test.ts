/** The worked examples of the field that are about units of work, each with the hand calculation beside it. */
import type { Event } from '@nines/shared/event.ts';
import { describe, expect, it } from 'vitest';
import { openIntervals } from '../../../collector/src/calendar/open-hours.ts';
import { recurringIntervals } from '../../../collector/src/calendar/recurring.ts';
import type { Attainment, JudgedPeriod } from '../../../collector/src/sla/attainment.ts';
import { type Case, judgeCases, measureCases, type ToCome } from '../../../collector/src/sla/cases.ts';
import type { Scope } from '../../../collector/src/sla/counted-time.ts';
import { durationCases } from '../../../collector/src/sla/duration-target.ts';
import { LENGTH } from '../../../collector/src/sla/event-evidence.ts';
import { ratioCases } from '../../../collector/src/sla/event-ratio.ts';
import { freshnessTimeline, freshTime } from '../../../collector/src/sla/freshness.ts';
import type { DurationTarget, EventSource, Predicate } from '../../../collector/src/sla/indicator.ts';
import type { Measured } from '../../../collector/src/sla/measured.ts';
import { type ServiceLevelFormula, serviceLevel } from '../../../collector/src/sla/phone.ts';
import { measureStatistic, statisticOf } from '../../../collector/src/sla/statistic.ts';
import { measureTime } from '../../../collector/src/sla/time-method.ts';
import { seenInWindows, windowCases } from '../../../collector/src/sla/windows.ts';
import { judged, scopeOver } from './example-scope.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

const CALLS: EventSource = { stream: 'calls', checks: [], at: 'begin' };

function call(id: string, outcome: string, waitS: number): Event {
  const values = { wait_s: waitS };
  return { stream: 'calls', id, agent: 'pbx', revision: 1, atMs: 1_000, endedAtMs: 9_000, outcome, labels: {}, values };
}

function calls(outcome: string, count: number, waitS: number): Event[] {
  return Array.from({ length: count }, (_, index) => call(`${outcome}-${waitS}-${index}`, outcome, waitS));
}

function serviceLevelOf(formula: ServiceLevelFormula, events: readonly Event[], short = 5): Attainment {
  const outcomes = { answered: ['answered'], abandoned: ['abandoned'], alsoOffered: [] };
  const ratio = serviceLevel({ formula, outcomes, wait: 'wait_s', threshold: 20, shortAbandon: short });
  const scope = scopeOver(DAY_MS);
  const cases = ratioCases(events, { kind: 'event_ratio', source: CALLS, ...ratio }, scope.nowMs);
  return judged(measureCases(judgeCases(cases, scope), scope, { unit: 'events', toCome: 0 }), scope, 800_000_000);
}

function measuredBy(cases: readonly Case[], scope: Scope, toCome: ToCome): Measured {
  return measureCases(judgeCases(cases, scope), scope, { unit: 'events', toCome });
}

describe('service levels of a phone queue (C1)', () => {
  // Answered 1,000, of which 860 within 20 s; abandoned 60: 10 within 5 s, 10 more within 20 s, 40 later.
  const offered = [
    ...calls('answered', 860, 20),
    ...calls('answered', 140, 21),
    ...calls('abandoned', 10, 5),
    ...calls('abandoned', 10, 20),
    ...calls('abandoned', 40, 21),
    ...calls('left-by-key', 7, 30),
  ];

  it.each([
    // 880 / 1,060
    ['answered_or_abandoned_in_threshold_over_offered', 830_188_679],
    // 860 / 1,000
    ['answered_in_threshold_over_answered', 860_000_000],
    // 860 / 1,060
    ['answered_in_threshold_over_offered', 811_320_754],
    // 860 / 1,040
    ['answered_in_threshold_over_answered_and_late_abandoned', 826_923_076],
    // 870 / 1,060
    ['answered_in_threshold_or_short_abandoned_over_offered', 820_754_716],
    // 860 / 1,050
    ['answered_in_threshold_over_offered_less_short_abandoned', 819_047_619],
  ] as const)('%s is %i ppb', (formula, ppb) => {
    expect(serviceLevelOf(formula, offered).attainmentPpb).toBe(ppb);
  });

  it('with short abandons removed, 200 in time of 300 answered and 100 abandoned, half of them short, are 57.14 %', () => {
    const events = [
      ...calls('answered', 200, 10),
      ...calls('answered', 100, 30),
      ...calls('abandoned', 50, 9),
      ...calls('abandoned', 50, 30),
    ];
    // 200 / (300 + 100 − 50)
    const { attainmentPpb } = serviceLevelOf('answered_in_threshold_over_offered_less_short_abandoned', events, 9);
    expect(attainmentPpb).toBe(571_428_571);
  });

  it('nothing offered is no share and no verdict', () => {
    const none = serviceLevelOf('answered_in_threshold_over_offered', []);
    expect(none).toMatchObject({ attainmentPpb: null, verdict: 'inconclusive' });
  });

  it('the average speed of answer is the exact mean of the waits', () => {
    const indicator = {
      kind: 'event_statistic',
      source: CALLS,
      valid: { kind: 'outcome', in: ['answered'] },
      value: 'wait_s',
      statistic: { kind: 'mean' },
      atMost: 20,
    } as const;
    const scope = scopeOver(DAY_MS);
    // (860 × 20 + 140 × 21) / 1,000 = 20.14 s: more than 20.
    const attained = judged(
      measureStatistic([statisticOf(offered, indicator, scope.nowMs)], indicator, { ...scope, isSeen: true }),
      scope,
      1_000_000_000,
    );
    expect(attained.statistic?.value).toEqual({ good: 20_140n, total: 1_000n });
    expect(attained.verdict).toBe('breached');
    const quick = judged(
      measureStatistic([statisticOf(calls('answered', 3, 20), indicator, scope.nowMs)], indicator, {
        ...scope,
        isSeen: true,
      }),
      scope,
      1_000_000_000,
    );
    expect(quick.verdict).toBe('met');
  });
});

describe('backups (D1): four days from 2026-04-01, promised not older than 26 h', () => {
  const fromMs = Date.UTC(2026, 3, 1);
  const period: JudgedPeriod = { fromMs, toMs: fromMs + 4 * DAY_MS, periodToMs: fromMs + 4 * DAY_MS, periodName: 'D1' };
  const scope = { ...scopeOver(0), period, nowMs: period.toMs };
  const good: Predicate = { kind: 'outcome', in: ['good'] };

  function backup(endedAtMs: number, outcome = 'good'): Event {
    const id = String(endedAtMs);
    return {
      stream: 'backups',
      id,
      agent: 'fra',
      revision: 1,
      atMs: endedAtMs - HOUR_MS,
      endedAtMs,
      outcome,
      labels: {},
      values: {},
    };
  }

  const events = [
    backup(Date.UTC(2026, 2, 31, 2)),
    backup(Date.UTC(2026, 3, 1, 2)),
    backup(Date.UTC(2026, 3, 2, 2)),
    backup(Date.UTC(2026, 3, 3, 2), 'failed'),
    backup(Date.UTC(2026, 3, 4, 2)),
    backup(Date.UTC(2026, 3, 4, 20)),
  ];

  it('were fresh for 74 of 96 hours: too old from 3 April 04:00 to 4 April 02:00', () => {
    const fresh = freshTime(events, { good, atMostMs: 26 * HOUR_MS }, period.toMs);
    const timeline = freshnessTimeline(fresh, { interval: period, nowMs: period.toMs, seenUntilMs: period.toMs });
    const attained = judged(measureTime({ timeline, checks: [] }, scope, { minOutageMs: 0 }), scope);
    expect(attained).toMatchObject({ good: 74 * HOUR_MS, bad: 22 * HOUR_MS, attainmentPpb: 770_833_333 });
    expect(attained.incidents).toMatchObject([{ fromMs: Date.UTC(2026, 3, 3, 4), toMs: Date.UTC(2026, 3, 4, 2) }]);
  });

  it('a window that has a good one is good, whatever failed in it before or after', () => {
    const window = { fromMs, toMs: fromMs + 4 * HOUR_MS };
    const some = [backup(fromMs + 1, 'failed'), backup(fromMs + 2), backup(fromMs + 3, 'failed')];
    for (const order of [some, some.toReversed()]) {
      const seen = seenInWindows(order, [window], { good, nowMs: period.toMs });
      const [only] = windowCases([window], seen, { nowMs: period.toMs, seenUntilMs: period.toMs });
      expect(only).toMatchObject({ state: 'good', reason: null });
    }
  });

  it('came in 3 of 4 nightly windows: one more in the evening adds nothing, a missed one is bad', () => {
    const days = { kind: 'weekdays', weekdays: [1, 2, 3, 4, 5, 6, 7] } as const;
    const nightly = { days, at: { fromMinute: 60, toMinute: 240 }, timeZone: 'UTC' };
    const windows = recurringIntervals(nightly, period);
    const seen = seenInWindows(events, windows, { good, nowMs: period.toMs });
    const cases = windowCases(windows, seen, { nowMs: period.toMs, seenUntilMs: period.toMs });
    const attained = judged(measureCases(judgeCases(cases, scope), scope, { unit: 'windows', toCome: 0 }), scope);
    expect(attained).toMatchObject({ good: 3, bad: 1, attainmentPpb: 750_000_000 });
  });
});

describe('tickets (E4): opened on Friday 16:30, answered on Monday 09:20, in office hours of Berlin', () => {
  const office = {
    timeZone: 'Europe/Berlin',
    week: [0, 1, 2, 3, 4, 5, 6].map((day) => (day < 5 ? [{ fromMinute: 540, toMinute: 1_020 }] : [])),
    holidays: [],
  };

  function inTime(
    openedMs: number,
    answeredMs: number,
    { withinMs, hours }: { withinMs: number; hours: typeof office | null },
  ) {
    const target: DurationTarget = {
      kind: 'duration_target',
      source: { stream: 'tickets', checks: [], at: 'begin' },
      valid: { kind: 'always' },
      until: LENGTH,
      paused: null,
      limits: [{ where: { kind: 'always' }, withinMs, hours }],
    };
    const ticket: Event = { ...call('1', 'answered', 0), stream: 'tickets', atMs: openedMs, endedAtMs: answeredMs };
    const open = hours === null ? null : openIntervals(hours, { fromMs: openedMs, toMs: answeredMs });
    return durationCases([ticket], target, { nowMs: answeredMs + 1, hoursOf: () => open }).map(({ state }) => state);
  }

  it.each([
    // Over the change to summer time: 30 minutes on Friday and 20 on Monday; by the calendar 3,830 minutes.
    ['spring', Date.UTC(2026, 2, 27, 15, 30), Date.UTC(2026, 2, 30, 7, 20), 3_830],
    // Over the change to winter time: the same 50 minutes; by the calendar 3,950.
    ['autumn', Date.UTC(2026, 9, 23, 14, 30), Date.UTC(2026, 9, 26, 8, 20), 3_950],
  ])('took 50 minutes of business time in %s', (_, openedMs, answeredMs, calendarMinutes) => {
    expect(inTime(openedMs, answeredMs, { withinMs: 50 * MINUTE_MS, hours: office })).toEqual(['good']);
    expect(inTime(openedMs, answeredMs, { withinMs: 50 * MINUTE_MS - 1, hours: office })).toEqual(['bad']);
    expect(inTime(openedMs, answeredMs, { withinMs: calendarMinutes * MINUTE_MS, hours: null })).toEqual(['good']);
    expect(inTime(openedMs, answeredMs, { withinMs: calendarMinutes * MINUTE_MS - 1, hours: null })).toEqual(['bad']);
  });
});

describe('a unit of work', () => {
  it('that is still open leaves the share open between counting it as bad and as good', () => {
    const events: Event[] = [
      ...calls('answered', 9, 10),
      { ...call('open', 'x', 0), endedAtMs: null, outcome: null, values: {} },
    ];
    expect(serviceLevelOf('answered_in_threshold_over_offered', events)).toMatchObject({
      good: 9,
      unknown: 1,
      lowPpb: 900_000_000,
      highPpb: 1_000_000_000,
    });
  });

  it('in excluded time is not counted, or counted as good when the denominator keeps it', () => {
    const exclusion = { fromMs: 0, toMs: 5_000, kind: 'approved', reason: 'strike', evidence: 'approval' } as const;
    const one = (atMs: number, state: Case['state']): Case => ({
      atMs,
      fromMs: atMs,
      toMs: atMs + 1,
      state,
      name: 'x',
      reason: null,
    });
    const cases = [one(4_999, 'bad'), one(5_000, 'bad'), one(6_000, 'good')];
    const tally = (denominator: 'excluded' | 'kept') =>
      measuredBy(cases, scopeOver(DAY_MS, { exclusions: [exclusion], denominator }), 0);
    expect(tally('excluded')).toMatchObject({ tally: { good: 1, bad: 1 }, excluded: 1 });
    expect(tally('kept')).toMatchObject({ tally: { good: 2, bad: 1 }, excluded: 0 });
  });

  it('leaves a running period open, but for a promise of 100 % that one has broken', () => {
    const scope = scopeOver(DAY_MS);
    const measured = (state: Case['state']) =>
      measuredBy([{ atMs: 1, fromMs: 1, toMs: 2, state, name: 'x', reason: null }], scope, 'any-number');
    expect(judged(measured('good'), scope, 900_000_000).verdict).toBe('inconclusive');
    expect(judged(measured('bad'), scope, 900_000_000).verdict).toBe('inconclusive');
    expect(judged(measured('bad'), scope, 1_000_000_000).verdict).toBe('breached');
  });
});
