import type { Event } from '@nines/shared/event.ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { attain } from '../../../collector/src/evaluate/attain.ts';
import { Head } from '../../../collector/src/evaluate/head.ts';
import { periodOf } from '../../../collector/src/evaluate/judged-period.ts';
import { RecentEvents } from '../../../collector/src/evaluate/recent-events.ts';
import type { Indicator, Predicate } from '../../../collector/src/sla/indicator.ts';
import { PLAIN_PROFILE } from '../../../collector/src/sla/profile.ts';
import { MemoryStore } from '../../support/memory-store.ts';
import { anObjective } from '../../support/objectives.ts';
import {
  denominator as drawnDenominator,
  exclusions as drawnExclusions,
  serviceHours as drawnHours,
  place as drawnPlace,
  excludedAt,
  openHoursOf,
  openness,
  periodAround,
} from '../../support/sla-oracle/cases.ts';
import {
  type Condition,
  countByOracle,
  durationsByOracle,
  freshnessByOracle,
  type JudgedEvents,
  ratioByOracle,
  statisticByOracle,
  windowsByOracle,
} from '../../support/sla-oracle/events.ts';
import type { Amounts } from '../../support/sla-oracle/methods.ts';
import { JournalInMemory } from './journal-in-memory.ts';
import { planOf } from './plan-of.ts';

/** As for `oracle-cases`: the whole proof is NINES_ORACLE_RUNS=2500, three indicators of each. */
const RUNS = Number(process.env.NINES_ORACLE_RUNS ?? '15');
const TIMEOUT_MS = 1_200_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const EVERY_MS = HOUR_MS / 2;

/** Whether an instant is drawn around the place, or exactly at an edge of the period. */
const instant = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({ from: fc.constant('place' as const), ms: fc.integer({ min: -2 * DAY_MS, max: DAY_MS }) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ from: fc.constantFrom('begin' as const, 'end' as const), ms: fc.constantFrom(-1, 0, 1) }),
  },
);

const drawnEvent = fc.record({
  ends: instant,
  lengthMs: fc.constantFrom(0, 1, 60_000, HOUR_MS, HOUR_MS + 1, 30 * HOUR_MS),
  isOpen: fc.constantFrom(false, false, false, true),
  outcome: fc.constantFrom('answered', 'abandoned', 'failed'),
  queue: fc.constantFrom('a', 'b'),
  /** One who was never to run the check has no say where checks are named. */
  agent: fc.constantFrom('fra', 'fra', 'stranger'),
  values: fc.constantFrom<Readonly<Record<string, number>>>({}, { wait: 5 }, { wait: 20 }, { wait: 50 }),
});

const outcome = (...names: string[]): Predicate => ({ kind: 'outcome', in: names });
const ofA: Predicate = { kind: 'label', name: 'queue', in: ['a'] };
const quick: Predicate = { kind: 'value', name: 'wait', atLeast: null, atMost: 20 };
const short: Predicate = { kind: 'value', name: 'length', atLeast: null, atMost: HOUR_MS };

/** Conditions in the program's form, and in the words that people would write down. */
const CONDITIONS: readonly (readonly [Predicate, Condition])[] = [
  [{ kind: 'always' }, () => true],
  [outcome('answered'), (event) => event.outcome === 'answered'],
  [ofA, ({ labels }) => labels.queue === 'a'],
  [quick, ({ values }) => values.wait !== undefined && values.wait <= 20],
  [short, ({ atMs, endedAtMs }) => endedAtMs !== null && endedAtMs - atMs <= HOUR_MS],
  [{ kind: 'not', of: outcome('abandoned', 'failed') }, (event) => event.outcome === 'answered'],
  [
    { kind: 'all', of: [ofA, outcome('answered')] },
    (event) => event.labels.queue === 'a' && event.outcome === 'answered',
  ],
  [
    { kind: 'any', of: [quick, outcome('failed')] },
    (event) => (event.values.wait !== undefined && event.values.wait <= 20) || event.outcome === 'failed',
  ],
];

