import { checksOf } from '../sla/indicator.ts';
import type { Objective } from '../sla/objective.ts';
import type { Maintenance } from './register.ts';

/** What decides whether maintenance concerns an objective. */
export type ScopedObjective = Pick<Objective, 'contract' | 'service' | 'indicator'>;

/**
 * Whether announced maintenance concerns an objective: it names its contract, its service, or a check that it measures.
 * With one check of several under maintenance the objective as a whole is: its promise is about all of them together.
 */
export function concerns(
  { scope }: Pick<Maintenance, 'scope'>,
  { contract, service, indicator }: ScopedObjective,
): boolean {
  if (scope.contracts.includes(contract)) return true;
  if (service !== null && scope.services.includes(service)) return true;
  return checksOf(indicator).some((check) => scope.checks.includes(check));
}
