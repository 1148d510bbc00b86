import type { UncountedOutage } from './attainment.ts';
import { countedTime, type Scope } from './counted-time.ts';
import { type CheckEvidence, incidentsOf } from './incidents.ts';
import { clipIntervals, intersectAll, totalMs } from './interval.ts';
import type { Measured } from './measured.ts';
import { type Outages, outagesOf } from './outages.ts';
import type { FailureRule } from './profile.ts';
import type { Timeline } from './timeline.ts';

/** What time is measured from. */
export interface TimeEvidence {
  /** One timeline for all checks; covers the whole period and `minOutageMs` on both sides without holes. */
  readonly timeline: Timeline;
  /** Whose outages they were, for incidents; they may tell less than the timeline. */
  readonly checks: readonly CheckEvidence[];
}

/** The method `time`: how long it was good, in milliseconds. */
export function measureTime(evidence: TimeEvidence, scope: Scope, rule: Pick<FailureRule, 'minOutageMs'>): Measured {
  const { denominator } = scope;
  const time = countedTime(scope);
  const outages = outagesOf(evidence.timeline, rule);
  const best = intersectAll(outages.best, time.elapsed);
  const worst = intersectAll(outages.worst, time.elapsed);
  const bad = totalMs(best);
  const unknown = totalMs(worst) - bad;
  const excluded = totalMs(time.excluded);
  const kept = denominator === 'kept' ? excluded : 0;
  return {
    unit: 'ms',
    scale: 1,
    tally: { good: totalMs(time.elapsed) - bad - unknown + kept, bad, unknown, pending: time.pendingMs },
    exact: null,
    excluded: excluded - kept,
    serviceMs: time.serviceMs,
    badTime: { best, worst },
    incidents: incidentsOf(outages.best, evidence.checks, { scope, counted: time.elapsed }),
    uncounted: uncountedOutages(outages, scope, time),
    statistic: null,
    verdict: null,
  };
}

/** Outages of the promised time so far of which nothing counts: all of it excluded, or too short, whatever the unknown was. */
function uncountedOutages(
  outages: Outages,
  { period }: Scope,
  { elapsed, excluded }: ReturnType<typeof countedTime>,
): UncountedOutage[] {
  return outages.seen.flatMap((run): UncountedOutage[] => {
    const [part] = clipIntervals([run], period);
    if (part === undefined) return [];
    const isCounted = clipIntervals(elapsed, part).length > 0;
    if (!isCounted) return clipIntervals(excluded, part).length > 0 ? [{ ...part, why: 'excluded' }] : [];
    return outages.worst.some((one) => one.fromMs <= run.fromMs && run.toMs <= one.toMs)
      ? []
      : [{ ...part, why: 'shorter-than-minimum' }];
  });
}
