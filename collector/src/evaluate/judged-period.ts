import { formatInstant, type PeriodInterval, periodAt, periodNamed } from '@nines/shared/time/calendar.ts';
import { formatDuration } from '@nines/shared/time/duration.ts';
import type { JudgedPeriod } from '../sla/attainment.ts';
import type { Interval } from '../sla/interval.ts';
import type { Objective } from '../sla/objective.ts';

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

/** The period of that name (`2026-10` for months); `null` when the objective has none of it: a rolling one has no names. */
export function periodOf(objective: Objective, name: string, nowMs: number): JudgedPeriod | null {
  const { period, timeZone } = objective;
  if (period.kind !== 'calendar') return null;
  const found = periodNamed(period.calendar, timeZone, name);
  return found === null ? null : judged(objective, found, nowMs);
}

/** The calendar period that holds an instant; `null` for a rolling one: it is not cut into periods. */
export function periodAround(objective: Objective, atMs: number, nowMs: number): JudgedPeriod | null {
  const { period, timeZone } = objective;
  return period.kind === 'rolling' ? null : judged(objective, periodAt(period.calendar, timeZone, atMs), nowMs);
}

/** Any interval that somebody asks for, named by its instants in the contract's zone. */
export function periodBetween(objective: Objective, interval: Interval, nowMs: number): JudgedPeriod {
  const name = [interval.fromMs, interval.toMs].map((atMs) => formatInstant(atMs, objective.timeZone)).join('/');
  return judged(objective, { ...interval, name }, nowMs);
}

function judged(objective: Objective, period: PeriodInterval, nowMs: number): JudgedPeriod {
  const beginMs = objective.effectiveFromMs ?? Number.NEGATIVE_INFINITY;
  const endMs = Math.max(period.fromMs, Math.min(period.toMs, objective.effectiveToMs ?? Number.POSITIVE_INFINITY));
  const fromMs = Math.min(endMs, Math.max(period.fromMs, beginMs));
  const toMs = Math.max(fromMs, Math.min(endMs, nowMs));
  return { fromMs, toMs, periodToMs: endMs, periodName: period.name };
}
