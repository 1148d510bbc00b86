import { addDays } from '@nines/shared/time/calendar.ts';
import type { Path, Report } from './references.ts';
import type { ContractEntry } from './to-contract.ts';

interface Placed {
  readonly entry: ContractEntry;
  readonly place: Path;
}

/** Versions of a contract follow each other without overlap, and without a gap that is not said. */
export function reportBrokenVersions(contracts: readonly ContractEntry[], report: Report): void {
  const placed = contracts.map((entry, index): Placed => ({ entry, place: ['contracts', index] }));
  for (const versions of Map.groupBy(placed, ({ entry }) => entry.id).values()) {
    const inOrder = versions.toSorted((a, b) => a.entry.version - b.entry.version);
    for (const [index, one] of inOrder.entries()) {
      const before = inOrder[index - 1];
      if (before === undefined) reportOfFirst(one, report);
      else reportSuccession(before, one, report);
    }
  }
}

function reportOfFirst({ entry, place }: Placed, report: Report): void {
  const message = `there is no version before version ${entry.version} of "${entry.id}" here`;
  if (entry.effective.after_gap) report([...place, 'effective', 'after_gap'], message);
  if (entry.supersedes !== undefined) report([...place, 'supersedes'], message);
}

function reportSuccession(before: Placed, { entry, place }: Placed, report: Report): void {
  const { id, version, effective, supersedes } = entry;
  const earlier = before.entry.version;
  if (version === earlier) {
    const which = `version ${version} of "${id}"`;
    report(
      [...place, 'id'],
      `${which} stands at ${String(before.place[0])}[${before.place[1]}] already; a change is a new version`,
    );
    return;
  }
  if (version !== earlier + 1)
    report([...place, 'version'], `expected ${earlier + 1}: version ${earlier} is the last before it`);
  if (entry.customer !== before.entry.customer)
    report(
      [...place, 'customer'],
      `version ${earlier} is with ${before.entry.customer}; another customer needs another contract`,
    );
  if (supersedes !== undefined && supersedes !== earlier)
    report([...place, 'supersedes'], `expected ${earlier}, the version before`);
  if (effective.from === undefined) {
    report([...place, 'version'], `says no effective.from, so version ${earlier} would not end`);
    return;
  }
  const message = mismatch(before.entry, { ...entry, from: effective.from });
  if (message !== null) report([...place, 'effective', 'from'], message);
}

/** What is wrong between the end of one version and the beginning of the next; `null` when they fit. */
function mismatch(
  before: ContractEntry,
  { from, effective, supersedes }: ContractEntry & { readonly from: string },
): string | null {
  const { version } = before;
  const { from: begins, to: lastDay } = before.effective;
  if (begins !== undefined && from <= begins)
    return `expected a day after ${begins}, on which version ${version} begins`;
  if (lastDay === undefined)
    return effective.after_gap ? `after_gap: version ${version} has no last day, so there is no gap` : null;
  const next = addDays(lastDay, 1);
  if (from < next && supersedes === undefined)
    return `overlaps version ${version}, which binds to ${lastDay}; expected ${next}, or supersedes: ${version} to end it early`;
  if (from > next && !effective.after_gap)
    return `leaves a gap after ${lastDay}, the last day of version ${version}; expected ${next}, or after_gap: true`;
  return from <= next && effective.after_gap ? `after_gap: there is no gap after ${lastDay}` : null;
}
