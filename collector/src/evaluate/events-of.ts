import type { EventSource } from '../sla/indicator.ts';
import type { Interval } from '../sla/interval.ts';
import { PLAIN_PROFILE } from '../sla/profile.ts';
import type { Stretch } from '../sla/timeline.ts';
import type { StoredEvent } from '../store/events.ts';
import { type CheckPlan, checkEvidence, type Evaluation } from './evidence.ts';
import { HOUR_MS } from './hour-counters.ts';

/**
 * Who may bring events of a source: the agents that were ever to run its checks. `null`: anybody who may write to the stream.
 * Another's events of the same stream are not what was promised about, and nobody improves a figure with them.
 */
export function bringersOf(
  { checks }: EventSource,
  plan: Pick<CheckPlan, 'assignedTimesOf'>,
): ReadonlySet<string> | null {
  return checks.length === 0 ? null : new Set(checks.flatMap((check) => [...plan.assignedTimesOf(check).keys()]));
}

/**
 * The events of a source that touch an interval, those that ended exactly at its beginning included: one that counts when
 * it ends belongs to the time that begins then. Rejects with `StoreError`; throws when the
 * evaluation has no events.
 */
export async function eventsOf(
  source: EventSource,
  { events, plan }: Pick<Evaluation, 'events' | 'plan'>,
  { fromMs, toMs }: Interval,
): Promise<readonly StoredEvent[]> {
  if (events === undefined) throw new Error('an evaluation without events');
  if (fromMs >= toMs) return [];
  const all = await Array.fromAsync(events.events({ stream: source.stream, fromMs: fromMs - 1, toMs }));
  const bringers = bringersOf(source, plan);
  return bringers === null ? all : all.filter(({ agent }) => bringers.has(agent));
}

/** A run that finds the backups wanting has looked at all of them; of a repository that is gone or damaged nothing is restored. */
const HAVE_SEEN: ReadonlySet<string> = new Set([
  'repository-missing',
  'repository-damaged',
  'backup-missing',
  'backup-too-old',
  'backup-too-small',
  'backup-too-few',
  'backup-history-too-short',
  'backup-damaged',
]);

/**
 * Until when what happened has been seen: sources read a log or a list, so that what they missed while they were silent is
 * there once they speak again. Now, for a stream that no check brings; the beginning of time when none ever spoke, or when
 * retention has let go of events of the interval: then nobody knows any more.
 */
export function seenUntilMs({ checks }: EventSource, evaluation: Evaluation, interval: Interval): number {
  if (interval.fromMs < evaluation.head.eventsFromMs) return Number.NEGATIVE_INFINITY;
  const untilMs = Math.min(evaluation.nowMs, interval.toMs);
  if (checks.length === 0) return untilMs;
  const past = { fromMs: interval.fromMs, toMs: Math.max(interval.fromMs, evaluation.nowMs) };
  return Math.min(untilMs, ...checks.map((check) => lastUpMs(check, evaluation, past)));
}

/** Usually a source spoke a moment ago: it is looked back as far as it takes, and not over the whole interval. */
function lastUpMs(check: string, evaluation: Evaluation, { fromMs, toMs }: Interval): number {
  for (let backMs = HOUR_MS; ; backMs *= 8) {
    const interval = { fromMs: Math.max(fromMs, toMs - backMs), toMs };
    const { timeline } = checkEvidence(check, PLAIN_PROFILE.quorum, { ...evaluation, interval });
    const last = timeline.findLast(hasSeen);
    if (last !== undefined || interval.fromMs === fromMs) return last?.toMs ?? Number.NEGATIVE_INFINITY;
  }
}

function hasSeen({ state, reason }: Stretch): boolean {
  return state === 'up' || (state === 'down' && reason !== null && HAVE_SEEN.has(reason));
}
