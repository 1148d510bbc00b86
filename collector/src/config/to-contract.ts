import { createHash } from 'node:crypto';
import { type CanonicalValue, canonicalJson } from '@nines/shared/config/canonical-json.ts';
import { essenceOf } from '@nines/shared/config/essence.ts';
import { addDays, dateStartMs } from '@nines/shared/time/calendar.ts';
import type { OpenHours } from '@nines/shared/time/open-hours.ts';
import type * as z from 'zod';
import type { ClaimWindow, Contract, Effective, MaintenanceTerms, Notice } from '../sla/contract.ts';
import type { Objective } from '../sla/objective.ts';
import { periodOfCadence } from './cadence.ts';
import { type calendarSchema, toOpenHours } from './calendars.ts';
import { contractSchema } from './contracts.ts';
import type { MeasuredBy } from './measured-by.ts';
import { toMoney } from './to-money.ts';

/** One version as it stands in the file, parsed. */
export type ContractEntry = z.output<typeof contractSchema>;
type CalendarEntry = z.output<typeof calendarSchema>;

/** An entry as YAML gave it. */
type Written = Readonly<Record<string, unknown>>;

/** What the names in a contract stand for. They were checked before: one that nothing has is a bug here. */
export interface ContractContext {
  readonly calendars: readonly CalendarEntry[];
  /** Every version of every contract. */
  readonly contracts: readonly ContractEntry[];
}

/** `written` is the entry as YAML gave it: the digest is made of what users wrote, not of what this program calls it. */
export function toContract(entry: ContractEntry, written: Written, context: ContractContext): Contract {
  const effective = effectiveOf(entry, context.contracts);
  const canonical = canonicalJson(canonicalForm(entry, written, context.calendars));
  const anchor = entry.effective.from ?? UNANCHORED;
  return {
    customer: entry.customer,
    id: entry.id,
    version: entry.version,
    isDraft: entry.draft,
    effective,
    timeZone: entry.time_zone,
    maintenance: toMaintenance(entry, context.calendars),
    objectives: entry.objectives.map((objective) => toObjective(objective, { entry, effective, context })),
    money: toMoney(entry),
    approvals: entry.approvals,
    reports: entry.reports.map((report) => ({
      every: periodOfCadence(report.every, report.anchor ?? anchor),
      to: report.to,
      formats: report.formats,
    })),
    reviews: entry.reviews === undefined ? null : periodOfCadence(entry.reviews.every, entry.reviews.anchor ?? anchor),
    claimWindow: toClaimWindow(entry.claim_window),
    canonical,
    digest: createHash('sha256').update(canonical).digest('hex'),
  };
}

/** Never used: a cadence that needs an anchor is refused without one. */
const UNANCHORED = '1970-01-01';

const DAY_MS = 86_400_000;

/** Raised when the same meaning has to be written differently; versions recorded before then cannot be compared. */
const CANONICAL_FORM = 1;

/** The version with everything that it means: the calendars that it names stand in it, so that they cannot change either. */
function canonicalForm(entry: ContractEntry, written: Written, calendars: readonly CalendarEntry[]): CanonicalValue {
  const named = [...new Set(calendarsNamed(entry))].map((id) => {
    const { timeZone, week, holidays } = hoursOf(id, calendars);
    return [
      id,
      {
        time_zone: timeZone,
        week: week.map((ranges) => ranges.map(({ fromMinute, toMinute }) => [fromMinute, toMinute])),
        holidays: holidays.map(({ kind, from, to }) => `${kind} ${from} ${to}`).toSorted(),
      },
    ];
  });
  // Whether it is still a draft is not part of what it says: the digest that was approved stays when it no longer is one.
  const { draft: _, ...lasting } = written;
  return { form: CANONICAL_FORM, contract: essenceOf(contractSchema, lasting), calendars: Object.fromEntries(named) };
}

/** The calendars that a version names, one at a time. */
export function calendarsNamed({ objectives, maintenance }: ContractEntry): string[] {
  const { notice } = maintenance;
  return [
    ...objectives.flatMap(({ calendar }) => (calendar === undefined ? [] : [calendar])),
    ...objectives.flatMap(({ indicator }) => indicator.limitCalendars.flatMap((one) => one ?? [])),
    ...(typeof notice === 'object' ? [notice.calendar] : []),
  ];
}

/** From its first day to the beginning of the next version, or to its last day when none follows at once. */
export function effectiveOf(entry: ContractEntry, contracts: readonly ContractEntry[]): Effective {
  const { from, to } = entry.effective;
  const startOf = (date: string | undefined, zone: string) => (date === undefined ? null : dateStartMs(date, zone));
  const next = contracts.find(({ id, version }) => id === entry.id && version === entry.version + 1);
  return {
    fromMs: startOf(from, entry.time_zone),
    toMs:
      next === undefined || next.effective.after_gap
        ? startOf(to === undefined ? undefined : addDays(to, 1), entry.time_zone)
        : startOf(next.effective.from, next.time_zone),
  };
}

function toMaintenance(
  { maintenance, time_zone }: ContractEntry,
  calendars: readonly CalendarEntry[],
): MaintenanceTerms {
  return {
    notice: toNotice(maintenance.notice, calendars),
    cap: maintenance.cap ?? null,
    denominator: maintenance.denominator,
    recurring: maintenance.recurring.map(({ every, at, ...window }) => ({
      days: every,
      at,
      timeZone: window.time_zone ?? time_zone,
    })),
  };
}

function toNotice(notice: ContractEntry['maintenance']['notice'], calendars: readonly CalendarEntry[]): Notice | null {
  if (notice === undefined) return null;
  if (typeof notice === 'number') return { kind: 'elapsed', ms: notice };
  return { kind: 'working_days', days: notice.working_days, hours: hoursOf(notice.calendar, calendars) };
}

function toObjective(
  objective: ContractEntry['objectives'][number],
  { entry, effective, context }: { entry: ContractEntry; effective: Effective; context: ContractContext },
): Objective {
  const { indicator, profile } = measuredOf(objective.indicator, context);
  return {
    customer: entry.customer,
    contract: entry.id,
    contractVersion: entry.version,
    id: objective.id,
    service: objective.service ?? null,
    indicator,
    profile: { ...profile, denominator: entry.maintenance.denominator },
    targetPpb: objective.target,
    period: objective.period,
    calendar: objective.calendar === undefined ? null : hoursOf(objective.calendar, context.calendars),
    timeZone: entry.time_zone,
    effectiveFromMs: effective.fromMs,
    effectiveToMs: effective.toMs,
  };
}

/** The hours of limits stand in the indicator itself, as the objective's own do. */
function measuredOf({ indicator, profile, limitCalendars }: MeasuredBy, { calendars }: ContractContext): MeasuredBy {
  if (indicator.kind !== 'duration_target') return { indicator, profile, limitCalendars };
  const limits = indicator.limits.map((limit, index) => {
    const calendar = limitCalendars[index] ?? null;
    return { ...limit, hours: calendar === null ? null : hoursOf(calendar, calendars) };
  });
  return { indicator: { ...indicator, limits }, profile, limitCalendars };
}

function toClaimWindow(window: ContractEntry['claim_window']): ClaimWindow | null {
  if (window === undefined) return null;
  return typeof window === 'number'
    ? { kind: 'days', days: window / DAY_MS }
    : { kind: 'periods', periods: window.periods };
}

function hoursOf(id: string, calendars: readonly CalendarEntry[]): OpenHours {
  const calendar = calendars.find((one) => one.id === id);
  if (calendar === undefined) throw new Error(`no calendar ${id}`);
  return toOpenHours(calendar);
}
