import type { Event } from '@nines/shared/event.ts';
import type { Share } from './attainment.ts';
import { isIn } from './cases.ts';
import { countedTime, type Scope } from './counted-time.ts';
import { holds, LENGTH, numberOf } from './event-evidence.ts';
import { instantOf } from './event-ratio.ts';
import type { EventStatistic, Statistic } from './indicator.ts';
import type { Measured } from './measured.ts';
import { percentileOf } from './percentile.ts';

const PPB = 1_000_000_000n;

/** Exact, as good / total; `values` ascend and are not empty. */
function figureOf(statistic: Statistic, values: readonly number[]): Share {
  switch (statistic.kind) {
    case 'mean':
      return { good: values.reduce((sum, value) => sum + BigInt(value), 0n), total: BigInt(values.length) };
    case 'max':
      return { good: BigInt(values.at(-1) ?? 0), total: 1n };
    case 'percentile':
      return { good: percentileOf(values, statistic.ppb, statistic.rank), total: PPB };
  }
}

/**
 * A statistic over events, judged as one: it is at most the limit, or not. Events whose value is not known yet (and those
 * of which it is not certain that they are valid) leave it open; one that is open is at least as long as it has lasted.
 * So does what nobody has seen yet, or any more (`isSeen` false): a single event could turn every statistic.
 */
export function measureStatistic(
  events: Iterable<Event>,
  indicator: EventStatistic,
  { isSeen, ...scope }: Scope & { readonly isSeen: boolean },
): Measured {
  const { nowMs, period } = scope;
  const time = countedTime(scope);
  const values: number[] = [];
  const atLeast: number[] = [];
  for (const event of events) {
    const atMs = instantOf(event, indicator.source, nowMs);
    if (atMs === null || !isIn(time.elapsed, atMs)) continue;
    const isValid = holds(indicator.valid, event, nowMs);
    if (isValid === false) continue;
    const said = isValid === null ? null : numberOf(event, indicator.value);
    const isMissing = (indicator.isDuration ?? false) && (said === null || said < 0);
    if (said !== null && !isMissing) values.push(said);
    // An event that ended without the value has none to count, unless it must have had one.
    else if (event.endedAtMs === null || isMissing) atLeast.push(indicator.value === LENGTH ? nowMs - event.atMs : 0);
  }
  values.sort((a, b) => a - b);
  const isRunning = period.toMs < period.periodToMs;
  const value = values.length < (indicator.minEvents ?? 1) ? null : figureOf(indicator.statistic, values);
  const isWithin = value === null ? null : value.good <= BigInt(indicator.atMost) * value.total;
  const isOpen = isRunning || !isSeen || atLeast.length > 0;
  const isLate = isOpen && indicator.statistic.kind === 'max' && isWithin === false;
  const state = isWithin === null ? 'none' : isOpen && !isLate ? 'open' : isWithin ? 'good' : 'bad';
  return {
    unit: 'statistic',
    scale: 1,
    tally: {
      good: state === 'good' ? 1 : 0,
      bad: state === 'bad' ? 1 : 0,
      unknown: state === 'open' && !isRunning ? 1 : 0,
      pending: state === 'open' && isRunning ? 1 : 0,
    },
    exact: null,
    excluded: 0,
    serviceMs: time.serviceMs,
    badTime: { best: [], worst: [] },
    incidents: [],
    uncounted: [],
    statistic: { value, atMost: indicator.atMost, events: values.length },
    verdict: null,
  };
}
