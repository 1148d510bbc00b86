import { periodAt } from '@nines/shared/time/calendar.ts';
import { openIntervals } from '../calendar/open-hours.ts';
import { recurringIntervals } from '../calendar/recurring.ts';
import { anomalyCases } from '../sla/anomaly.ts';
import { type Case, isIn, measureCases, unlessTooFew } from '../sla/cases.ts';
import { countedTime, type Scope } from '../sla/counted-time.ts';
import { doneAtMs, durationCases } from '../sla/duration-target.ts';
import { dueIn, measureCount } from '../sla/event-count.ts';
import { ratioCases } from '../sla/event-ratio.ts';
import { freshnessTimeline } from '../sla/freshness.ts';
import type {
  Anomaly,
  DurationTarget,
  EventCount,
  EventRatio,
  EventStatistic,
  Freshness,
  ScheduledWindows,
} from '../sla/indicator.ts';
import type { Interval } from '../sla/interval.ts';
import type { Measured } from '../sla/measured.ts';
import type { Objective } from '../sla/objective.ts';
import { measureStatistic } from '../sla/statistic.ts';
import { measureTime } from '../sla/time-method.ts';
import { windowCases } from '../sla/windows.ts';
import { callCaveats } from './call-caveats.ts';
import { eventsOf, seenUntilMs } from './events-of.ts';
import type { Evaluation } from './evidence.ts';

/** Where an indicator of events is measured. */
export interface Measuring {
  readonly objective: Objective;
  readonly evaluation: Evaluation;
  readonly scope: Scope;
}

/** Good events of the valid ones. Rejects with `StoreError`, as all of these. */
export async function measureRatio(indicator: EventRatio, { evaluation, scope }: Measuring): Promise<Measured> {
  const events = await eventsOf(indicator.source, evaluation, scope.period);
  const cases = ratioCases(events, indicator, evaluation.nowMs);
  const toCome = toComeOf(indicator, evaluation, scope);
  const measured = measureCases(inPeriod(cases, scope), scope, { unit: 'events', toCome });
  const caveats = callCaveats(indicator, events, { plan: evaluation.plan, period: scope.period });
  return { ...unlessTooFew(measured, indicator.minEvents ?? 1), ...caveats };
}

export async function measureEventStatistic(
  indicator: EventStatistic,
  { evaluation, scope }: Measuring,
): Promise<Measured> {
  const { source } = indicator;
  const isSeen = seenUntilMs(source, evaluation, scope.period) >= scope.period.toMs;
  const events = await eventsOf(source, evaluation, scope.period);
  const caveats = callCaveats(indicator, events, { plan: evaluation.plan, period: scope.period });
  return { ...measureStatistic(events, indicator, { ...scope, isSeen }), ...caveats };
}

export async function measureEventCount(
  indicator: EventCount,
  { objective, evaluation, scope }: Measuring,
): Promise<Measured> {
  const { period } = scope;
  const events = dueIn(indicator.atLeast, period.periodToMs - period.fromMs, wholeLengthMs(objective, period.fromMs));
  const isSeen = seenUntilMs(indicator.source, evaluation, period) >= period.toMs;
  return measureCount(await eventsOf(indicator.source, evaluation, period), indicator, scope, { events, isSeen });
}

/** The length of the whole period that holds an instant, whatever part of it is judged. */
function wholeLengthMs({ period, timeZone }: Objective, atMs: number): number {
  if (period.kind === 'rolling') return period.lengthMs;
  const { fromMs, toMs } = periodAt(period.calendar, timeZone, atMs);
  return toMs - fromMs;
}

export async function measureDurations(target: DurationTarget, { evaluation, scope }: Measuring): Promise<Measured> {
  const { nowMs } = evaluation;
  const events = await eventsOf(target.source, evaluation, scope.period);
  const lived = {
    fromMs: events.reduce((first, { atMs }) => Math.min(first, atMs), scope.period.fromMs),
    toMs: events.reduce((last, event) => Math.max(last, event.endedAtMs ?? 0, doneAtMs(event, target) ?? 0), nowMs) + 1,
  };
  const hours = target.limits.map((limit) => (limit.hours === null ? null : openIntervals(limit.hours, lived)));
  const cases = durationCases(events, target, {
    nowMs,
    untilMs: scope.period.toMs,
    hoursOf: (limit) => hours[limit] ?? null,
  });
  return measureCases(inPeriod(cases, scope), scope, { unit: 'events', toCome: toComeOf(target, evaluation, scope) });
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
  const events = await eventsOf(indicator.source, evaluation, read);
  const timeline = freshnessTimeline(events, indicator, {
    interval,
    nowMs: evaluation.nowMs,
    seenUntilMs: seenUntilMs(indicator.source, evaluation, interval),
  });
  const source = { check: indicator.source.stream, timeline, agents: [{ location: '', timeline }] };
  return measureTime({ timeline, checks: [source] }, scope, objective.profile.failure);
}

export async function measureWindows(indicator: ScheduledWindows, { evaluation, scope }: Measuring): Promise<Measured> {
  const { period } = scope;
  const { nowMs } = evaluation;
  const whole = { fromMs: period.fromMs, toMs: period.periodToMs };
  const windows = windowsOf(indicator, whole);
  const last = windows.at(-1)?.toMs ?? whole.toMs;
  const events = await eventsOf(indicator.source, evaluation, {
    fromMs: whole.fromMs,
    toMs: Math.min(last, nowMs + 1),
  });
  const cases = windowCases(windows, events, {
    good: indicator.good,
    nowMs,
    seenUntilMs: seenUntilMs(indicator.source, evaluation, { fromMs: whole.fromMs, toMs: last }),
  });
  const { denominator } = countedTime(scope);
  const toCome = windows.filter(({ fromMs }) => fromMs >= nowMs && isIn(denominator, fromMs)).length;
  return measureCases(cases, scope, { unit: 'windows', toCome });
}

export async function measureAnomaly(indicator: Anomaly, { evaluation, scope }: Measuring): Promise<Measured> {
  const { period } = scope;
  const fromMs = period.fromMs - indicator.lookBackMs;
  const events = await eventsOf(indicator.source, evaluation, { fromMs, toMs: period.toMs });
  const cases = anomalyCases(events, indicator, evaluation.nowMs);
  // Without those before the period it is not known what is usual.
  const isSeen = seenUntilMs(indicator.source, evaluation, { fromMs, toMs: period.toMs }) >= period.toMs;
  const isOver = period.toMs >= period.periodToMs && isSeen;
  return measureCases(inPeriod(cases, scope), scope, { unit: 'events', toCome: isOver ? 0 : 'any-number' });
}

/** A window belongs to the period in which it begins, however long it is. */
function windowsOf({ windows }: ScheduledWindows, period: Interval): Interval[] {
  const DAY_MS = 86_400_000;
  const around = { fromMs: period.fromMs - 2 * DAY_MS, toMs: period.toMs + 2 * DAY_MS };
  return recurringIntervals(windows, around).filter(({ fromMs }) => fromMs >= period.fromMs && fromMs < period.toMs);
}

function inPeriod(cases: readonly Case[], { period }: Scope): Case[] {
  return cases.filter(({ atMs }) => atMs >= period.fromMs && atMs < period.toMs);
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
