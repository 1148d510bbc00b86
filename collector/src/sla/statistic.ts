import type { Event } from '@nines/shared/event.ts';
import type { Share, StatisticSource } from './attainment.ts';
import { isIn } from './cases.ts';
import { countedTime, type Scope } from './counted-time.ts';
import { holds, LENGTH, numberOf } from './event-evidence.ts';
import { instantOf } from './event-ratio.ts';
import type { EventStatistic, Statistic } from './indicator.ts';
import type { Measured } from './measured.ts';
import { type Position, percentileOf, positionOf, valuesAt } from './percentile.ts';

const PPB = 1_000_000_000n;

interface Figure {
  readonly value: Share;
  readonly from: StatisticSource;
}

/** Exact; `values` ascend and are not empty. */
function figureOf(statistic: Statistic, values: readonly number[]): Figure {
  switch (statistic.kind) {
    case 'mean': {
      const sum = values.reduce((total, value) => total + BigInt(value), 0n);
      return { value: { good: sum, total: BigInt(values.length) }, from: { kind: 'sum', sum } };
    }
    case 'max': {
      const last = { lower: values.length, weight: 0 };
      return { value: { good: BigInt(values.at(-1) ?? 0), total: 1n }, from: placeOf(values, last) };
    }
    case 'percentile': {
      const { ppb, rank } = statistic;
      const value = { good: percentileOf(values, ppb, rank), total: PPB };
      return { value, from: placeOf(values, positionOf(ppb, values.length, rank)) };
    }
  }
}

function placeOf(values: readonly number[], position: Position): StatisticSource {
  return { kind: 'place', place: position.lower, weightPpb: position.weight, ...valuesAt(values, position) };
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
  const figure = values.length < (indicator.minEvents ?? 1) ? null : figureOf(indicator.statistic, values);
  const value = figure?.value ?? null;
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
    statistic: { value, atMost: indicator.atMost, events: values.length, from: figure?.from ?? null },
    verdict: null,
  };
}
