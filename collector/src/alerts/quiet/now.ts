import { checksOf } from '../../sla/indicator.ts';
import type { Objective } from '../../sla/objective.ts';
import type { ObjectiveName, QuietWindow } from './windows.ts';

/** Why nobody is called about a subject at this instant; `null`: somebody is. */
export interface QuietNow {
  check(id: string): string | null;
  objective(one: ObjectiveName): string | null;
}

const NOBODY_IS_QUIET: QuietNow = { check: () => null, objective: () => null };

/** What is quiet at an instant. A check that several promises measure is so only when all of them are, or it is named. */
export function quietAt(windows: readonly QuietWindow[], objectives: readonly Objective[], nowMs: number): QuietNow {
  const open = windows.filter(({ fromMs, toMs }) => fromMs <= nowMs && nowMs < toMs);
  if (open.length === 0) return NOBODY_IS_QUIET;
  const checks = new Map<string, string>();
  const touched = new Map<string, string>();
  const promises = new Map<string, string>();
  for (const window of open) {
    const why = `${window.name}: ${window.reason}`;
    for (const id of window.checks) checks.set(id, why);
    for (const one of window.touched) touched.set(nameOf(one), why);
    for (const one of window.promises) promises.set(nameOf(one), why);
  }
  for (const [check, why] of onlyIn(promises, objectives)) checks.set(check, why);
  return {
    check: (id) => checks.get(id) ?? null,
    objective: (one) => promises.get(nameOf(one)) ?? touched.get(nameOf(one)) ?? null,
  };
}

/** The checks of a window: those that it names, and those that none but its promises measure. */
export function checksIn({ checks, promises }: QuietWindow, objectives: readonly Objective[]): string[] {
  const quiet = new Map(promises.map((one) => [nameOf(one), '']));
  return [...new Set([...checks, ...onlyIn(quiet, objectives).keys()])];
}

/** The checks that are measured by these promises and no other, each with one of the reasons. */
function onlyIn(quiet: ReadonlyMap<string, string>, objectives: readonly Objective[]): Map<string, string> {
  const found = new Map<string, string>();
  const loud = new Set<string>();
  for (const objective of objectives) {
    const why = quiet.get(nameOf(objective));
    for (const check of checksOf(objective.indicator)) {
      if (why === undefined) loud.add(check);
      else found.set(check, why);
    }
  }
  for (const check of loud) found.delete(check);
  return found;
}

function nameOf({ contract, id }: ObjectiveName): string {
  return `${contract}/${id}`;
}
