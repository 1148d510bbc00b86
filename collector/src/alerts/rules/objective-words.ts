import { formatDuration } from '@nines/shared/time/duration.ts';
import type { Attainment } from '../../sla/attainment.ts';
import { formatAmount, formatPercent, formatTarget } from '../../web/format.ts';
import type { Evidence } from '../evidence.ts';
import type { ObjectiveNow } from '../finding.ts';
import type { Subject } from '../subject.ts';

export function subjectOf({ objective: { contract, id } }: ObjectiveNow): NonNullable<Subject> {
  return { contract, objective: id };
}

export function labelsOf({ objective: { customer, contract, id } }: ObjectiveNow): Record<string, string> {
  return { customer, contract, objective: id };
}

export function nameOf({ objective: { contract, id } }: ObjectiveNow): string {
  return `${contract}/${id}`;
}

export function linkTo({ objective: { contract, id } }: ObjectiveNow): string {
  return `/#objective-${contract}-${id}`;
}

export function attained({ objective: { targetPpb }, attainment }: ObjectiveNow): Evidence {
  const { periodName, attainmentPpb } = attainment;
  const what = `attainment in ${periodName}`;
  return { kind: 'value', what, value: formatPercent(attainmentPpb), limit: formatTarget(targetPpb) };
}

export function figures({ objective: { targetPpb }, attainment }: ObjectiveNow): string {
  const { periodName, attainmentPpb, unit, scale, budget } = attainment;
  const amount = (count: number) => formatAmount(count / scale, unit);
  return (
    `${formatPercent(attainmentPpb)} in ${periodName}, target ${formatTarget(targetPpb)}; ` +
    `${amount(budget.used)} of the budget of ${amount(budget.total)} used${outages(attainment)}`
  );
}

function outages({ incidents }: Attainment): string {
  const last = incidents.at(-1);
  if (last === undefined) return '';
  const where = last.locations.length === 0 ? '' : ` at ${last.locations.join(', ')}`;
  const why = last.reasons.length === 0 ? '' : ` (${last.reasons.join(', ')})`;
  return `; last outage ${formatDuration(last.countedMs)} of ${last.checks.join(', ')}${where}${why}`;
}
