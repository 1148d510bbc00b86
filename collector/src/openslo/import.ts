import { PPB } from '@nines/shared/config/fields.ts';
import { targetText } from '../sla/percent-text.ts';
import { CHECKS_ANNOTATION, type Slo, WITHIN_ANNOTATION } from './document.ts';
import { toPeriod, type WrittenPeriod } from './time-window.ts';

/** An objective as it is written in a contract, in the zone of its period. */
export interface ImportedObjective {
  readonly service: string;
  /** `null` when its period has none. */
  readonly timeZone: string | null;
  readonly written: {
    readonly id: string;
    readonly indicator: Readonly<Record<string, unknown>>;
    readonly target: string;
    readonly period: WrittenPeriod;
  };
}

export interface Imported {
  readonly objectives: readonly ImportedObjective[];
  /** What was not taken over, and why. */
  readonly omissions: readonly string[];
}

export interface ImportOptions {
  /** The checks of an SLO that does not name its own. */
  readonly checks: readonly string[];
}

/** The objectives of an SLO. */
export function importSlo({ metadata, spec }: Slo, options: ImportOptions): Imported {
  const { name, annotations } = metadata;
  const checks = annotations[CHECKS_ANNOTATION]?.split(',') ?? options.checks;
  const skipped = (why: string): Imported => ({ objectives: [], omissions: [`${name}: ${why}`] });
  if (checks.length === 0)
    return skipped(
      `its indicator is a query; say which checks it is about (--check ID, or the annotation ${CHECKS_ANNOTATION})`,
    );
  const [window] = spec.timeWindow;
  if (window === undefined) return skipped('it has no time window');
  const period = toPeriod(window);
  if ('why' in period) return skipped(period.why);
  const objectives: ImportedObjective[] = [];
  const omissions = omissionsOf(spec);
  for (const [index, objective] of spec.objectives.entries()) {
    const id = spec.objectives.length === 1 ? name : `${name}-${index + 1}`;
    const counting = countingOf(spec.budgetingMethod, objective);
    const targetPpb = targetOf(objective);
    if ('why' in counting) omissions.push(`objective ${index + 1}: ${counting.why}`);
    else if (objective.op !== undefined)
      omissions.push(`objective ${index + 1}: a threshold of a metric has no counterpart`);
    else if (targetPpb === null)
      omissions.push(`objective ${index + 1}: its target is none that can be kept or broken`);
    else {
      const within = annotations[WITHIN_ANNOTATION];
      const indicator =
        within === undefined
          ? { kind: 'availability', checks, ...counting.fields }
          : { kind: 'latency', checks, within };
      const written = { id, indicator, target: targetText(targetPpb), period: period.period };
      objectives.push({ service: spec.service ?? name, timeZone: window.calendar?.timeZone ?? null, written });
    }
  }
  return { objectives, omissions: omissions.map((one) => `${name}: ${one}`) };
}

function omissionsOf({ alertPolicies, indicatorRef, objectives }: Slo['spec']): string[] {
  return [
    ...(alertPolicies.length > 0 ? ['its alert policies; Nines has rules of its own'] : []),
    ...(indicatorRef !== undefined ? [`the indicator ${indicatorRef}, in whose place its checks are`] : []),
    ...(objectives.some(({ compositeWeight }) => compositeWeight !== undefined) ? ['weights of a composite'] : []),
  ];
}

type SloObjective = Slo['spec']['objectives'][number];

function targetOf({ target, targetPercent }: SloObjective): number | null {
  const share = target ?? (targetPercent === undefined ? undefined : targetPercent / 100);
  if (share === undefined) return null;
  const ppb = Math.round(share * PPB);
  return ppb > 0 ? ppb : null;
}

function countingOf(
  method: Slo['spec']['budgetingMethod'],
  { timeSliceTarget, timeSliceWindow }: SloObjective,
): { readonly fields: Readonly<Record<string, unknown>> } | { readonly why: string } {
  if (method === 'Occurrences') return { fields: { method: 'occurrences' } };
  if (timeSliceWindow === undefined) return { why: 'it has no timeSliceWindow' };
  // Without a unit minutes are meant.
  const slice = typeof timeSliceWindow === 'number' ? `${timeSliceWindow}m` : timeSliceWindow;
  if (method === 'RatioTimeslices') return { fields: { method: 'ratio_of_slices', slice } };
  if (timeSliceTarget === undefined) return { why: 'it has no timeSliceTarget' };
  return { fields: { method: 'slices', slice, rule: ruleOf(Math.round(timeSliceTarget * PPB)) } };
}

/** The inverse of `leastGoodPpb`. */
function ruleOf(leastGood: number): unknown {
  if (leastGood === 1) return 'all';
  if (leastGood === PPB / 2) return 'majority';
  if (leastGood === PPB) return 'any';
  return { error_share: targetText(PPB - leastGood + 1) };
}
