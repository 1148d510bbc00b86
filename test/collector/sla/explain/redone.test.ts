/** An explanation is redone from its printed text alone, for objectives and histories drawn at random. */

import type { Event } from '@nines/shared/event.ts';
import { formatInstant } from '@nines/shared/time/calendar.ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { attain } from '../../../../collector/src/evaluate/attain.ts';
import type { Attainment } from '../../../../collector/src/sla/attainment.ts';
import { judgeCases, measureCases } from '../../../../collector/src/sla/cases.ts';
import { durationCases } from '../../../../collector/src/sla/duration-target.ts';
import { countOf, measureCount } from '../../../../collector/src/sla/event-count.ts';
import { ratioCases } from '../../../../collector/src/sla/event-ratio.ts';
import { explain } from '../../../../collector/src/sla/explain/explain.ts';
import { freshnessTimeline, freshTime } from '../../../../collector/src/sla/freshness.ts';
import type { EventSource, Indicator, Predicate } from '../../../../collector/src/sla/indicator.ts';
import type { Measured } from '../../../../collector/src/sla/measured.ts';
import type { Method } from '../../../../collector/src/sla/profile.ts';
import { measureStatistic, statisticOf } from '../../../../collector/src/sla/statistic.ts';
import { measureTime } from '../../../../collector/src/sla/time-method.ts';
import { seenInWindows, windowCases } from '../../../../collector/src/sla/windows.ts';
import { caseOf, type Drawn, drawn, terms } from '../../evaluate/drawn-case.ts';
import { judged, scopeOver } from '../example-scope.ts';
import { falseSums, figuresOf, percentileVerdictFrom, redone, summed } from './redone.ts';

const RUNS = Number(process.env.NINES_ORACLE_RUNS ?? '12');
const TIMEOUT_MS = 1_200_000;
const targets = fc.constantFrom(900_000_000, 990_000_000, 999_000_000, 999_500_000, 1_000_000_000);

/** What is printed of it, redone, is what it is. */
function expectRedone(attainment: Attainment, targetPpb: number, zone = 'UTC'): void {
  const steps = explain(attainment, { targetPpb }, (atMs) => formatInstant(atMs, zone));
  expect(falseSums(steps)).toEqual([]);
  expect(redone(steps, targetPpb)).toEqual(figuresOf(attainment));
  if (attainment.unit !== 'ms' || attainment.workings !== null) return;
  expect(summed(steps)).toEqual({ bad: attainment.bad, unknown: attainment.unknown });
}

const METHODS: Readonly<Record<Method['kind'], (one: Drawn) => Method>> = {
  time: () => ({ kind: 'time' }),
  slices: (one) => ({ kind: 'slices', slice: terms(one), rule: one.slice.rule }),
  ratio_of_slices: (one) => ({ kind: 'ratio_of_slices', slice: terms(one) }),
  occurrences: () => ({ kind: 'occurrences' }),
  scored: () => ({
    kind: 'scored',
    bands: [
      { withinMicros: 1_000, scorePpb: 1_000_000_000 },
      { withinMicros: 10_000, scorePpb: 500_000_000 },
      { withinMicros: null, scorePpb: 125_000_000 },
    ],
  }),
};

/** Availability by one of the methods; a share of quick runs; a gauge. */
const RUN_INDICATORS: Readonly<Record<string, { method: Method['kind']; of?: (...checks: string[]) => Indicator }>> = {
  'availability by time': { method: 'time' },
  'availability by slices': { method: 'slices' },
  'availability by the ratio of slices': { method: 'ratio_of_slices' },
  'availability by occurrences': { method: 'occurrences' },
  'availability by scores': { method: 'scored' },
  'quick runs': {
    method: 'occurrences',
    of: (...checks) => ({ kind: 'latency', checks, value: 'total', withinMicros: 1_000_000, rank: 'share' }),
  },
  'a gauge': {
    method: 'time',
    of: (...checks) => ({ kind: 'gauge', checks, value: 'total', atLeast: null, atMost: 1_000_000 }),
  },
};

