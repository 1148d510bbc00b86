import { formatInstant } from '@nines/shared/time/calendar.ts';
import type { Attainment, Incident } from '../sla/attainment.ts';
import type { Objective } from '../sla/objective.ts';
import { type ExclusionsDocument, exclusionsDocument } from './exclusions-document.ts';

/** An attainment as the API gives it: shares as decimal text of a percentage, truncated, never through a float. */
export interface AttainmentDocument {
  readonly customer: string;
  readonly contract: string;
  readonly objective: string;
  readonly target: string;
  readonly period: {
    readonly name: string;
    readonly time_zone: string;
    readonly from: string;
    readonly to: string;
    readonly from_ms: number;
    readonly to_ms: number;
    readonly ends_ms: number;
    readonly running: boolean;
  };
  readonly verdict: Attainment['verdict'];
  readonly attainment: string | null;
  readonly low: string | null;
  readonly high: string | null;
  readonly coverage: string | null;
  readonly unit: Attainment['unit'];
  readonly good: number;
  readonly bad: number;
  readonly unknown: number;
  /** Not counted, in the unit; what and why is in `exclusions`. */
  readonly excluded: number;
  readonly error_budget: Attainment['budget'];
  readonly exclusions: ExclusionsDocument;
  readonly incidents: readonly {
    readonly from_ms: number;
    readonly to_ms: number | null;
    readonly checks: readonly string[];
    readonly reasons: readonly string[];
  }[];
}

export function attainmentDocument(objective: Objective, attainment: Attainment): AttainmentDocument {
  const { fromMs, toMs, periodToMs } = attainment;
  return {
    customer: objective.customer,
    contract: objective.contract,
    objective: objective.id,
    target: percentText(objective.targetPpb),
    period: {
      name: attainment.periodName,
      time_zone: objective.timeZone,
      from: formatInstant(fromMs, objective.timeZone),
      to: formatInstant(toMs, objective.timeZone),
      from_ms: fromMs,
      to_ms: toMs,
      ends_ms: periodToMs,
      running: toMs < periodToMs,
    },
    verdict: attainment.verdict,
    attainment: shareText(attainment.attainmentPpb),
    low: shareText(attainment.lowPpb),
    high: shareText(attainment.highPpb),
    coverage: shareText(attainment.coveragePpb),
    unit: attainment.unit,
    good: attainment.good,
    bad: attainment.bad,
    unknown: attainment.unknown,
    excluded: attainment.excluded,
    error_budget: attainment.budget,
    exclusions: exclusionsDocument(attainment.exclusions),
    incidents: attainment.incidents.map(incidentDocument),
  };
}

/** Parts per billion → percentage with all seven decimals: `99.9305233`. */
export function percentText(ppb: number): string {
  const digits = String(ppb).padStart(8, '0');
  return `${digits.slice(0, -7)}.${digits.slice(-7)}`;
}

function shareText(ppb: number | null): string | null {
  return ppb === null ? null : percentText(ppb);
}

function incidentDocument({ fromMs, toMs, checks, reasons }: Incident): AttainmentDocument['incidents'][number] {
  return { from_ms: fromMs, to_ms: toMs, checks, reasons };
}