const sumOf = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0);
const nth = (values: readonly number[], place: number) => values.toSorted((a, b) => a - b)[place - 1] ?? Number.NaN;

/** Statistics with a limit, and whether values keep it. */
const FIGURES = [
  {
    statistic: { kind: 'mean' as const },
    value: 'wait',
    atMost: 20,
    isWithin: (values: readonly number[]) => sumOf(values) <= 20 * values.length,
  },
  {
    statistic: { kind: 'max' as const },
    value: 'length',
    atMost: HOUR_MS,
    isWithin: (values: readonly number[]) => values.every((value) => value <= HOUR_MS),
  },
  {
    statistic: { kind: 'percentile' as const, ppb: 500_000_000, rank: 'nearest_rank' as const },
    value: 'wait',
    atMost: 5,
    isWithin: (values: readonly number[]) => nth(values, Math.ceil(values.length / 2)) <= 5,
  },
];

const WINDOWS = [
  { weekdays: [0, 1, 2, 3, 4, 5, 6], fromMinute: 60, toMinute: 210 },
  { weekdays: [1, 2, 4, 5, 6], fromMinute: 780, toMinute: 900 },
];

const drawn = fc.record({
  place: drawnPlace,
  unit: fc.constantFrom('day' as const, 'day' as const, 'month' as const),
  events: fc.array(drawnEvent, { maxLength: 12 }),
  order: fc.infiniteStream(fc.nat()),
  /** When the check that brings the events fell silent, around the place; `null`: no check brings them. */
  silentMs: fc.option(fc.integer({ min: -2 * DAY_MS, max: 2 * DAY_MS })),
  hours: drawnHours,
  exclusions: drawnExclusions,
  denominator: drawnDenominator,
  now: fc.constantFrom(0.3, 0.61, 0.9, 1, 1.02, 2),
  at: fc.constantFrom('begin' as const, 'end' as const),
  valid: fc.constantFrom(...CONDITIONS),
  good: fc.constantFrom(...CONDITIONS),
  atMostMs: fc.constantFrom(1, HOUR_MS, 26 * HOUR_MS),
  window: fc.constantFrom(...WINDOWS),
  figure: fc.constantFrom(...FIGURES),
  limitHours: drawnHours,
  limits: fc.constantFrom(1, 2),
  isFollowed: fc.boolean(),
});

type Drawn = typeof drawn extends fc.Arbitrary<infer Value> ? Value : never;

/** The same history for the oracle. */
function judgedOf(one: Drawn): JudgedEvents & { readonly strangers: readonly Event[] } {
  const { atMs, zone } = one.place;
  const period = periodAround(one.place, one.unit);
  const nowMs = Math.floor(period.fromMs + (period.toMs - period.fromMs) * one.now);
  const origin = { place: atMs, begin: period.fromMs, end: period.toMs };
  const events = one.events.map(({ ends, lengthMs, isOpen, outcome: how, queue, agent, values }, index): Event => {
    const endMs = origin[ends.from] + ends.ms;
    const hasEnded = !isOpen && endMs <= nowMs;
    const fields = hasEnded
      ? { endedAtMs: endMs, outcome: how, values }
      : { endedAtMs: null, outcome: null, values: {} };
    return {
      stream: 'work',
      id: `${index}`,
      agent,
      revision: 1,
      atMs: endMs - lengthMs,
      labels: { queue },
      ...fields,
    };
  });
  const silentMs = one.silentMs;
  const firstMs = period.fromMs - EVERY_MS;
  const count = silentMs === null ? 0 : Math.ceil((Math.min(nowMs, atMs + silentMs) - firstMs) / EVERY_MS);
  const runs = Array.from({ length: Math.max(0, count) }, (_, index) => firstMs + index * EVERY_MS);
  return {
    nowMs,
    fromMs: period.fromMs,
    toMs: period.toMs,
    ...openness(one.hours, zone, period),
    excluded: excludedAt(one.exclusions, atMs),
    kept: one.denominator === 'kept',
    // What has not begun, nobody knows of.
    events: events.filter((event) => event.atMs < nowMs && (silentMs === null || event.agent === 'fra')),
    strangers: silentMs === null ? [] : events.filter((event) => event.atMs < nowMs && event.agent !== 'fra'),
    source: silentMs === null ? null : { runs, speaksMs: 2 * EVERY_MS },
  };
}

