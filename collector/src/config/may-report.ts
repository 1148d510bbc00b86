import type { CheckColumns } from '@nines/shared/wire.ts';
import type { CheckPlan } from '../evaluate/evidence.ts';

/** An interval this long may always be claimed: late observations can be of a time when the check ran less often. */
const ANY_CHECK_MS = 86_400_000;

/**
 * Why an agent may not speak for a check in this way; `null` when it may. Who was never to run a check has no say in it:
 * with one agent's token nobody shall make another's outages disappear. And one observation speaks for two intervals.
 */
export function objectionTo(
  agent: string,
  { check, every_ms: claimedMs }: Pick<CheckColumns, 'check' | 'every_ms'>,
  plan: Pick<CheckPlan, 'assignedTimesOf' | 'everyMsOf'>,
): string | null {
  if (!plan.assignedTimesOf(check).has(agent)) return `${agent} was never to run a check "${check}"`;
  const everyMs = plan.everyMsOf(check);
  if (everyMs === null || claimedMs <= Math.max(everyMs, ANY_CHECK_MS)) return null;
  return `check "${check}" is run every ${everyMs} ms, the batch says every ${claimedMs}`;
}
