import { TOTAL } from '@nines/shared/probes/probe.ts';
import type { CheckColumns } from '@nines/shared/wire.ts';
import { checksOf, type Indicator } from '../sla/indicator.ts';
import type { Objective } from '../sla/objective.ts';
import type { Profile } from '../sla/profile.ts';
import { forEachHour, HourCounters } from './hour-counters.ts';

/** A value and the greatest of it that is good, as latency objectives name them for a check. */
export interface Threshold {
  readonly check: string;
  readonly value: string;
  readonly withinMicros: number;
}

/** Every threshold that the objectives need counted, each once. */
export function thresholdsOf(objectives: readonly Objective[]): Threshold[] {
  const found = new Map<string, Threshold>();
  for (const { indicator, profile } of objectives) {
    for (const { value, limits } of limitsOf(indicator, profile)) {
      for (const check of checksOf(indicator)) {
        for (const withinMicros of limits)
          found.set(`${check} ${value} ${withinMicros}`, { check, value, withinMicros });
      }
    }
  }
  return [...found.values()];
}

interface ValueLimits {
  readonly value: string;
  readonly limits: readonly number[];
}

/** The limits at which an objective asks how many runs kept them. */
function limitsOf(indicator: Indicator, { method, failure }: Profile): ValueLimits[] {
  switch (indicator.kind) {
    case 'latency':
      return [{ value: indicator.value, limits: [indicator.withinMicros] }];
    case 'gauge': {
      const { value, atLeast, atMost } = indicator;
      return [{ value, limits: [...(atMost === null ? [] : [atMost]), ...(atLeast === null ? [] : [atLeast - 1])] }];
    }
    case 'availability': {
      const bands = method.kind === 'scored' ? method.bands.flatMap(({ withinMicros }) => withinMicros ?? []) : [];
      return [{ value: TOTAL, limits: failure.slowMicros === null ? bands : [...bands, failure.slowMicros] }];
    }
    default:
      return [];
  }
}

const MEASURED = 0;
const WITHIN = 1;

/** Hour by hour, the up runs of one series that reported the value, and those at or under the threshold. */
export class ThresholdCounter {
  readonly value: string;
  readonly withinMicros: number;
  readonly #hours = new HourCounters(2);
  /** False while runs from before the threshold was named are still being counted from the journal. */
  isReady: boolean;

  constructor({ value, withinMicros }: Pick<Threshold, 'value' | 'withinMicros'>, isReady: boolean) {
    this.value = value;
    this.withinMicros = withinMicros;
    this.isReady = isReady;
  }

  get bytes(): number {
    return this.#hours.bytes;
  }

  count(columns: CheckColumns): void {
    const values = columns.values[this.value];
    if (values === undefined) return;
    const { withinMicros } = this;
    forEachHour(columns.at_ms, (hour, { first, end }) => {
      let measured = 0;
      let within = 0;
      for (let i = first; i < end; i++) {
        const value = values[i] ?? null;
        if (value === null || columns.up[i] !== 1) continue;
        measured++;
        if (value <= withinMicros) within++;
      }
      if (measured > 0) this.#hours.add(hour, MEASURED, measured);
      if (within > 0) this.#hours.add(hour, WITHIN, within);
    });
  }

  /** Adds the counts of a week, see `store/rollup/threshold-week.ts`. */
  addWeek(week: number, counts: ArrayLike<number>): void {
    this.#hours.addWeek(week, counts);
  }

  /** Adds what another counter of the same threshold counted. */
  addAll(other: ThresholdCounter): void {
    this.#hours.addAll(other.#hours);
  }

  /** Counts over the whole hours `[fromHour, toHour)`. */
  sum(fromHour: number, toHour: number): { readonly measured: number; readonly within: number } {
    return {
      measured: this.#hours.sum(fromHour, toHour, MEASURED),
      within: this.#hours.sum(fromHour, toHour, WITHIN),
    };
  }
}
