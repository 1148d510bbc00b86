import { recurringIntervals } from '../../calendar/recurring.ts';
import type { Maintenance, Register } from '../../ledger/register.ts';
import { concerns } from '../../ledger/scope.ts';
import type { Contract } from '../../sla/contract.ts';
import { type Interval, intersect } from '../../sla/interval.ts';
import type { Objective } from '../../sla/objective.ts';

const DAY_MS = 25 * 3_600_000;

/** An objective by its names. */
export type ObjectiveName = Pick<Objective, 'contract' | 'id'>;

/** Time in which nobody is called about some checks and objectives: work was announced, or is agreed to be done then. */
export interface QuietWindow extends Interval {
  /** `maintenance m-…` of an announcement, `standing window of CONTRACT`. */
  readonly name: string;
  readonly reason: string;
  /** Who announced it. */
  readonly by: string;
  /** Checks that are named themselves. */
  readonly checks: readonly string[];
  /** Objectives that are quiet as a whole, with every check that nobody else was promised. */
  readonly promises: readonly ObjectiveName[];
  /** Objectives that are quiet because they measure a named check: their other checks still call. */
  readonly touched: readonly ObjectiveName[];
}

/** What `quietWindows` is made from. */
export interface QuietSource {
  /** The versions that bind. */
  readonly contracts: readonly Contract[];
  readonly register: Pick<Register, 'maintenance'>;
}

/**
 * Every window that is not over at `within.fromMs`: all that were announced, however late (a contract may count the time,
 * and still somebody knows), and standing ones that touch `within`.
 */
export function quietWindows({ contracts, register }: QuietSource, within: Interval): QuietWindow[] {
  const announced = [...register.maintenance.values()]
    .map((one) => announcedWindow(one, contracts))
    .filter(({ fromMs, toMs }) => fromMs < toMs && toMs > within.fromMs);
  return [...announced, ...contracts.flatMap((contract) => standingWindows(contract, within))];
}

function announcedWindow(maintenance: Maintenance, contracts: readonly Contract[]): QuietWindow {
  const { id, from_ms: fromMs, to_ms: toMs, reason, scope, announced, cancelled } = maintenance;
  const objectives = contracts.flatMap((contract) => contract.objectives);
  const wholly = { scope: { ...scope, checks: [] } };
  const promises = objectives.filter((one) => concerns(wholly, one));
  return {
    fromMs,
    toMs: cancelled === null ? toMs : Math.min(toMs, cancelled.atMs),
    name: `maintenance ${id}`,
    reason,
    by: announced.by,
    checks: scope.checks,
    promises,
    touched: objectives.filter((one) => !promises.includes(one) && concerns(maintenance, one)),
  };
}

function standingWindows({ id, maintenance, objectives }: Contract, within: Interval): QuietWindow[] {
  // Read with a day on either side, so that no window is cut where the stretch begins or ends.
  const around = { fromMs: within.fromMs - DAY_MS, toMs: within.toMs + DAY_MS };
  return maintenance.recurring
    .flatMap((window) => recurringIntervals(window, around))
    .filter((interval) => intersect(interval, within) !== null)
    .map((interval) => ({
      ...interval,
      name: `standing window of ${id}`,
      reason: 'standing maintenance window',
      by: 'nines-collector',
      checks: [],
      promises: objectives,
      touched: [],
    }));
}
