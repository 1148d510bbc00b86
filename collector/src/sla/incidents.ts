import type { Incident } from './attainment.ts';
import { type Interval, lengthMs } from './interval.ts';
import { clipTimeline, type Timeline } from './timeline.ts';

/** One check of a service, combined over its agents, and each agent's own view of it. */
export interface CheckEvidence {
  readonly check: string;
  readonly timeline: Timeline;
  readonly series: readonly Timeline[];
}

/**
 * The outages of a combined timeline inside the interval, oldest first, cut at its ends. `checks` are those that were
 * down in it; `reasons` what their agents saw, the longest first. One that reaches `openAtMs` goes on: `toMs` is `null`.
 */
export function incidentsOf(
  service: Timeline,
  checks: readonly CheckEvidence[],
  { interval, openAtMs }: { readonly interval: Interval; readonly openAtMs: number | null },
): Incident[] {
  return outages(clipTimeline(service, interval)).map((outage) => {
    const concerned = checks.filter((one) => clipTimeline(one.timeline, outage).some(({ state }) => state === 'down'));
    return {
      fromMs: outage.fromMs,
      toMs: outage.toMs === openAtMs ? null : outage.toMs,
      checks: concerned.map((one) => one.check),
      reasons: reasonsOf(concerned, outage),
    };
  });
}

/** Down stretches, those that touch being one outage whatever their reasons. */
function outages(timeline: Timeline): Interval[] {
  const found: Interval[] = [];
  for (const { fromMs, toMs, state } of timeline) {
    if (state !== 'down') continue;
    const last = found.at(-1);
    if (last?.toMs === fromMs) found[found.length - 1] = { fromMs: last.fromMs, toMs };
    else found.push({ fromMs, toMs });
  }
  return found;
}

function reasonsOf(checks: readonly CheckEvidence[], outage: Interval): string[] {
  const seenMs = new Map<string, number>();
  for (const timeline of checks.flatMap((one) => one.series)) {
    for (const stretch of clipTimeline(timeline, outage)) {
      if (stretch.state !== 'down' || stretch.reason === null) continue;
      seenMs.set(stretch.reason, (seenMs.get(stretch.reason) ?? 0) + lengthMs(stretch));
    }
  }
  return [...seenMs]
    .sort(([reasonA, a], [reasonB, b]) => b - a || (reasonA < reasonB ? -1 : 1))
    .map(([reason]) => reason);
}
