import type { Incident } from './attainment.ts';
import type { Scope } from './counted-time.ts';
import { clipIntervals, type Interval, intersect, totalMs } from './interval.ts';
import { type Timeline, touching } from './timeline.ts';

/** What one agent saw of a check, and where it stands. */
export interface AgentEvidence {
  /** `null`: this evidence is of no place, as that of events. */
  readonly location: string | null;
  readonly timeline: Timeline;
}

/** One check of a service, combined over its agents, and each agent's own view of it. */
export interface CheckEvidence {
  readonly check: string;
  readonly timeline: Timeline;
  readonly agents: readonly AgentEvidence[];
}

/**
 * Counted outages as incidents, oldest first, cut at the period's ends; those of which nothing counts are left out.
 * `checks` are those that were down in it, `locations` those of agents that saw it, `reasons` what they saw, the longest
 * first. One that reaches now goes on: `toMs` is `null`.
 */
export function incidentsOf(
  outages: readonly Interval[],
  checks: readonly CheckEvidence[],
  { scope, counted }: { readonly scope: Pick<Scope, 'period' | 'nowMs'>; readonly counted: readonly Interval[] },
): Incident[] {
  const { period, nowMs } = scope;
  return outages.flatMap((run) => {
    const outage = intersect(run, period);
    const countedMs = outage === null ? 0 : totalMs(clipIntervals(counted, outage));
    if (outage === null || countedMs === 0) return [];
    const concerned = checks.filter((one) => isDownIn(one.timeline, outage));
    return [
      {
        fromMs: outage.fromMs,
        toMs: outage.toMs === nowMs ? null : outage.toMs,
        countedMs,
        checks: concerned.map((one) => one.check),
        locations: locationsOf(concerned, outage),
        reasons: reasonsOf(concerned, outage),
      },
    ];
  });
}

function isDownIn(timeline: Timeline, outage: Interval): boolean {
  return touching(timeline, outage).some(({ state }) => state === 'down');
}

function locationsOf(checks: readonly CheckEvidence[], outage: Interval): string[] {
  const locations: string[] = [];
  for (const { agents } of checks) {
    for (const { location, timeline } of agents) {
      if (location === null || locations.includes(location)) continue;
      if (isDownIn(timeline, outage)) locations.push(location);
    }
  }
  return locations.sort();
}

function reasonsOf(checks: readonly CheckEvidence[], outage: Interval): string[] {
  const seenMs = new Map<string, number>();
  for (const { agents } of checks) {
    for (const { timeline } of agents) {
      for (const { fromMs, toMs, state, reason } of touching(timeline, outage)) {
        if (state !== 'down' || reason === null) continue;
        const sharedMs = Math.min(toMs, outage.toMs) - Math.max(fromMs, outage.fromMs);
        seenMs.set(reason, (seenMs.get(reason) ?? 0) + sharedMs);
      }
    }
  }
  if (seenMs.size < 2) return [...seenMs.keys()];
  return [...seenMs]
    .sort(([reasonA, a], [reasonB, b]) => b - a || (reasonA < reasonB ? -1 : 1))
    .map(([reason]) => reason);
}
