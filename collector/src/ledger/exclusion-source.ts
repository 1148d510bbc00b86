import { periodAt } from '@nines/shared/time/calendar.ts';
import type { RecurringWindow } from '@nines/shared/time/recurring.ts';
import { latestNoticeMs } from '../calendar/notice.ts';
import { recurringIntervals } from '../calendar/recurring.ts';
import type { ExclusionSource } from '../evaluate/evidence.ts';
import type { CapPeriod, Contract, MaintenanceTerms } from '../sla/contract.ts';
import {
  type AnnouncedTerms,
  type AnnouncedWindow,
  decideExclusions,
  type Exclusions,
  NO_EXCLUSIONS,
  type RecurringOccurrence,
  type RequestedExclusion,
} from '../sla/exclusions.ts';
import { type Interval, intersect } from '../sla/interval.ts';
import type { Objective } from '../sla/objective.ts';
import type { ExclusionRequest, Maintenance, Register } from './register.ts';
import { concerns, type ScopedObjective } from './scope.ts';

/** The exclusions of any objective of these contracts, as everything that has been decided so far has it. */
export function exclusionSource(contracts: readonly Contract[], register: Register): ExclusionSource {
  const contractOf = contractsByObjective(contracts);
  return (objective, interval) => {
    const contract = contractOf.get(objective);
    return contract === undefined ? NO_EXCLUSIONS : exclusionsOf(objective, { contract, register }, interval);
  };
}

/** The contracts of a configuration do not change, and every look at the figures asks for them again. */
const byObjective = new WeakMap<readonly Contract[], ReadonlyMap<Objective, Contract>>();

function contractsByObjective(contracts: readonly Contract[]): ReadonlyMap<Objective, Contract> {
  const found = byObjective.get(contracts);
  if (found !== undefined) return found;
  const made = new Map(contracts.flatMap((contract) => contract.objectives.map((one) => [one, contract])));
  byObjective.set(contracts, made);
  return made;
}

/** The exclusions of one objective over its whole period, by the terms of its contract's version and all decisions. */
export function exclusionsOf(
  objective: Pick<Objective, 'id'> & ScopedObjective,
  {
    contract,
    register,
  }: { readonly contract: Contract; readonly register: Pick<Register, 'maintenance' | 'exclusions'> },
  period: Interval,
): Exclusions {
  const terms = termsOf(contract, period);
  const span = terms.cap === null ? period : spanOf([period, ...terms.cap.buckets]);
  const announced = [...register.maintenance.values()].filter((one) => concerns(one, objective));
  const requested = [...register.exclusions.values()].filter((one) => isAbout(one, objective));
  return decideExclusions({
    period,
    effective: {
      fromMs: contract.effective.fromMs ?? Number.MIN_SAFE_INTEGER,
      toMs: contract.effective.toMs ?? Number.MAX_SAFE_INTEGER,
    },
    recurring: recurringIn(contract, span),
    requested: requested.map(toRequested).filter((one) => intersect(one, span) !== null),
    announced: announced
      .map((one) => toAnnounced(one, contract.maintenance))
      .filter((one) => intersect(one, span) !== null),
    terms,
  });
}

function isAbout({ contract, objectives }: ExclusionRequest, objective: Pick<Objective, 'id' | 'contract'>): boolean {
  return contract === objective.contract && (objectives.length === 0 || objectives.includes(objective.id));
}

/** Standing windows do not change while a version is in force, and every evaluation asks for them again. */
const known = new WeakMap<Contract, Map<string, RecurringOccurrence[]>>();
const KNOWN_SPANS = 16;

function recurringIn(contract: Contract, span: Interval): RecurringOccurrence[] {
  const { recurring } = contract.maintenance;
  if (recurring.length === 0) return [];
  const spans = known.get(contract) ?? new Map<string, RecurringOccurrence[]>();
  const key = `${span.fromMs}/${span.toMs}`;
  const found = spans.get(key) ?? recurring.flatMap((window, index) => occurrencesOf(window, index, span));
  if (spans.size >= KNOWN_SPANS) spans.clear();
  known.set(contract, spans.set(key, found));
  return found;
}

function occurrencesOf(window: RecurringWindow, index: number, span: Interval): RecurringOccurrence[] {
  return recurringIntervals(window, span).map((interval) => ({
    ...interval,
    reason: 'standing maintenance window',
    evidence: `maintenance.recurring[${index}] of the contract, ${window.timeZone}`,
  }));
}

function toRequested(request: ExclusionRequest): RequestedExclusion {
  const { id, from_ms: fromMs, to_ms: toMs, reason, state, requested, decided } = request;
  const asked = `exclusion ${id}, asked for by ${requested.by} at ${instant(requested.atMs)}`;
  const answered = decided === null ? '' : `, ${state} by ${decided.by} (${decided.role}) at ${instant(decided.atMs)}`;
  return { id, fromMs, toMs, reason, state, evidence: [asked + answered, ...request.evidence].join('; ') };
}

function toAnnounced(maintenance: Maintenance, { notice }: MaintenanceTerms): AnnouncedWindow {
  const { id, from_ms: fromMs, to_ms: toMs, reason, announced, cancelled } = maintenance;
  const said = `maintenance ${id}, announced by ${announced.by} at ${instant(announced.atMs)}`;
  return {
    id,
    fromMs,
    toMs,
    reason,
    evidence: [said, ...maintenance.evidence].join('; '),
    announcedAtMs: announced.atMs,
    announceByMs: notice === null ? null : latestNoticeMs(notice, fromMs),
    cancelledAtMs: cancelled?.atMs ?? null,
  };
}

function termsOf({ maintenance: { notice, cap }, timeZone }: Contract, period: Interval): AnnouncedTerms {
  const buckets = cap === null ? [] : bucketsOf(cap.per, period, timeZone);
  return { isExcluded: notice !== null, cap: cap === null ? null : { ms: cap.ms, buckets } };
}

/** The calendar stretches that the period touches, whole. */
function bucketsOf(per: CapPeriod, period: Interval, timeZone: string): Interval[] {
  if (per === 'period') return [period];
  const buckets: Interval[] = [];
  for (let atMs = period.fromMs; atMs < period.toMs; atMs = buckets.at(-1)?.toMs ?? period.toMs) {
    const { fromMs, toMs } = periodAt({ unit: per }, timeZone, atMs);
    buckets.push({ fromMs, toMs });
  }
  return buckets;
}

function spanOf(intervals: readonly Interval[]): Interval {
  return {
    fromMs: Math.min(...intervals.map(({ fromMs }) => fromMs)),
    toMs: Math.max(...intervals.map(({ toMs }) => toMs)),
  };
}

function instant(atMs: number): string {
  return new Date(atMs).toISOString();
}
