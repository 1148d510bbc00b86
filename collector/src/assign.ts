import { rememberContracts } from './config/changed-contracts.ts';
import type { Nines } from './config/nines.ts';
import { assignedPairs, type Plan, planOf } from './config/plan.ts';
import type { Store } from './store/store.ts';

/**
 * The plan of a configuration, after the store has remembered what its contracts say and who is to run what from now on.
 * Rejects with `ConfigError` when a contract is no longer what it was, with `StoreError` when nothing can be remembered.
 */
export async function assign(nines: Nines, store: Store, nowMs: number): Promise<Plan> {
  await rememberContracts(nines, store, nowMs);
  await store.recordAssignments(assignedPairs(nines), nowMs);
  return planOf(nines, await store.assignments());
}