/** What the program says, the events having come one by one in any order, now and then an older version of one besides. */
async function attained(one: Drawn, judged: ReturnType<typeof judgedOf>, indicator: Indicator): Promise<Amounts> {
  const { nowMs, source, events, strangers } = judged;
  const store = new MemoryStore();
  const recent = new RecentEvents(store);
  const order = [...events, ...strangers].map((event) => ({ event, at: one.order.next().value ?? 0 }));
  for (const { event } of order.toSorted((a, b) => a.at - b.at)) {
    const older: Event = { ...event, revision: 0, endedAtMs: null, outcome: null };
    const received = { events: [event, older], receivedAtMs: nowMs };
    recent.note(received, await store.putEvents(received));
    await recent.inMemory({ stream: 'work', fromMs: 0 });
  }
  const journal = new JournalInMemory();
  const head = new Head({ journal });
  const runs = (source?.runs ?? []).map((atMs) => ({
    check: 'source',
    atMs,
    everyMs: EVERY_MS,
    outcome: 'up' as const,
    reason: null,
    values: {},
  }));
  if (runs.length > 0) head.apply(journal.append('fra', runs));
  const method = indicator.kind === 'freshness' ? PLAIN_PROFILE.method : ({ kind: 'occurrences' } as const);
  const objective = anObjective(indicator, {
    profile: { ...PLAIN_PROFILE, method, denominator: one.denominator },
    period: { kind: 'calendar', calendar: { unit: one.unit } },
    calendar: openHoursOf(one.hours, one.place.zone),
    timeZone: one.place.zone,
  });
  const { date } = periodAround(one.place, one.unit);
  const period = periodOf(objective, one.unit === 'day' ? date : date.slice(0, 7), nowMs);
  if (period === null) throw new Error(`no period ${date}`);
  const exclusions = () => ({ applied: excludedAt(one.exclusions, one.place.atMs), notApplied: [] });
  const plan = planOf({ source: ['fra'] });
  const evaluation = { head, plan, events: one.isFollowed ? recent : store, nowMs, exclusions };
  const { good, bad, unknown, excluded, pending } = await attain(objective, evaluation, period);
  return { good, bad, unknown, excluded, pending };
}

const sourceOf = ({ silentMs, at }: Drawn) => ({ stream: 'work', checks: silentMs === null ? [] : ['source'], at });

/** The windows of the wall clock around a period: quarter hours at which it shows a time between the two. */
function windowsAround({ place: { zone }, window }: Drawn, { fromMs, toMs }: JudgedEvents) {
  const { isOpen, openEdges } = openness(window, zone, { fromMs: fromMs - 2 * DAY_MS, toMs: toMs + 2 * DAY_MS });
  return openEdges.flatMap((edge, index) => {
    const endMs = openEdges[index + 1];
    return isOpen(edge) && endMs !== undefined ? [{ fromMs: edge, toMs: endMs }] : [];
  });
}

async function holdsFor(check: (one: Drawn) => Promise<void>): Promise<void> {
  await fc.assert(fc.asyncProperty(drawn, check), { numRuns: RUNS });
}

