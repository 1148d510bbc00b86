import { withConsecutive } from '../sla/consecutive.ts';
import type { Interval } from '../sla/interval.ts';
import type { Profile } from '../sla/profile.ts';
import { appendStretch, clipTimeline, type Stretch, type Timeline } from '../sla/timeline.ts';
import type { AgentLine } from './agent-lines.ts';
import type { Evaluation } from './evidence.ts';
import { hoursOf } from './hour-counters.ts';
import { dirtyHours, OUT_OF_BOUNDS, type RunClass, type RunJudge } from './run-class.ts';
import type { JudgedRun } from './run-hours.ts';

/** The time of one agent as an indicator judges it: good runs are up, bad ones down, for as long as they speak. */
export async function judgedTimelines(
  lines: readonly AgentLine[],
  { judge, profile }: { readonly judge: RunJudge; readonly profile: Profile },
  { head }: Pick<Evaluation, 'head'>,
): Promise<Timeline[]> {
  const { consecutive, ignoredReasons } = profile.failure;
  const needsRuns = judge.bounds !== null || consecutive > 1;
  if (!needsRuns && ignoredReasons.length === 0) return lines.map(({ timeline }) => timeline);
  const dirty = lines.map((line) => (needsRuns ? neededHours(line, judge, consecutive) : []));
  const wanted = lines.flatMap(({ series }, index) => (series === null ? [] : [{ series, hours: dirty[index] ?? [] }]));
  const loaded = await head.runHours.load(wanted, judge.value);
  return lines.map((line, index) => {
    const { series } = line;
    const runs = series === null ? [] : (dirty[index] ?? []).flatMap((hour) => loaded(series, hour));
    const timeline = reclassified(line.timeline, runs, judge);
    if (consecutive === 1) return timeline;
    const runsIn = (stretch: Interval) => countBad(runs, stretch, { judge, timeline: line.timeline });
    return withConsecutive(timeline, { least: consecutive, everyMs: line.everyMs, runsIn });
  });
}

/** The hours whose runs are needed: those with one that may be out of bounds, and to count failures those that are down. */
function neededHours(line: AgentLine, judge: RunJudge, consecutive: number): number[] {
  const down = consecutive > 1 ? hoursOf(line.timeline.filter(({ state }) => state === 'down')) : [];
  const hours = new Set([...down, ...(judge.bounds === null ? [] : dirtyHours(line, line.timeline, judge))]);
  return [...hours].sort((a, b) => a - b);
}

/** Cuts the stretches at the runs that were read; a stretch without such a run is what it was (down), or good. */
function reclassified(timeline: Timeline, runs: readonly JudgedRun[], judge: RunJudge): Timeline {
  const result: Stretch[] = [];
  let next = 0;
  for (const stretch of timeline) {
    while ((runs[next]?.atMs ?? Number.POSITIVE_INFINITY) < stretch.fromMs) next++;
    if (stretch.state === 'unknown') {
      appendStretch(result, stretch);
      continue;
    }
    let speaking = runs[next - 1] ?? null;
    let atMs = stretch.fromMs;
    for (; (runs[next]?.atMs ?? Number.POSITIVE_INFINITY) < stretch.toMs; next++) {
      const run = runs[next] ?? null;
      if (run === null) break;
      appendStretch(result, judgedPiece(stretch, { atMs, toMs: run.atMs, run: speaking }, judge));
      speaking = run;
      atMs = run.atMs;
    }
    appendStretch(result, judgedPiece(stretch, { atMs, toMs: stretch.toMs, run: speaking }, judge));
  }
  return result;
}

function judgedPiece(
  { state, reason }: Stretch,
  { atMs, toMs, run }: { readonly atMs: number; readonly toMs: number; readonly run: JudgedRun | null },
  judge: RunJudge,
): Stretch {
  // A run of the other outcome is not the one that speaks here: that one was in an hour that was not read.
  const speaking = run?.outcome === state ? run : { atMs, outcome: state, value: null };
  const isRead = speaking === run;
  const what = state === 'up' && !isRead ? 'good' : judge.classify(speaking, reason);
  const outcome = OUTCOMES[what];
  const why = what === 'good' ? null : what === 'bad' && state === 'up' ? OUT_OF_BOUNDS : (reason ?? NOT_MEASURED);
  return { fromMs: atMs, toMs, state: outcome, reason: why };
}

const NOT_MEASURED = 'not-measured';
const OUTCOMES: Readonly<Record<RunClass, Stretch['state']>> = {
  good: 'up',
  bad: 'down',
  open: 'unknown',
  none: 'unknown',
};

function countBad(
  runs: readonly JudgedRun[],
  { fromMs, toMs }: Interval,
  { judge, timeline }: { readonly judge: RunJudge; readonly timeline: Timeline },
): number {
  return runs.filter((run) => {
    if (run.atMs < fromMs || run.atMs >= toMs) return false;
    const [stretch] = clipTimeline(timeline, { fromMs: run.atMs, toMs: run.atMs + 1 });
    return judge.classify(run, stretch?.reason ?? null) === 'bad';
  }).length;
}
