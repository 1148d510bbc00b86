import {
  addDays,
  dateStartMs,
  formatInstant,
  isDate,
  type PeriodInterval,
  periodAt,
  periodNamed,
} from '@nines/shared/time/calendar.ts';
import { formatDuration } from '@nines/shared/time/duration.ts';
import type { JudgedPeriod } from '../sla/attainment.ts';
import type { Interval } from '../sla/interval.ts';
import type { Objective } from '../sla/objective.ts';
import { isBinding } from './in-force.ts';

/** The period that runs at `nowMs`, from the contract's beginning on. */
export function currentPeriod(objective: Objective, nowMs: number): JudgedPeriod {
  const { period, timeZone } = objective;
  switch (period.kind) {
    case 'calendar':
      return judged(objective, periodAt(period.calendar, timeZone, nowMs), nowMs);
    case 'rolling': {
      const interval = { fromMs: nowMs - period.lengthMs, toMs: nowMs };
      return judged(objective, { ...interval, name: `rolling ${formatDuration(period.lengthMs)}` }, nowMs);
    }
  }
}

/**
 * The period of that name (`2026-10` for months); a rolling one is named by its last day. `null` when the objective has
 * none of that name, or its version of the contract does not bind in it.
 */
export function periodOf(objective: Objective, name: string, nowMs: number): JudgedPeriod | null {
  const { period, timeZone } = objective;
  const found =
    period.kind === 'calendar'
      ? periodNamed(period.calendar, timeZone, name)
      : rollingUpTo(name, timeZone, period.lengthMs);
  return found === null || !binds(objective, found) ? null : judged(objective, found, nowMs);
}

function rollingUpTo(lastDay: string, timeZone: string, lengthMs: number): PeriodInterval | null {
  if (!isDate(lastDay)) return null;
  const toMs = dateStartMs(addDays(lastDay, 1), timeZone);
  return { fromMs: toMs - lengthMs, toMs, name: lastDay };
}

/** Whether the objective's version of the contract binds at some instant of the interval. */
export function binds({ effectiveFromMs, effectiveToMs }: Objective, interval: Interval): boolean {
  return isBinding({ fromMs: effectiveFromMs, toMs: effectiveToMs }, interval);
}

/** The calendar period that holds an instant; `null` for a rolling one: it is not cut into periods. */
export function periodAround(objective: Objective, atMs: number, nowMs: number): JudgedPeriod | null {
  const { period, timeZone } = objective;
  return period.kind === 'rolling' ? null : judged(objective, periodAt(period.calendar, timeZone, atMs), nowMs);
}

/** Any interval that somebody asks for, named by its instants in the contract's zone. */
export function periodBetween(objective: Objective, { fromMs, toMs }: Interval, nowMs: number): JudgedPeriod {
  return judged(objective, { fromMs, toMs, name: nameBetween(fromMs, toMs, objective.timeZone) }, nowMs);
}

/** A thousand objectives are asked about the same interval, one after another. */
let lastNamed = { fromMs: Number.NaN, toMs: Number.NaN, timeZone: '', name: '' };

function nameBetween(fromMs: number, toMs: number, timeZone: string): string {
  const isSame = lastNamed.fromMs === fromMs && lastNamed.toMs === toMs && lastNamed.timeZone === timeZone;
  if (isSame) return lastNamed.name;
  const name = `${formatInstant(fromMs, timeZone)}/${formatInstant(toMs, timeZone)}`;
  lastNamed = { fromMs, toMs, timeZone, name };
  return name;
}

function judged(objective: Objective, period: PeriodInterval, nowMs: number): JudgedPeriod {
  const beginMs = objective.effectiveFromMs ?? Number.NEGATIVE_INFINITY;
  const endMs = Math.max(period.fromMs, Math.min(period.toMs, objective.effectiveToMs ?? Number.POSITIVE_INFINITY));
  const fromMs = Math.min(endMs, Math.max(period.fromMs, beginMs));
  const toMs = Math.max(fromMs, Math.min(endMs, nowMs));
  return { fromMs, toMs, periodToMs: endMs, periodName: period.name };
}