describe('what events come to is what the oracle says', () => {
  it(
    'as a ratio, to the event',
    () =>
      holdsFor(async (one) => {
        const judged = judgedOf(one);
        const [valid, isValid] = one.valid;
        const [good, isGood] = one.good;
        const indicator: Indicator = { kind: 'event_ratio', source: sourceOf(one), valid, good };
        expect(await attained(one, judged, indicator)).toEqual(
          ratioByOracle(judged, { at: one.at, valid: isValid, good: isGood }),
        );
      }),
    TIMEOUT_MS,
  );

  it(
    'as a number that is due, to the event',
    () =>
      holdsFor(async (one) => {
        const judged = judgedOf(one);
        const [where, isCounted] = one.good;
        const indicator: Indicator = { kind: 'event_count', source: sourceOf(one), where, atLeast: 3 };
        const expected = countByOracle(judged, { at: one.at, where: isCounted, due: 3 });
        expect(await attained(one, judged, indicator)).toEqual(expected);
      }),
    TIMEOUT_MS,
  );

  it(
    'as one figure over all of them',
    () =>
      holdsFor(async (one) => {
        const judged = judgedOf(one);
        const [valid, isValid] = one.valid;
        const { statistic, value, atMost, isWithin } = one.figure;
        const indicator: Indicator = {
          kind: 'event_statistic',
          source: sourceOf(one),
          valid,
          value,
          statistic,
          atMost,
        };
        const isLater = statistic.kind === 'max';
        const expected = statisticByOracle(judged, { at: one.at, valid: isValid, value, isWithin, isLater });
        expect(await attained(one, judged, indicator)).toEqual(expected);
      }),
    TIMEOUT_MS,
  );

  it(
    'as limits of time in hours of the wall clock, to the millisecond',
    () =>
      holdsFor(async (one) => {
        const judged = judgedOf(one);
        const { zone } = one.place;
        const hours = one.limitHours;
        const lived = { fromMs: judged.fromMs - 4 * DAY_MS, toMs: judged.nowMs + 41 * DAY_MS };
        const { isOpen } = openness(hours, zone, lived);
        const limits = [
          { where: ofA, withinMs: HOUR_MS, hours: openHoursOf(hours, zone) },
          { where: { kind: 'label' as const, name: 'queue', in: ['b'] }, withinMs: 30 * HOUR_MS, hours: null },
        ].slice(0, one.limits);
        const indicator: Indicator = {
          kind: 'duration_target',
          source: sourceOf(one),
          valid: { kind: 'always' },
          until: 'length',
          paused: null,
          limits,
        };
        const limitOf = ({ labels }: Event) => {
          if (labels.queue === 'a') return { withinMs: HOUR_MS, runs: isOpen };
          return one.limits === 2 ? { withinMs: 30 * HOUR_MS, runs: () => true } : null;
        };
        expect(await attained(one, judged, indicator)).toEqual(durationsByOracle(judged, { at: one.at, limitOf }));
      }),
    TIMEOUT_MS,
  );

  it(
    'as the age of the last good one, to the millisecond',
    () =>
      holdsFor(async (one) => {
        const judged = judgedOf(one);
        const [good, isGood] = one.good;
        const { atMostMs } = one;
        const indicator: Indicator = { kind: 'freshness', source: { ...sourceOf(one), at: 'end' }, good, atMostMs };
        expect(await attained(one, judged, indicator)).toEqual(freshnessByOracle(judged, atMostMs, isGood));
      }),
    TIMEOUT_MS,
  );

  it(
    'as windows that have a good one, to the window',
    () =>
      holdsFor(async (one) => {
        const judged = judgedOf(one);
        const [good, isGood] = one.good;
        const { weekdays, ...at } = one.window;
        const days = { kind: 'weekdays' as const, weekdays: weekdays.map((day) => (day === 0 ? 7 : day)) };
        const windows = { days, at, timeZone: one.place.zone };
        const indicator: Indicator = {
          kind: 'scheduled_windows',
          source: { ...sourceOf(one), at: 'end' },
          good,
          windows,
        };
        expect(await attained(one, judged, indicator)).toEqual(
          windowsByOracle(judged, windowsAround(one, judged), isGood),
        );
      }),
    TIMEOUT_MS,
  );
});
