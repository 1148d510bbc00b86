import type { Event } from '@nines/shared/event.ts';
import { periodAt } from '@nines/shared/time/calendar.ts';
import { openIntervals } from '../calendar/open-hours.ts';
import { recurringIntervals } from '../calendar/recurring.ts';
import { remembered } from '../calendar/remembered.ts';
import { anomalyCases } from '../sla/anomaly.ts';
import {
  addCases,
  type Case,
  type CaseSum,
  countCases,
  isIn,
  type JudgedCases,
  judgeCases,
  measureCases,
  sumOfCases,
  unlessTooFew,
} from '../sla/cases.ts';
import { countedTime, type Scope } from '../sla/counted-time.ts';
import { doneAtMs, durationCases } from '../sla/duration-target.ts';
import { addCounts, type CountSum, countOf, dueIn, measureCount } from '../sla/event-count.ts';
import { ratioCases } from '../sla/event-ratio.ts';
import { freshnessTimeline, freshTime } from '../sla/freshness.ts';
import type {
  Anomaly,
  DurationTarget,
  EventCount,
  EventRatio,
  EventStatistic,
  Freshness,
  ScheduledWindows,
} from '../sla/indicator.ts';
import { type Interval, mergeIntervals } from '../sla/interval.ts';
import type { Measured } from '../sla/measured.ts';
import type { Objective } from '../sla/objective.ts';
import { addStatistics, measureStatistic, type StatisticSum, statisticOf } from '../sla/statistic.ts';
import { measureTime } from '../sla/time-method.ts';
import { addSeen, type SeenWindows, seenInWindows, windowCases } from '../sla/windows.ts';
import { callCaveats, type WithRefused, withRefused } from './call-caveats.ts';
import { type EventFold, EventSums } from './event-sums.ts';
import { eventsOf, seenUntilMs } from './events-of.ts';
import type { Evaluation } from './evidence.ts';

const hoursIn = remembered(openIntervals);
const windowsIn = remembered(recurringIntervals);

/** Where an indicator of events is measured. */
export interface Measuring {
  readonly objective: Objective;
  readonly evaluation: Evaluation;
  readonly scope: Scope;
}

const ratioSums = new EventSums<WithRefused<CaseSum>>();
const durationSums = new EventSums<WithRefused<CaseSum>>();
const statisticSums = new EventSums<WithRefused<StatisticSum>>();
const countSums = new EventSums<CountSum>();
const freshTimes = new EventSums<Interval[]>();
const windowSums = new EventSums<SeenWindows>();

/** Good events of the valid ones. Rejects with `StoreError`, as all of these. */
export async function measureRatio(indicator: EventRatio, { evaluation, scope }: Measuring): Promise<Measured> {
  const fold = casesFold((events) => ratioCases(events, indicator, evaluation.nowMs));
  const judged = await judgedOf(indicator, ratioSums, { fold, evaluation, scope });
  const toCome = toComeOf(indicator, evaluation, scope);
  const measured = unlessTooFew(measureCases(judged, scope, { unit: 'events', toCome }), indicator.minEvents ?? 1);
  return { ...measured, ...callCaveats(indicator, judged.refused, { plan: evaluation.plan, period: scope.period }) };
}

function casesFold(casesOf: (events: readonly Event[]) => Case[]): EventFold<CaseSum> {
  return { of: (events) => sumOfCases(casesOf(events)), add: addCases };
}

interface Judging {
  readonly fold: EventFold<CaseSum>;
  readonly evaluation: Evaluation;
  readonly scope: Scope;
}

async function judgedOf(
  indicator: EventRatio | DurationTarget,
  sums: EventSums<WithRefused<CaseSum>>,
  { fold, evaluation, scope }: Judging,
): Promise<JudgedCases & { readonly refused: readonly Event[] }> {
  const { elapsed, excluded } = countedTime(scope);
  const { source } = indicator;
  const times = [elapsed, excluded];
  const [counted = [], left = []] = await sums.over(
    indicator,
    { source, times },
    { fold: withRefused(fold), evaluation },
  );
  return {
    counted: counted.map(({ sum }) => sum),
    excluded: left.reduce((count, { sum }) => count + countCases(sum), 0),
    refused: counted.flatMap(({ refused }) => refused),
  };
}

