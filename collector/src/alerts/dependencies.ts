import { checksOf } from '../sla/indicator.ts';
import type { Objective } from '../sla/objective.ts';
import type { CheckNow } from './finding.ts';

/** Why nobody is called about a subject, because something that it depends on is down; `null`: somebody is. */
export interface Blocked {
  check(id: string): string | null;
  objective(one: Pick<Objective, 'indicator'>): string | null;
}

/**
 * A check is blocked while one that it depends on is down, or is itself blocked and not up. An objective is when there is
 * such a check among those it measures, and none of the others is in trouble of its own.
 */
export function blockedChecks(checks: readonly CheckNow[], dependsOn: ReadonlyMap<string, readonly string[]>): Blocked {
  if (dependsOn.size === 0) return { check: () => null, objective: () => null };
  const outcomes = new Map(checks.map(({ check, state }) => [check, state.outcome]));
  const known = new Map<string, string | null>();
  const check = (id: string): string | null => {
    const answer = known.get(id);
    if (answer !== undefined) return answer;
    const cause = (dependsOn.get(id) ?? []).map((parent) => downAt(parent)).find((one) => one !== null) ?? null;
    const why = cause === null ? null : `depends on ${cause}, which is down`;
    known.set(id, why);
    return why;
  };
  /** The check that is down: the parent, or what that one depends on. */
  const downAt = (parent: string): string | null => {
    const outcome = outcomes.get(parent);
    if (outcome === 'down') return parent;
    return outcome !== 'up' && check(parent) !== null ? parent : null;
  };
  return {
    check,
    objective({ indicator }) {
      const troubled = checksOf(indicator).filter((id) => outcomes.get(id) !== 'up');
      const reasons = troubled.map(check);
      return reasons.every((why) => why !== null) ? (reasons[0] ?? null) : null;
    },
  };
}
