import { formatPath, type ParsedDocument } from '@nines/shared/config/parse.ts';
import type { Mistake } from '@nines/shared/errors.ts';
import { reportAlerts } from './alert-mistakes.ts';
import { reportBrokenVersions } from './contract-versions.ts';
import { reportImpossible } from './impossible-contracts.ts';
import type { MeasuredBy } from './measured-by.ts';
import { missing } from './missing.ts';
import { type Counted, reportBrokenMoney } from './money-mistakes.ts';
import type { NinesFile } from './nines.ts';
import { reportUnfitChecks } from './unfit-checks.ts';
import { reportUnreachableQuorums } from './unreachable-quorums.ts';

export type Path = readonly (string | number)[];
export type Report = (path: Path, message: string) => void;

/** What a schema cannot see: names used twice, names that nothing has, and what could never be computed. */
export function findBrokenReferences(
  file: NinesFile,
  document: ParsedDocument,
  { source, nowMs }: { readonly source: string; readonly nowMs: number },
): Mistake[] {
  const mistakes: Mistake[] = [];
  const report: Report = (path, message) => {
    mistakes.push({ source, ...document.place(path), path: formatPath(path), message });
  };
  reportDuplicates(file.agents, { list: 'agents', key: 'name', report });
  reportDuplicates(file.importers, { list: 'importers', key: 'name', report });
  reportSharedNames(file, report);
  reportDuplicates(file.people, { list: 'people', key: 'name', report });
  reportUnknownCustomers(file, report);
  reportDuplicates(file.checks, { list: 'checks', key: 'id', report });
  reportDuplicates(file.heartbeats, { list: 'heartbeats', key: 'id', report });
  reportDuplicates(file.customers, { list: 'customers', key: 'id', report });
  reportDuplicates(file.calendars, { list: 'calendars', key: 'id', report });
  reportDuplicates(file.catalogue, { list: 'catalogue', key: 'id', report });
  reportBrokenVersions(file.contracts, report);
  reportUnknownPlaces(file, report);
  reportUnknownInContracts(file, report);
  reportImpossible(file, report);
  reportUnreachableQuorums(file, { nowMs, report });
  reportAlerts(file, report);
  return mistakes;
}

function reportDuplicates<Key extends string>(
  entries: readonly Readonly<Record<Key, string>>[],
  { list, key, report, parent = [] }: { list: string; key: Key; report: Report; parent?: Path },
): void {
  const first = new Map<string, number>();
  for (const [index, entry] of entries.entries()) {
    const earlier = first.get(entry[key]);
    if (earlier === undefined) first.set(entry[key], index);
    else report([...parent, list, index, key], `"${entry[key]}" is also the ${key} of ${list}[${earlier}]`);
  }
}

/** What agents and importers send is told apart by their names alone. */
function reportSharedNames(file: NinesFile, report: Report): void {
  const agents = new Set(file.agents.map(({ name }) => name));
  for (const [index, { name }] of file.importers.entries()) {
    if (agents.has(name)) report(['importers', index, 'name'], `"${name}" is also the name of an agent`);
  }
}

function reportUnknownCustomers(file: NinesFile, report: Report): void {
  const known = new Set(file.customers.map(({ id }) => id));
  for (const [index, { customer }] of file.people.entries()) {
    if (customer !== undefined && !known.has(customer))
      report(['people', index, 'customer'], missing('customer', customer, known));
  }
}

function reportUnknownPlaces(file: NinesFile, report: Report): void {
  const known = new Set(file.agents.flatMap((agent) => [agent.name, agent.location ?? agent.name]));
  for (const [index, check] of file.checks.entries()) {
    for (const [position, name] of (check.from ?? []).entries()) {
      if (!known.has(name)) report(['checks', index, 'from', position], missing('agent or location', name, known));
    }
  }
}

function reportUnknownInContracts(file: NinesFile, report: Report): void {
  const customers = new Set(file.customers.map((customer) => customer.id));
  const calendars = new Set(file.calendars.map(({ id }) => id));
  const services = new Set(file.catalogue.map(({ id }) => id));
  const checks = new Map(file.checks.map((check) => [check.id, check]));
  for (const [index, contract] of file.contracts.entries()) {
    const place: Path = ['contracts', index];
    if (!customers.has(contract.customer))
      report([...place, 'customer'], missing('customer', contract.customer, customers));
    reportDuplicates(contract.objectives, { list: 'objectives', key: 'id', report, parent: place });
    const { notice } = contract.maintenance;
    if (typeof notice === 'object' && !calendars.has(notice.calendar)) {
      report([...place, 'maintenance', 'notice', 'calendar'], missing('calendar', notice.calendar, calendars));
    }
    const counted = contract.objectives.map(({ id, indicator }) => ({ id, counts: countedBy(indicator) }));
    reportBrokenMoney({ entry: contract, objectives: counted, place }, report);
    for (const [position, { indicator: measured, service, calendar }] of contract.objectives.entries()) {
      const objective: Path = [...place, 'objectives', position];
      if (service !== undefined && !services.has(service))
        report([...objective, 'service'], missing('service', service, services));
      if (calendar !== undefined && !calendars.has(calendar))
        report([...objective, 'calendar'], missing('calendar', calendar, calendars));
      const { indicator } = measured;
      const at: Path = [...objective, 'indicator'];
      for (const [which, name] of measured.limitCalendars.entries()) {
        if (name === null || calendars.has(name)) continue;
        report([...at, 'limits', which, 'calendar'], missing('calendar', name, calendars));
      }
      reportUnfitChecks(indicator, checks, { place: at, report });
    }
  }
}

/** What an objective counts, for schedules that price lengths of time or single misses. */
function countedBy({ indicator, profile }: MeasuredBy): Counted {
  const { kind } = profile.method;
  if (kind === 'time' || kind === 'slices') return 'time';
  // A mean, or one figure over all events: there are no single misses to count.
  if (kind === 'ratio_of_slices' || 'statistic' in indicator) return 'shares';
  if (indicator.kind === 'duration_target') return 'durations';
  return 'source' in indicator ? 'events' : 'runs';
}
