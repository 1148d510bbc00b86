import type { Event } from '@nines/shared/event.ts';
import type { Share, StatisticSource } from './attainment.ts';
import { countedTime, type Scope } from './counted-time.ts';
import { holds, numberOf } from './event-evidence.ts';
import type { EventStatistic, Statistic } from './indicator.ts';
import type { Measured } from './measured.ts';
import { type Ascending, countAmong, type Position, percentileAmong, positionOf, valuesAt } from './percentile.ts';

const PPB = 1_000_000_000n;

/** Values of events, and what may still change a statistic of them. */
export interface StatisticSum {
  /** Ascending. */
  readonly values: readonly number[];
  readonly total: bigint;
  /** Events whose value is not known, or of which it is not certain that they are valid. */
  readonly open: number;
}

export function statisticOf(events: Iterable<Event>, indicator: EventStatistic, nowMs: number): StatisticSum {
  const values: number[] = [];
  let open = 0;
  for (const event of events) {
    const isValid = holds(indicator.valid, event, nowMs);
    if (isValid === false) continue;
    const said = isValid === null ? null : numberOf(event, indicator.value);
    const isMissing = (indicator.isDuration ?? false) && (said === null || said < 0);
    if (said !== null && !isMissing) values.push(said);
    // An event that ended without the value has none to count, unless it must have had one.
    else if (event.endedAtMs === null || isMissing) open++;
  }
  values.sort((a, b) => a - b);
  return { values, total: values.reduce((sum, value) => sum + BigInt(value), 0n), open };
}

export function addStatistics(sums: readonly StatisticSum[]): StatisticSum {
  return {
    values: sums.flatMap(({ values }) => values).sort((a, b) => a - b),
    total: totalOf(sums),
    open: openIn(sums),
  };
}

function totalOf(sums: readonly StatisticSum[]): bigint {
  return sums.reduce((sum, { total }) => sum + total, 0n);
}

function openIn(sums: readonly StatisticSum[]): number {
  return sums.reduce((count, { open }) => count + open, 0);
}

interface Figure {
  readonly value: Share;
  readonly from: StatisticSource;
}

/** Exact; `null` without any value. */
function figureOf(statistic: Statistic, sums: readonly StatisticSum[]): Figure | null {
  const lists = sums.flatMap(({ values }) => (values.length === 0 ? [] : [values]));
  if (lists.length === 0) return null;
  const count = countAmong(lists);
  switch (statistic.kind) {
    case 'mean': {
      const sum = totalOf(sums);
      return { value: { good: sum, total: BigInt(count) }, from: { kind: 'sum', sum } };
    }
    case 'max': {
      const from = placeOf(lists, { lower: count, weight: 0 });
      return { value: { good: BigInt(from.value), total: 1n }, from };
    }
    case 'percentile': {
      const { ppb, rank } = statistic;
      const value = { good: percentileAmong(lists, ppb, rank), total: PPB };
      return { value, from: placeOf(lists, positionOf(ppb, count, rank)) };
    }
  }
}

function placeOf(lists: Ascending, position: Position) {
  const { lower: place, weight: weightPpb } = position;
  return { kind: 'place' as const, place, weightPpb, ...valuesAt(lists, position) };
}

/**
 * A statistic over events, judged as one: it is at most the limit, or not. Events whose value is not known yet (and those
 * of which it is not certain that they are valid) leave it open. So does what nobody has seen yet, or any more (`isSeen`
 * false): a single event could turn every statistic.
 */
export function measureStatistic(
  sums: readonly StatisticSum[],
  indicator: EventStatistic,
  { isSeen, ...scope }: Scope & { readonly isSeen: boolean },
): Measured {
  const { period } = scope;
  const isRunning = period.toMs < period.periodToMs;
  const events = sums.reduce((count, { values }) => count + values.length, 0);
  const figure = events < (indicator.minEvents ?? 1) ? null : figureOf(indicator.statistic, sums);
  const value = figure?.value ?? null;
  const isWithin = value === null ? null : value.good <= BigInt(indicator.atMost) * value.total;
  const isOpen = isRunning || !isSeen || openIn(sums) > 0;
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
    serviceMs: countedTime(scope).serviceMs,
    badTime: { best: [], worst: [] },
    incidents: [],
    uncounted: [],
    statistic: { value, atMost: indicator.atMost, events, from: figure?.from ?? null },
    verdict: null,
  };
}
