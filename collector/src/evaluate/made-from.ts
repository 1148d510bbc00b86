import type { JudgedPeriod } from '../sla/attainment.ts';
import type { Objective } from '../sla/objective.ts';
import type { CheckPlan, Evaluation } from './evidence.ts';

/** Everything that a figure was made from, besides the objective and the period: equal ones give equal figures. */
export interface MadeFrom {
  readonly plan: CheckPlan;
  /** Decisions of people, then of each series of each check what changed of the past and how far it reaches. */
  readonly marks: readonly number[];
}

/**
 * What the availability of a period that is over is made from, counted as time; `null` for figures that have other
 * evidence too, and while time that still goes on has a say. An observation behind that time changes nothing: of a series
 * that reaches it only what comes late does, and its revision counts that.
 */
export function madeFrom(objective: Objective, evaluation: Evaluation, period: JudgedPeriod): MadeFrom | null {
  const { indicator, profile } = objective;
  const { head, plan, nowMs, decisions = 0 } = evaluation;
  const isTime = indicator.kind === 'availability' && profile.method.kind === 'time';
  if (!isTime || profile.failure.slowMicros !== null || !head.isSettled) return null;
  const marks = [decisions];
  for (const check of indicator.checks) {
    const untilMs = period.periodToMs + profile.failure.minOutageMs + aroundMs(objective, plan.everyMsOf(check));
    if (nowMs <= untilMs) return null;
    const heard = head.seriesOf(check);
    marks.push(heard.length);
    for (const { revision, newestAtMs, everyMs } of heard) {
      marks.push(revision, Math.min(newestAtMs, untilMs), everyMs);
    }
  }
  return { plan, marks };
}

/** As far behind a period runs are looked at, to count failures in a row. */
function aroundMs({ profile }: Objective, everyMs: number | null): number {
  const { consecutive } = profile.failure;
  return consecutive === 1 ? 0 : 2 * consecutive * (everyMs ?? 0);
}

/** Whether nothing changed between the two. */
export function isSame(a: MadeFrom, b: MadeFrom): boolean {
  return a.plan === b.plan && a.marks.length === b.marks.length && a.marks.every((mark, at) => mark === b.marks[at]);
}