export async function measureEventStatistic(
  indicator: EventStatistic,
  { evaluation, scope }: Measuring,
): Promise<Measured> {
  const { source } = indicator;
  const isSeen = seenUntilMs(source, evaluation, scope.period) >= scope.period.toMs;
  const fold = {
    of: (events: readonly Event[]) => statisticOf(events, indicator, evaluation.nowMs),
    add: addStatistics,
  };
  const times = [countedTime(scope).elapsed];
  const [parts = []] = await statisticSums.over(indicator, { source, times }, { fold: withRefused(fold), evaluation });
  const sums = parts.map(({ sum }) => sum);
  const refused = parts.flatMap((part) => part.refused);
  const caveats = callCaveats(indicator, refused, { plan: evaluation.plan, period: scope.period });
  return { ...measureStatistic(sums, indicator, { ...scope, isSeen }), ...caveats };
}

export async function measureEventCount(
  indicator: EventCount,
  { objective, evaluation, scope }: Measuring,
): Promise<Measured> {
  const { source } = indicator;
  const { period } = scope;
  const events = dueIn(indicator.atLeast, period.periodToMs - period.fromMs, wholeLengthMs(objective, period.fromMs));
  const isSeen = seenUntilMs(source, evaluation, period) >= period.toMs;
  const fold = { of: (some: readonly Event[]) => countOf(some, indicator, evaluation.nowMs), add: addCounts };
  const times = [countedTime(scope).elapsed];
  const [sums = []] = await countSums.over(indicator, { source, times }, { fold, evaluation });
  return measureCount(addCounts(sums), scope, { events, isSeen });
}

/** The length of the whole period that holds an instant, whatever part of it is judged. */
function wholeLengthMs({ period, timeZone }: Objective, atMs: number): number {
  if (period.kind === 'rolling') return period.lengthMs;
  const { fromMs, toMs } = periodAt(period.calendar, timeZone, atMs);
  return toMs - fromMs;
}

export async function measureDurations(target: DurationTarget, { evaluation, scope }: Measuring): Promise<Measured> {
  const times = { nowMs: evaluation.nowMs, untilMs: scope.period.toMs };
  const fold = casesFold((events) => casesInTime(events, target, times));
  const judged = await judgedOf(target, durationSums, { fold, evaluation, scope });
  return measureCases(judged, scope, { unit: 'events', toCome: toComeOf(target, evaluation, scope) });
}

function casesInTime(
  events: readonly Event[],
  target: DurationTarget,
  { nowMs, untilMs }: { readonly nowMs: number; readonly untilMs: number },
): Case[] {
  const lived = {
    fromMs: events.reduce((first, { atMs }) => Math.min(first, atMs), nowMs),
    toMs: events.reduce((last, event) => Math.max(last, event.endedAtMs ?? 0, doneAtMs(event, target) ?? 0), nowMs) + 1,
  };
  const hours = target.limits.map((limit) => (limit.hours === null ? null : hoursIn(limit.hours, lived)));
  return durationCases(events, target, { nowMs, untilMs, hoursOf: (limit) => hours[limit] ?? null });
}

export async function measureFreshness(
  indicator: Freshness,
  { objective, evaluation, scope }: Measuring,
): Promise<Measured> {
  const { minOutageMs } = objective.profile.failure;
  const { period } = scope;
  const interval = { fromMs: period.fromMs - minOutageMs, toMs: period.periodToMs + minOutageMs };
  const read = {
    fromMs: interval.fromMs - indicator.atMostMs,
    toMs: Math.min(interval.toMs, evaluation.nowMs + 1),
  };
  const fold = {
    of: (events: readonly Event[]) => freshTime(events, indicator, evaluation.nowMs),
    add: (parts: readonly (readonly Interval[])[]) => mergeIntervals(parts.flat()),
  };
  const { source: brought } = indicator;
  const [parts = []] = await freshTimes.over(indicator, { source: brought, times: [[read]] }, { fold, evaluation });
  const timeline = freshnessTimeline(fold.add(parts), {
    interval,
    nowMs: evaluation.nowMs,
    seenUntilMs: seenUntilMs(indicator.source, evaluation, interval),
  });
  const source = { check: indicator.source.stream, timeline, agents: [{ location: null, timeline }] };
  return measureTime({ timeline, checks: [source] }, scope, objective.profile.failure);
}