describe('redone from its printed text alone', () => {
  it.each(Object.entries(RUN_INDICATORS))(
    '%s',
    async (_, { method, of }) => {
      await fc.assert(
        fc.asyncProperty(drawn, targets, async (one, targetPpb) => {
          const { objective, evaluation, period } = caseOf(one, METHODS[method](one), of);
          const promised = { ...objective, targetPpb };
          expectRedone(await attain(promised, evaluation, period), targetPpb, one.place.zone);
        }),
        { numRuns: RUNS },
      );
    },
    TIMEOUT_MS,
  );
});

describe('a percentile by its definition, redone from its printed place', () => {
  it.each(['nearest_rank', 'ddsketch', 'linear', 'exclusive'] as const)(
    '%s',
    async (rank) => {
      const quick = (...checks: string[]): Indicator => {
        return { kind: 'latency', checks, value: 'total', withinMicros: 1_000_000, rank };
      };
      await fc.assert(
        fc.asyncProperty(drawn, targets, async (one, targetPpb) => {
          const { objective, evaluation, period } = caseOf(one, { kind: 'occurrences' }, quick);
          const attainment = await attain({ ...objective, targetPpb }, evaluation, period);
          const steps = explain(attainment, { targetPpb }, String);
          expect(falseSums(steps)).toEqual([]);
          expect(percentileVerdictFrom(steps) ?? attainment.verdict).toBe(attainment.verdict);
        }),
        { numRuns: RUNS },
      );
    },
    TIMEOUT_MS,
  );
});

it.each([
  ['a / b', '2,578,200,000 / 2,583,600,000 = 99.7909894 %'],
  ['a / b', '999 / 1,000 = 99.9000001 %'],
  ['sum', 'x to y: 1 + 2 = 4 ms'],
  ['mean', '(19 / 4 + 8,633) / 8,641 = 99.9744212 %'],
  ['half, rounded down', '7 / 2 = 4 ms'],
])('a sum that is not true is found: %s %s', (rule, figure) => {
  expect(falseSums([{ rule, figure }])).toHaveLength(1);
});

const PERIOD_MS = 30 * 86_400_000;
const SOURCE: EventSource = { stream: 'work', checks: [], at: 'begin' };
const GOOD: Predicate = { kind: 'outcome', in: ['good'] };
const ALWAYS: Predicate = { kind: 'always' };

/** Work of thirty days, to the millisecond, some of it open. */
const events = fc
  .array(
    fc.record({
      atMs: fc.integer({ min: 0, max: PERIOD_MS - 1 }),
      lengthMs: fc.option(fc.integer({ min: 0, max: 3 * 86_400_000 })),
      outcome: fc.constantFrom('good', 'failed'),
      wait: fc.integer({ min: 0, max: 90_000 }),
    }),
    { maxLength: 30 },
  )
  .map((all) =>
    all.map(({ atMs, lengthMs, outcome, wait }, index): Event => {
      const endedAtMs = lengthMs === null ? null : atMs + lengthMs;
      const values = { wait_ms: wait };
      const common = { stream: 'work', id: `w-${index}`, agent: 'a', revision: 0, labels: {}, values };
      return { ...common, atMs, endedAtMs, outcome: endedAtMs === null ? null : outcome };
    }),
  );

/** The same period while it runs, and when it is over; some of it excluded to the millisecond. */
const scopes = fc
  .record({
    nowMs: fc.constantFrom(PERIOD_MS / 3, PERIOD_MS + 1, 2 * PERIOD_MS),
    excluded: fc.option(fc.tuple(fc.integer({ min: 0, max: PERIOD_MS / 2 }), fc.integer({ min: 1, max: 99_999_999 }))),
    denominator: fc.constantFrom('kept' as const, 'excluded' as const),
  })
  .map(({ nowMs, excluded, denominator }) => {
    const toMs = Math.min(nowMs, PERIOD_MS);
    const exclusions =
      excluded === null
        ? []
        : [
            {
              fromMs: excluded[0],
              toMs: excluded[0] + excluded[1],
              kind: 'maintenance' as const,
              reason: 'kernel',
              evidence: 'announced',
            },
          ];
    const period = { fromMs: 0, toMs, periodToMs: PERIOD_MS, periodName: 'example' };
    return scopeOver(PERIOD_MS, { period, nowMs, exclusions, denominator });
  });

