import {
  addDays,
  type CalendarPeriod,
  dateAt,
  dateStartMs,
  periodAt,
  periodNamed,
} from '@nines/shared/time/calendar.ts';
import type { JudgedPeriod } from '../sla/attainment.ts';
import type { Contract } from '../sla/contract.ts';
import type { Objective } from '../sla/objective.ts';

/** A period of one version of a contract, and how each of its objectives is judged in it. */
export interface StatementPeriod {
  readonly contract: Contract;
  readonly name: string;
  readonly fromMs: number;
  readonly toMs: number;
  readonly judged: readonly { readonly objective: Objective; readonly period: JudgedPeriod }[];
}

/** Without a calendar period of its own a contract is stated by the month. */
const MONTH: CalendarPeriod = { unit: 'month' };

/**
 * The periods over which a contract is stated: those of its objectives. A rolling objective has none; it is judged at the
 * end of each period of the first kind, over the time that its length reaches back.
 */
function kindsOf({ objectives }: Contract): readonly CalendarPeriod[] {
  const kinds = objectives.flatMap(({ period }) => (period.kind === 'calendar' ? [period.calendar] : []));
  const different = new Map(kinds.map((kind) => [JSON.stringify(kind), kind]));
  return different.size === 0 ? [MONTH] : [...different.values()];
}

/** The period of that name; `null` when the version has none of it, or does not bind then. */
export function statementPeriod(contract: Contract, name: string): StatementPeriod | null {
  const [calendarName = ''] = name.split(PART);
  for (const kind of kindsOf(contract)) {
    const found = periodNamed(kind, contract.timeZone, calendarName);
    const period = found === null ? null : toPeriod(contract, kind, found);
    if (period?.name === name) return period;
  }
  return null;
}

/** Whether a contract has periods with such names, whether it binds in that one or not. */
export function isPeriodName(contract: Contract, name: string): boolean {
  return kindsOf(contract).some((kind) => periodNamed(kind, contract.timeZone, calendarName({ name })) !== null);
}

/** Every period of a contract that ended after `fromMs` and at `toMs` at the latest, in the order of their ends. */
export function periodsEnded(contract: Contract, fromMs: number, toMs: number): StatementPeriod[] {
  const ended = kindsOf(contract).flatMap((kind) => {
    const found: StatementPeriod[] = [];
    for (let next = periodAt(kind, contract.timeZone, fromMs); next.toMs <= toMs; ) {
      const period = toPeriod(contract, kind, next);
      if (period !== null && period.toMs > fromMs) found.push(period);
      next = periodAt(kind, contract.timeZone, next.toMs);
    }
    return found;
  });
  return ended.toSorted((a, b) => a.toMs - b.toMs);
}

/** A period's name without the version that took over in it. */
export function calendarName({ name }: Pick<StatementPeriod, 'name'>): string {
  return name.split(PART)[0] ?? name;
}

/** The name of the later part of a period in which a version began. */
export function partName(period: string, version: number): string {
  return `${period}${PART}${version}`;
}

/** Between the period's name and the version that took over in the middle of it. */
const PART = '-v';

/**
 * Cut to the time in which the version binds: a new version in the middle splits the period, and the later part is called
 * `2026-10-v2`.
 */
function toPeriod(
  contract: Contract,
  kind: CalendarPeriod,
  { fromMs, toMs, name }: { readonly fromMs: number; readonly toMs: number; readonly name: string },
): StatementPeriod | null {
  const begin = Math.max(fromMs, contract.effective.fromMs ?? fromMs);
  const end = Math.min(toMs, contract.effective.toMs ?? toMs);
  if (begin >= end) return null;
  const ownName = begin > fromMs && contract.version > 1 ? partName(name, contract.version) : name;
  const isFirst = JSON.stringify(kindsOf(contract)[0]) === JSON.stringify(kind);
  const judged = contract.objectives.flatMap((objective) => {
    const { period } = objective;
    if (period.kind === 'calendar') {
      const isOwn = JSON.stringify(period.calendar) === JSON.stringify(kind);
      return isOwn ? [{ objective, period: over(begin, end, name) }] : [];
    }
    const reachesMs = Math.max(end - period.lengthMs, contract.effective.fromMs ?? Number.MIN_SAFE_INTEGER);
    return isFirst ? [{ objective, period: over(reachesMs, end, name) }] : [];
  });
  return { contract, name: ownName, fromMs: begin, toMs: end, judged };
}

function over(fromMs: number, toMs: number, periodName: string): JudgedPeriod {
  return { fromMs, toMs, periodToMs: toMs, periodName };
}

/**
 * Until when the customer may claim what a period brought: so many days of the contract's zone, or further periods of the
 * same kind, after its end. `null` whenever they like.
 */
export function claimUntilMs({ contract, toMs, name }: StatementPeriod): number | null {
  const { claimWindow, timeZone } = contract;
  if (claimWindow === null) return null;
  if (claimWindow.kind === 'days') {
    return dateStartMs(addDays(dateAt(toMs, timeZone), claimWindow.days), timeZone);
  }
  const kind = kindsOf(contract).find((one) => periodNamed(one, timeZone, calendarName({ name })) !== null) ?? MONTH;
  let endMs = toMs;
  for (let count = 0; count < claimWindow.periods; count++) endMs = periodAt(kind, timeZone, endMs).toMs;
  return endMs;
}
