import { type Interval, lengthMs } from '../sla/interval.ts';
import { missingRuns } from '../sla/run-tally.ts';
import { clipTimeline, type Timeline } from '../sla/timeline.ts';
import { type Evaluation, participants } from './evidence.ts';
import { timelineOf } from './participation.ts';
import type { Series } from './series.ts';

/** One agent's line of a check over some time. */
export interface AgentLine {
  readonly location: string;
  readonly series: Series | null;
  readonly timeline: Timeline;
  /** The time that the timeline is about; where it has holes the agent takes no part. */
  readonly interval: Interval;
  /** At which interval it runs the check now. */
  readonly everyMs: number;
}

/** The lines of everybody who takes part in a check. Nobody's interval is known when nobody ever ran or is to run it. */
export function agentLines(check: string, evaluation: Evaluation, interval: Interval): AgentLine[] {
  const { head, plan } = evaluation;
  const everyMs = plan.everyMsOf(check) ?? head.seriesOf(check).at(-1)?.everyMs ?? Number.POSITIVE_INFINITY;
  return participants(check, evaluation).map((participant) => ({
    location: plan.locationOf(participant.agent),
    series: participant.series,
    timeline: timelineOf(participant, interval),
    interval,
    everyMs: participant.series?.everyMs ?? everyMs,
  }));
}

/** Runs that should have been in unknown time, at the interval that the line had then; each interval's time in one. */
export function missingIn({ timeline, series, everyMs }: AgentLine, time: readonly Interval[]): number {
  const unknownMs = new Map<number, number>();
  for (const stretch of time.flatMap((one) => clipTimeline(timeline, one))) {
    if (stretch.state !== 'unknown') continue;
    const heard = series?.everyMsIn(stretch) ?? [];
    for (const piece of heard.length > 0 ? heard : [{ ...stretch, everyMs }]) {
      unknownMs.set(piece.everyMs, (unknownMs.get(piece.everyMs) ?? 0) + lengthMs(piece));
    }
  }
  return [...unknownMs].reduce((sum, [ofMs, ms]) => sum + missingRuns(ms, ofMs), 0);
}
