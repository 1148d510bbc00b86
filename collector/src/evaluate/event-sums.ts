import type { Event } from '@nines/shared/event.ts';
import { isIn } from '../sla/cases.ts';
import { instantOf } from '../sla/event-ratio.ts';
import type { EventSource } from '../sla/indicator.ts';
import type { Interval } from '../sla/interval.ts';
import { bringersOf, eventsOf } from './events-of.ts';
import type { Evaluation, EventsInMemory } from './evidence.ts';
import { HOUR_MS } from './hour-counters.ts';
import { PastSums } from './past-sums.ts';

/** How an indicator makes a sum of events, and one of the sums of events that follow one another. */
export interface EventFold<Sum> {
  of(events: readonly Event[]): Sum;
  add(sums: readonly Sum[]): Sum;
}

/** Whose events, and of when: a list of times for each sum that is wanted, ordered and apart. */
export interface EventTimes {
  readonly source: EventSource;
  readonly times: readonly (readonly Interval[])[];
}

const HOURS = { anchorMs: 0, lengthMs: HOUR_MS };

/**
 * Sums of the events of one kind of indicator. Of a stream that is in memory those of the past are kept: an event more makes
 * one hour's sum anew, however long the period is.
 */
export class EventSums<Sum> {
  /** By the stream as it is followed, the plan that says who brings it, and what is measured of it. */
  readonly #kept = new WeakMap<object, WeakMap<object, WeakMap<object, PastSums<Sum>>>>();

  /**
   * The sums of the events that count in each of the times, to be added up. `of` is the indicator, an object of the
   * configuration. Rejects with `StoreError`.
   */
  async over(of: object, { source, times }: EventTimes, { fold, evaluation }: Folding<Sum>): Promise<Sum[][]> {
    const span = spanOf(times.flat());
    if (span === null) return times.map(() => []);
    const inMemory = (await evaluation.events?.inMemory?.({ stream: source.stream, fromMs: span.fromMs - 1 })) ?? null;
    if (inMemory !== null) return this.#overKept(of, { source, times }, { fold, evaluation, inMemory });
    const events = await eventsOf(source, evaluation, span);
    return times.map((time) => [fold.of(events.filter((event) => countsIn(event, time, { source, evaluation })))]);
  }

  async #overKept(
    of: object,
    { source, times }: EventTimes,
    { fold, evaluation, inMemory }: Folding<Sum> & { readonly inMemory: EventsInMemory },
  ): Promise<Sum[][]> {
    const bringers = bringersOf(source, evaluation.plan);
    const isBrought = ({ agent }: Event) => bringers?.has(agent) ?? true;
    const settled = (interval: Interval) => fold.of(inMemory.settledIn(source.at, interval).filter(isBrought));
    const kept = this.#keptOf(inMemory, evaluation.plan, of);
    kept.refresh([inMemory.changes]);
    const pastMs = HOUR_MS * Math.floor(evaluation.nowMs / HOUR_MS);
    const open = [...inMemory.unsettled].filter(isBrought);
    const sums: Sum[][] = [];
    for (const time of times) {
      const parts: Sum[] = [];
      for (const interval of time) parts.push(...(await kept.over(interval, pastMs, { of: settled, add: fold.add })));
      const still = open.filter((event) => countsIn(event, time, { source, evaluation }));
      if (still.length > 0) parts.push(fold.of(still));
      sums.push(parts);
    }
    return sums;
  }

  #keptOf(stream: object, plan: object, of: object): PastSums<Sum> {
    const byPlan = getOrMake(this.#kept, stream, () => new WeakMap<object, WeakMap<object, PastSums<Sum>>>());
    const byIndicator = getOrMake(byPlan, plan, () => new WeakMap<object, PastSums<Sum>>());
    return getOrMake(byIndicator, of, () => new PastSums<Sum>(HOURS));
  }
}

interface Folding<Sum> {
  readonly fold: EventFold<Sum>;
  readonly evaluation: Evaluation;
}

function countsIn(
  event: Event,
  time: readonly Interval[],
  { source, evaluation }: { readonly source: EventSource; readonly evaluation: Evaluation },
): boolean {
  const atMs = instantOf(event, source, evaluation.nowMs);
  return atMs !== null && isIn(time, atMs);
}

function spanOf(intervals: readonly Interval[]): Interval | null {
  if (intervals.length === 0) return null;
  return {
    fromMs: intervals.reduce((first, { fromMs }) => Math.min(first, fromMs), Number.POSITIVE_INFINITY),
    toMs: intervals.reduce((last, { toMs }) => Math.max(last, toMs), Number.NEGATIVE_INFINITY),
  };
}

function getOrMake<Value>(map: WeakMap<object, Value>, key: object, make: () => Value): Value {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = make();
  map.set(key, made);
  return made;
}
