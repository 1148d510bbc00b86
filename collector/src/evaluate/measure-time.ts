import { checksUp, combineChecks, combineQuorum } from '../sla/combine.ts';
import type { Scope } from '../sla/counted-time.ts';
import type { CheckEvidence } from '../sla/incidents.ts';
import type { Interval } from '../sla/interval.ts';
import type { Measured } from '../sla/measured.ts';
import type { Profile } from '../sla/profile.ts';
import { measureTime } from '../sla/time-method.ts';
import { openFrom } from '../sla/timeline.ts';
import { weightedMean } from '../sla/weighted-mean.ts';
import { agentLines } from './agent-lines.ts';
import type { Evaluation } from './evidence.ts';
import { judgedTimelines } from './judged-line.ts';
import type { RunsQuestion } from './measure-slices.ts';

/** Time for which checks were good, by a profile of the method `time`. Rejects with `StoreError`. */
export async function measureCheckTime(
  { checks, judge, objective }: RunsQuestion,
  evaluation: Evaluation,
  scope: Scope,
): Promise<Measured> {
  const { profile } = objective;
  const interval = lookedAt(scope, profile);
  const evidence: CheckEvidence[] = [];
  for (const check of checks)
    evidence.push(await evidenceUntilNow(check, { judge, profile }, { evaluation, interval }));
  const { combination } = profile;
  if (combination.kind === 'weighted') {
    const parts = evidence.map((one) => measureTime({ timeline: one.timeline, checks: [one] }, scope, profile.failure));
    return weightedMean(parts, combination.weights, checks);
  }
  const timelines = evidence.map(({ timeline }) => timeline);
  const timeline = combineChecks(timelines, checksUp(combination), interval);
  return measureTime({ timeline, checks: evidence }, scope, profile.failure);
}

/** The whole period, and as much on both sides as decides whether an outage is long enough. */
function lookedAt({ period }: Scope, { failure }: Profile): Interval {
  return { fromMs: period.fromMs - failure.minOutageMs, toMs: period.periodToMs + failure.minOutageMs };
}

async function evidenceUntilNow(
  check: string,
  { judge, profile }: { readonly judge: RunsQuestion['judge']; readonly profile: Profile },
  { evaluation, interval }: { readonly evaluation: Evaluation; readonly interval: Interval },
): Promise<CheckEvidence> {
  const { nowMs } = evaluation;
  const past = { fromMs: interval.fromMs, toMs: Math.min(interval.toMs, Math.max(nowMs, interval.fromMs)) };
  const lines = agentLines(check, evaluation, aroundRows(past, check, { profile, evaluation }));
  const judged = await judgedTimelines(lines, { judge, profile }, evaluation);
  const agents = lines.map(({ location }, index) => ({ location, timeline: judged[index] ?? [] }));
  const timeline = combineQuorum(
    agents.map((one) => one.timeline),
    profile.quorum,
    past,
  );
  return { check, agents, timeline: openFrom(timeline, nowMs, interval) };
}

/** To count failures in a row at the ends of the interval, as many runs beyond them have to be looked at. */
function aroundRows(
  { fromMs, toMs }: Interval,
  check: string,
  { profile, evaluation }: { readonly profile: Profile; readonly evaluation: Evaluation },
): Interval {
  const { consecutive } = profile.failure;
  if (consecutive === 1) return { fromMs, toMs };
  const everyMs = evaluation.plan.everyMsOf(check) ?? 0;
  const aroundMs = 2 * consecutive * everyMs;
  return { fromMs: fromMs - aroundMs, toMs: Math.min(Math.max(fromMs, evaluation.nowMs), toMs + aroundMs) };
}