export async function measureWindows(indicator: ScheduledWindows, { evaluation, scope }: Measuring): Promise<Measured> {
  const { period } = scope;
  const { nowMs } = evaluation;
  const whole = { fromMs: period.fromMs, toMs: period.periodToMs };
  const windows = windowsOf(indicator, whole);
  const last = windows.at(-1)?.toMs ?? whole.toMs;
  const { source, good } = indicator;
  const fold = {
    of: (events: readonly Event[]) => seenInWindows(events, windowsAround(indicator, events), { good, nowMs }),
    add: addSeen,
  };
  const times = [[{ fromMs: whole.fromMs, toMs: Math.min(last, nowMs + 1) }]];
  const [seen = []] = await windowSums.over(indicator, { source, times }, { fold, evaluation });
  const seenMs = seenUntilMs(source, evaluation, { fromMs: whole.fromMs, toMs: last });
  const cases = windowCases(windows, addSeen(seen), { nowMs, seenUntilMs: seenMs });
  const { denominator } = countedTime(scope);
  const toCome = windows.filter(({ fromMs }) => fromMs >= nowMs && isIn(denominator, fromMs)).length;
  return measureCases(judgeCases(cases, scope), scope, { unit: 'windows', toCome });
}

export async function measureAnomaly(indicator: Anomaly, { evaluation, scope }: Measuring): Promise<Measured> {
  const { period } = scope;
  const fromMs = period.fromMs - indicator.lookBackMs;
  const events = await eventsOf(indicator.source, evaluation, { fromMs, toMs: period.toMs });
  const cases = anomalyCases(events, indicator, evaluation.nowMs);
  // Without those before the period it is not known what is usual.
  const isSeen = seenUntilMs(indicator.source, evaluation, { fromMs, toMs: period.toMs }) >= period.toMs;
  const isOver = period.toMs >= period.periodToMs && isSeen;
  return measureCases(judgeCases(cases, scope), scope, { unit: 'events', toCome: isOver ? 0 : 'any-number' });
}

/** A window belongs to the period in which it begins, however long it is. */
function windowsOf(indicator: ScheduledWindows, period: Interval): Interval[] {
  return windowsNear(indicator, period).filter(({ fromMs }) => fromMs >= period.fromMs && fromMs < period.toMs);
}

/** All of those in which some events may have ended. */
function windowsAround(indicator: ScheduledWindows, events: readonly Event[]): Interval[] {
  const ends = events.flatMap(({ endedAtMs }) => endedAtMs ?? []);
  const fromMs = ends.reduce((first, endMs) => Math.min(first, endMs), Number.POSITIVE_INFINITY);
  const toMs = ends.reduce((last, endMs) => Math.max(last, endMs), 0) + 1;
  return ends.length === 0 ? [] : windowsNear(indicator, { fromMs, toMs });
}

function windowsNear({ windows }: ScheduledWindows, { fromMs, toMs }: Interval): Interval[] {
  const DAY_MS = 86_400_000;
  return windowsIn(windows, { fromMs: fromMs - 2 * DAY_MS, toMs: toMs + 2 * DAY_MS });
}

/** Nobody knows how many events are still to come, or are there and have not been seen. */
function toComeOf(
  { source }: EventRatio | DurationTarget,
  evaluation: Evaluation,
  { period }: Scope,
): 0 | 'any-number' {
  const isOver = period.toMs >= period.periodToMs && seenUntilMs(source, evaluation, period) >= period.toMs;
  return isOver ? 0 : 'any-number';
}
