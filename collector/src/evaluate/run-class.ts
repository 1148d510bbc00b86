import { HOLD_INTERVALS } from '@nines/shared/observation.ts';
import { TOTAL } from '@nines/shared/probes/probe.ts';
import type { GaugeBounds } from '../sla/indicator.ts';
import { type Interval, intersect, lengthMs } from '../sla/interval.ts';
import type { FailureRule } from '../sla/profile.ts';
import { timeByState } from '../sla/timeline.ts';
import type { AgentLine } from './agent-lines.ts';
import { HOUR_MS, hoursOf } from './hour-counters.ts';
import type { JudgedRun } from './run-hours.ts';

/** What a run is to an indicator; `none`: it is no sample at all. */
export type RunClass = 'good' | 'bad' | 'open' | 'none';

/** How the runs of an indicator are judged one by one. */
export interface RunJudge {
  /** The value that is looked at. */
  readonly value: string;
  /** `reason`: why the run was down, `null` when it was not. */
  readonly classify: (run: JudgedRun, reason: string | null) => RunClass;
  /** Bounds that the value of an up run has to keep to be good, inclusive; `null`: being up is enough. */
  readonly bounds: { readonly atLeast: number | null; readonly atMost: number | null } | null;
}

/** Up is good, down is bad; with a limit of slowness, an up run beyond it is bad and one without a duration is open. */
export function availabilityJudge({ ignoredReasons, slowMicros }: FailureRule): RunJudge {
  return {
    value: TOTAL,
    bounds: slowMicros === null ? null : { atLeast: null, atMost: slowMicros },
    classify({ outcome, value }, reason) {
      if (outcome === 'unknown') return 'none';
      if (outcome === 'down') return reason !== null && ignoredReasons.includes(reason) ? 'good' : 'bad';
      if (slowMicros === null) return 'good';
      return value === null ? 'open' : value <= slowMicros ? 'good' : 'bad';
    },
  };
}

/** Runs that report the value, by its bounds; others say nothing of it. */
export function gaugeJudge({ value: name, atLeast, atMost }: GaugeBounds): RunJudge {
  return {
    value: name,
    bounds: { atLeast, atMost },
    classify({ value }) {
      if (value === null) return 'open';
      return (atLeast === null || value >= atLeast) && (atMost === null || value <= atMost) ? 'good' : 'bad';
    },
  };
}

/** The reason of runs that were up and beyond their bounds. */
export const OUT_OF_BOUNDS = 'out-of-bounds';

/**
 * Hours of some time in which something may not be good. With bounds, the next hour that has a run is one too, and so are
 * those before the time: until a run comes the last one before it speaks.
 */
export function dirtyHours(line: AgentLine, time: readonly Interval[], judge: RunJudge): Set<number> {
  const dirty = new Set<number>();
  let isHeld = false;
  for (const hour of judge.bounds === null ? hoursOf(time) : hoursOf([spanOf(time, HOLD_INTERVALS * line.everyMs)])) {
    const isClean = isCleanHour(line, hour, judge);
    if (isHeld || !isClean) dirty.add(hour);
    isHeld = judge.bounds !== null && (!isClean || (isHeld && line.series?.runsBetween(hour, hour + 1).up === 0));
  }
  return dirty;
}

/** From before the first to the end of the last; empty for no time at all. */
function spanOf(time: readonly Interval[], beforeMs: number): Interval {
  const first = time[0]?.fromMs ?? 0;
  return { fromMs: first - (Number.isFinite(beforeMs) ? beforeMs : 0), toMs: time.at(-1)?.toMs ?? first };
}

/** Every run of the hour was up and within bounds, and the series spoke for all of it: nothing in it needs to be read. */
function isCleanHour({ series, timeline, interval }: AgentLine, hour: number, { value, bounds }: RunJudge): boolean {
  if (series === null) return false;
  const { up, down, unknown } = series.runsBetween(hour, hour + 1);
  if (down + unknown > 0) return false;
  const looked = intersect({ fromMs: hour * HOUR_MS, toMs: (hour + 1) * HOUR_MS }, interval);
  if (looked === null || timeByState(timeline, looked).upMs < lengthMs(looked)) return false;
  if (bounds === null) return true;
  const count = (limit: number) => series.threshold(value, limit)?.sum(hour, hour + 1) ?? { measured: 0, within: -1 };
  const isBelowTop = bounds.atMost === null || count(bounds.atMost).within === up;
  // Values are integers: none below the bound is none up to one less.
  const isAboveFloor = bounds.atLeast === null || isNone(count(bounds.atLeast - 1), up);
  return isBelowTop && isAboveFloor;
}

function isNone({ measured, within }: { readonly measured: number; readonly within: number }, up: number): boolean {
  return measured === up && within === 0;
}
