import { formatInstant } from '@nines/shared/time/calendar.ts';
import type { Attainment, Incident, Unit } from '../../sla/attainment.ts';
import { formatAmount, formatPercent, formatSpan, formatTarget } from '../../web/format.ts';
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
  const { periodName, attainmentPpb } = attainment;
  return (
    `${formatPercent(attainmentPpb)} in ${periodName}, target ${formatTarget(targetPpb)}; ` +
    `${budgetUsed(attainment)}${lastIncident(attainment)}`
  );
}

function budgetUsed({ budget: { used, total }, scale, unit }: Attainment): string {
  const amount = (count: number) => formatAmount(count / scale, unit);
  if (total === 0) return `${amount(used)} used, and the budget allows none`;
  return `${amount(used)} of the budget of ${amount(total)} used`;
}

function lastIncident({ incidents, unit }: Attainment): string {
  const last = incidents.at(-1);
  if (last === undefined) return '';
  const where = last.locations.length === 0 ? '' : ` at ${last.locations.join(', ')}`;
  const why = last.reasons.length === 0 ? '' : ` (${last.reasons.join(', ')})`;
  return `; last ${NAME_INCIDENT[unit](last)}${where}${why}`;
}

const outage = ({ countedMs, checks }: Incident) => `outage ${formatSpan(countedMs)} of ${checks.join(', ')}`;
const badOne = (what: string) => (incident: Incident) =>
  `${what} ${incident.checks.join(', ')} at ${formatInstant(incident.fromMs, 'UTC')}`;

/** What went wrong, by what is counted: time is lost for a while, everything else is one thing at an instant. */
const NAME_INCIDENT: Readonly<Record<Unit, (incident: Incident) => string>> = {
  ms: outage,
  slices: outage,
  runs: badOne('bad run of'),
  events: badOne('bad event'),
  statistic: badOne('bad event'),
  windows: badOne('bad'),
};
