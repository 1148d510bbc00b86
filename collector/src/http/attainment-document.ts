import { createHash } from 'node:crypto';
import type { Attainment, Incident, Share, StatisticFigure } from '../sla/attainment.ts';
import type { Objective } from '../sla/objective.ts';
import { type ExclusionsDocument, exclusionsDocument } from './exclusions-document.ts';
import { type PeriodDocument, periodDocument } from './period-document.ts';

/** An attainment as the API gives it: shares as decimal text of a percentage, truncated, never through a float. */
export interface AttainmentDocument {
  readonly customer: string;
  readonly contract: string;
  readonly contract_version: number;
  readonly service: string | null;
  readonly objective: string;
  readonly target: string;
  readonly period: PeriodDocument & { readonly ends_ms: number; readonly running: boolean };
  readonly verdict: Attainment['verdict'];
  readonly attainment: string | null;
  readonly low: string | null;
  readonly high: string | null;
  readonly coverage: string | null;
  readonly unit: Attainment['unit'];
  /** Amounts are integers in 1/`scale` of the unit. */
  readonly scale: number;
  readonly good: number;
  readonly bad: number;
  readonly unknown: number;
  /** Not counted, in the unit; what and why is in `exclusions`. */
  readonly excluded: number;
  readonly pending: number;
  /** Exact, as integers in text; `null` when nothing was measured. */
  readonly shares: Readonly<
    Record<keyof Attainment['shares'], { readonly good: string; readonly total: string } | null>
  >;
  readonly service_ms: number;
  readonly error_budget: Attainment['budget'];
  readonly exclusions: ExclusionsDocument;
  readonly incidents: readonly {
    readonly from_ms: number;
    readonly to_ms: number | null;
    readonly counted_ms: number;
    readonly checks: readonly string[];
    readonly locations: readonly string[];
    readonly reasons: readonly string[];
  }[];
  /** Outages that were seen and do not count, and why. */
  readonly uncounted: readonly { readonly from_ms: number; readonly to_ms: number; readonly why: string }[];
  readonly mttr_ms: number | null;
  readonly mtbf_ms: number | null;
  readonly statistic: StatisticDocument | null;
  /** The rules that made the figure. */
  readonly profile: unknown;
  /** SHA-256 of what was counted and why: equal digests are equal figures from equal evidence. */
  readonly digest: string;
}

interface StatisticDocument {
  readonly good: string | null;
  readonly total: string | null;
  readonly at_most: number;
  readonly events: number;
}

export function attainmentDocument(objective: Objective, attainment: Attainment): AttainmentDocument {
  const { fromMs, toMs, periodToMs } = attainment;
  return {
    customer: objective.customer,
    contract: objective.contract,
    contract_version: objective.contractVersion,
    service: objective.service,
    objective: objective.id,
    target: targetText(objective.targetPpb),
    period: {
      ...periodDocument({ name: attainment.periodName, fromMs, toMs }, objective.timeZone),
      ends_ms: periodToMs,
      running: toMs < periodToMs,
    },
    verdict: attainment.verdict,
    attainment: shareText(attainment.attainmentPpb),
    low: shareText(attainment.lowPpb),
    high: shareText(attainment.highPpb),
    coverage: shareText(attainment.coveragePpb),
    unit: attainment.unit,
    scale: attainment.scale,
    good: attainment.good,
    bad: attainment.bad,
    unknown: attainment.unknown,
    excluded: attainment.excluded,
    pending: attainment.pending,
    shares: {
      attained: exactText(attainment.shares.attained),
      low: exactText(attainment.shares.low),
      high: exactText(attainment.shares.high),
    },
    service_ms: attainment.serviceMs,
    error_budget: attainment.budget,
    exclusions: exclusionsDocument(attainment.exclusions),
    incidents: attainment.incidents.map(incidentDocument),
    uncounted: attainment.uncounted.map(({ fromMs: from_ms, toMs: to_ms, why }) => ({ from_ms, to_ms, why })),
    mttr_ms: attainment.reliability.mttrMs,
    mtbf_ms: attainment.reliability.mtbfMs,
    statistic: statisticDocument(attainment.statistic),
    profile: snakeCase(attainment.profile),
    digest: digestOf(objective, attainment),
  };
}

/** A promised share as decimal text of percent, exact and as short as it was agreed: `99`, `99.95`. */
export function targetText(ppb: number): string {
  return percentText(ppb).replace(/\.?0+$/, '');
}

/** Parts per billion → percentage with all seven decimals: `99.9305233`. */
export function percentText(ppb: number): string {
  const digits = String(ppb).padStart(8, '0');
  return `${digits.slice(0, -7)}.${digits.slice(-7)}`;
}

function shareText(ppb: number | null): string | null {
  return ppb === null ? null : percentText(ppb);
}

function incidentDocument(incident: Incident): AttainmentDocument['incidents'][number] {
  const { fromMs, toMs, countedMs, checks, locations, reasons } = incident;
  return { from_ms: fromMs, to_ms: toMs, counted_ms: countedMs, checks, locations, reasons };
}

function statisticDocument(figure: StatisticFigure | null): StatisticDocument | null {
  if (figure === null) return null;
  return { ...(exactText(figure.value) ?? { good: null, total: null }), at_most: figure.atMost, events: figure.events };
}

function exactText(share: Share | null): { readonly good: string; readonly total: string } | null {
  return share === null ? null : { good: String(share.good), total: String(share.total) };
}

/** The names of a value's fields as the API writes names, all the way down. */
function snakeCase(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(snakeCase);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, field]) => [
      name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
      snakeCase(field),
    ]),
  );
}

/** What was counted, by which rules, and all bad, open and excluded time that it was counted from. */
function digestOf({ indicator, targetPpb }: Objective, { shares, ...attainment }: Attainment): string {
  const exact = Object.values(shares).map(exactText);
  const text = JSON.stringify([indicator, targetPpb, attainment, exact], (_, value: unknown) =>
    typeof value === 'bigint' ? String(value) : value,
  );
  return createHash('sha256').update(text).digest('hex');
}
