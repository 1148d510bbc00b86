import { combineChecks } from '../sla/combine.ts';
import type { Scope } from '../sla/counted-time.ts';
import type { CheckEvidence } from '../sla/incidents.ts';
import type { Interval } from '../sla/interval.ts';
import type { Measured } from '../sla/measured.ts';
import type { Profile } from '../sla/profile.ts';
import { measureTime } from '../sla/time-method.ts';
import { openFrom } from '../sla/timeline.ts';
import { weightedMean } from '../sla/weighted-mean.ts';
import { checkEvidence, type Evaluation } from './evidence.ts';

/** Time that checks were up, by a profile of the method `time`. */
export function measureCheckTime(
  checks: readonly string[],
  profile: Profile,
  { evaluation, scope }: { readonly evaluation: Evaluation; readonly scope: Scope },
): Measured {
  const interval = lookedAt(scope, profile);
  const evidence = checks.map((check) => evidenceUntilNow(check, profile, { evaluation, interval }));
  const { combination } = profile;
  if (combination.kind === 'weighted') {
    const parts = evidence.map((one) => measureTime({ timeline: one.timeline, checks: [one] }, scope, profile.failure));
    return weightedMean(parts, combination.weights);
  }
  const timelines = evidence.map(({ timeline }) => timeline);
  const timeline = combineChecks(timelines, combination.kind, interval);
  return measureTime({ timeline, checks: evidence }, scope, profile.failure);
}

/** The whole period, and as much on both sides as decides whether an outage is long enough. */
function lookedAt({ period }: Scope, { failure }: Profile): Interval {
  return { fromMs: period.fromMs - failure.minOutageMs, toMs: period.periodToMs + failure.minOutageMs };
}

function evidenceUntilNow(
  check: string,
  { quorum }: Profile,
  { evaluation, interval }: { readonly evaluation: Evaluation; readonly interval: Interval },
): CheckEvidence {
  const { nowMs } = evaluation;
  const past = { fromMs: interval.fromMs, toMs: Math.min(interval.toMs, Math.max(nowMs, interval.fromMs)) };
  const { timeline, ...seen } = checkEvidence(check, quorum, { ...evaluation, interval: past });
  return { ...seen, timeline: openFrom(timeline, nowMs, interval) };
}
