import type { Event } from '@nines/shared/event.ts';
import { BROUGHT_STREAMS } from '@nines/shared/probes/index.ts';
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
  const stranger = whyNotAssigned(agent, check, plan);
  if (stranger !== null) return stranger;
  const everyMs = plan.everyMsOf(check);
  if (everyMs === null || claimedMs <= Math.max(everyMs, ANY_CHECK_MS)) return null;
  return `check "${check}" is run every ${everyMs} ms, the batch says every ${claimedMs}`;
}

/**
 * The same of an event: it names the check that brought it, which the agent was to run, and whose type brings events of that
 * stream. Of a check that is no longer configured nobody knows the type: late events may be of any stream that checks bring.
 */
export function objectionToEvent(
  agent: string,
  { stream, labels }: Pick<Event, 'stream' | 'labels'>,
  { streamsOf, ...plan }: Pick<CheckPlan, 'assignedTimesOf'> & { streamsOf(check: string): readonly string[] | null },
): string | null {
  const { check } = labels;
  if (check === undefined) return `an agent's event names the check that brings it in its label "check"`;
  const stranger = whyNotAssigned(agent, check, plan);
  if (stranger !== null) return stranger;
  const streams = streamsOf(check) ?? BROUGHT_STREAMS;
  return streams.includes(stream) ? null : `check "${check}" brings no events of stream ${stream}`;
}

function whyNotAssigned(agent: string, check: string, plan: Pick<CheckPlan, 'assignedTimesOf'>): string | null {
  return plan.assignedTimesOf(check).has(agent) ? null : `${agent} was never to run a check "${check}"`;
}