type Scope = typeof scopes extends fc.Arbitrary<infer Value> ? Value : never;

const DAILY = Array.from({ length: 30 }, (_, day) => ({ fromMs: day * 86_400_000, toMs: (day + 1) * 86_400_000 }));

const EVENT_INDICATORS: Readonly<Record<string, (seen: readonly Event[], scope: Scope) => Measured>> = {
  'a ratio of events': (seen, scope) =>
    measureCases(
      judgeCases(
        ratioCases(seen, { kind: 'event_ratio', source: SOURCE, valid: ALWAYS, good: GOOD }, scope.nowMs),
        scope,
      ),
      scope,
      { unit: 'events', toCome: scope.period.toMs < PERIOD_MS ? 'any-number' : 0 },
    ),
  'a time limit': (seen, scope) => {
    const limits = [{ where: ALWAYS, withinMs: 86_400_000, hours: null }];
    const target = {
      kind: 'duration_target',
      source: SOURCE,
      valid: ALWAYS,
      until: 'length',
      paused: null,
      limits,
    } as const;
    const cases = durationCases(seen, target, { nowMs: scope.nowMs, hoursOf: () => null });
    return measureCases(judgeCases(cases, scope), scope, {
      unit: 'events',
      toCome: scope.period.toMs < PERIOD_MS ? 'any-number' : 0,
    });
  },
  'scheduled windows': (seen, scope) => {
    const inWindows = seenInWindows(seen, DAILY, { good: GOOD, nowMs: scope.nowMs });
    const cases = windowCases(DAILY, inWindows, { nowMs: scope.nowMs, seenUntilMs: scope.nowMs });
    return measureCases(judgeCases(cases, scope), scope, { unit: 'windows', toCome: 30 - cases.length });
  },
  'a number of events': (seen, scope) =>
    measureCount(countOf(seen, { kind: 'event_count', source: SOURCE, where: GOOD, atLeast: 12 }, scope.nowMs), scope, {
      events: 12,
      isSeen: true,
    }),
  'the age of the last good one': (seen, scope) => {
    const timeline = freshnessTimeline(freshTime(seen, { good: GOOD, atMostMs: 26 * 3_600_000 }, scope.nowMs), {
      interval: { fromMs: 0, toMs: PERIOD_MS },
      nowMs: scope.nowMs,
      seenUntilMs: Math.min(scope.nowMs, PERIOD_MS),
    });
    const checks = [{ check: 'work', timeline, agents: [] }];
    return measureTime({ timeline, checks }, scope, { minOutageMs: 0 });
  },
};

describe('redone from its printed text alone, of events', () => {
  it.each(Object.entries(EVENT_INDICATORS))('%s', (_, measure) => {
    fc.assert(
      fc.property(events, scopes, targets, (all, scope, targetPpb) => {
        const seen = all.filter(({ atMs }) => atMs < scope.nowMs);
        expectRedone(judged(measure(seen, scope), scope, targetPpb), targetPpb);
      }),
      { numRuns: 10 * RUNS },
    );
  });

  it.each([
    { kind: 'mean' },
    { kind: 'max' },
    { kind: 'percentile', ppb: 950_000_000, rank: 'nearest_rank' },
    { kind: 'percentile', ppb: 950_000_000, rank: 'linear' },
    { kind: 'percentile', ppb: 950_000_000, rank: 'exclusive' },
    { kind: 'percentile', ppb: 950_000_000, rank: 'ddsketch' },
  ] as const)('a statistic of events: %j', (statistic) => {
    fc.assert(
      fc.property(events, scopes, (all, scope) => {
        const seen = all.filter(({ atMs }) => atMs < scope.nowMs);
        const about = { valid: ALWAYS, value: 'wait_ms', atMost: 40_000 };
        const indicator = { kind: 'event_statistic', source: SOURCE, statistic, ...about } as const;
        const attainment = judged(
          measureStatistic([statisticOf(seen, indicator, scope.nowMs)], indicator, { ...scope, isSeen: true }),
          scope,
          1_000_000_000,
        );
        const steps = explain(attainment, { targetPpb: 1_000_000_000 }, String);
        expect(falseSums(steps)).toEqual([]);
      }),
      { numRuns: 10 * RUNS },
    );
  });
});
