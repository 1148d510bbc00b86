import type { Contract, Effective } from '../sla/contract.ts';
import type { Interval } from '../sla/interval.ts';

/** Whether a version binds at some instant of the interval. */
export function isBinding({ fromMs, toMs }: Effective, interval: Interval): boolean {
  return (fromMs ?? Number.NEGATIVE_INFINITY) < interval.toMs && interval.fromMs < (toMs ?? Number.POSITIVE_INFINITY);
}

/**
 * The version of each contract that binds now, in their order; before its first one begins, that one, for people to see
 * what is to come; none once all have ended.
 */
export function inForce(contracts: readonly Contract[], nowMs: number): Contract[] {
  const byId = Map.groupBy(contracts, ({ id }) => id);
  const now = { fromMs: nowMs, toMs: nowMs + 1 };
  return [...byId.values()].flatMap((versions) => {
    const first = versions
      .toSorted((a, b) => a.version - b.version)
      .find(({ effective }) => hasNotEnded(effective, nowMs));
    return versions.find(({ effective }) => isBinding(effective, now)) ?? first ?? [];
  });
}

function hasNotEnded({ toMs }: Effective, nowMs: number): boolean {
  return toMs === null || toMs > nowMs;
}
