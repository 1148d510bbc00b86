import { leastBad, SPENT, whyNever } from '../alerts/burn-pairs.ts';
import { type BurnWindowName, DEFAULT_LIMITS } from '../alerts/limits.ts';
import { missing } from './missing.ts';
import type { NinesFile } from './nines.ts';
import type { Path, Report } from './references.ts';

/** What is wrong with the settings of alerts, beside their form: names that nothing has, circles, alerts that never fire. */
export function reportAlerts(file: NinesFile, report: Report): void {
  reportLimits(file, report);
  reportChecks(file, report);
  reportObjectives(file, report);
}

function reportLimits({ alerts: { rules, objectives } }: NinesFile, report: Report): void {
  const places: [Path, (typeof rules)['coverage_low']][] = [
    [['alerts', 'rules', 'coverage_low'], rules.coverage_low],
    ...objectives.map((one, index): [Path, (typeof rules)['coverage_low']] => [
      ['alerts', 'objectives', index, 'rules', 'coverage_low'],
      one.rules.coverage_low,
    ]),
  ];
  for (const [place, written] of places) {
    const { belowPpb, clearsAtPpb } = DEFAULT_LIMITS.coverage_low;
    const below = written?.below ?? rules.coverage_low?.below ?? belowPpb;
    const clearsAt = written?.clears_at ?? rules.coverage_low?.clears_at ?? clearsAtPpb;
    if (written !== undefined && clearsAt < below) {
      report(
        [...place, written.below === undefined ? 'clears_at' : 'below'],
        'it has to clear at or above the limit below which it fires; set both',
      );
    }
  }
}

function reportChecks({ alerts, checks }: NinesFile, report: Report): void {
  const known = new Set(checks.map(({ id }) => id));
  const first = new Map<string, number>();
  const parents = new Map<string, { readonly on: readonly string[]; readonly place: Path }>();
  for (const [index, { ids, depends_on: on = [] }] of alerts.checks.entries()) {
    const place: Path = ['alerts', 'checks', index];
    for (const [position, id] of ids.entries()) {
      const at = [...place, 'ids', position];
      const earlier = first.get(id);
      if (!known.has(id)) report(at, missing('check', id, known));
      else if (earlier !== undefined) report(at, `${id} has its settings in alerts.checks[${earlier}] already`);
      first.set(id, index);
      parents.set(id, { on, place });
    }
    for (const [position, id] of on.entries()) {
      if (!known.has(id)) report([...place, 'depends_on', position], missing('check', id, known));
    }
  }
  for (const [id, { place }] of parents) {
    const circle = circleFrom(id, (check) => parents.get(check)?.on ?? []);
    if (circle !== null) report([...place, 'depends_on'], `a circle: ${circle.join(' depends on ')}`);
  }
}

/** The way back to a check along what it depends on; `null` when there is none. */
function circleFrom(start: string, parentsOf: (check: string) => readonly string[]): string[] | null {
  const seen = new Set<string>();
  const walk = (check: string, way: readonly string[]): string[] | null => {
    for (const parent of parentsOf(check)) {
      if (parent === start) return [...way, parent];
      if (seen.has(parent)) continue;
      seen.add(parent);
      const found = walk(parent, [...way, parent]);
      if (found !== null) return found;
    }
    return null;
  };
  return walk(start, [start]);
}

function reportObjectives(file: NinesFile, report: Report): void {
  const first = new Map<string, number>();
  for (const [index, { contract, ids, rules }] of file.alerts.objectives.entries()) {
    const place: Path = ['alerts', 'objectives', index];
    const versions = file.contracts.filter(({ id }) => id === contract);
    if (versions.length === 0) {
      report(
        [...place, 'contract'],
        missing(
          'contract',
          contract,
          file.contracts.map(({ id }) => id),
        ),
      );
      continue;
    }
    const objectives = versions.flatMap((version) => version.objectives);
    const known = new Set(objectives.map(({ id }) => id));
    for (const [position, id] of (ids ?? []).entries()) {
      if (!known.has(id)) report([...place, 'ids', position], missing(`objective of ${contract}`, id, known));
    }
    for (const id of ids ?? known) {
      const earlier = first.get(`${contract}/${id}`);
      if (earlier !== undefined) {
        report(place, `${contract}/${id} has its settings in alerts.objectives[${earlier}] already`);
      }
      first.set(`${contract}/${id}`, index);
    }
    const wanted = objectives.filter(({ id }) => ids === undefined || ids.includes(id));
    reportNever(file, { rates: rules.budget_burning?.rates ?? {}, wanted, place }, report);
  }
}

interface Wanted {
  readonly rates: Readonly<Partial<Record<BurnWindowName, number | 'off' | undefined>>>;
  readonly wanted: readonly NinesFile['contracts'][number]['objectives'][number][];
  readonly place: Path;
}

/** A rate that was set for an objective has to be one that it can reach: an alert that never fires is worse than none. */
function reportNever({ checks }: NinesFile, { rates, wanted, place }: Wanted, report: Report): void {
  const everyMs = new Map(checks.map(({ id, every }) => [id, every]));
  for (const { id, target, indicator: measured } of wanted) {
    const isTime = measured.profile.method.kind === 'time';
    const least = leastBad(measured, (check) => everyMs.get(check) ?? null);
    for (const { window, windowMs } of SPENT) {
      const limit = rates[window];
      if (limit === undefined || limit === 'off') continue;
      const subject = { targetPpb: target, leastBadMs: isTime ? least.ms : null };
      const why = whyNever(subject, { windowMs, limit });
      if (why !== null)
        report([...place, 'rules', 'budget_burning', 'rates', window], `it can never fire for ${id}: ${why}`);
    }
  }
}
