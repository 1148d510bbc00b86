import type { CountedTime, Scope } from '../sla/counted-time.ts';
import { type Interval, intersectAll, mergeIntervals } from '../sla/interval.ts';
import type { Slice } from '../sla/profile.ts';
import type { Samples } from '../sla/slice-rule.ts';
import { type CutSlice, type SliceGrid, slicesOf } from '../sla/slicing.ts';
import { stateAt, type TimeByState, timeByState } from '../sla/timeline.ts';
import { type AgentLine, agentLines, missingIn } from './agent-lines.ts';
import type { Evaluation } from './evidence.ts';
import { HOUR_MS, hourOf, hoursOf } from './hour-counters.ts';
import { dirtyHours, OUT_OF_BOUNDS, type RunClass, type RunJudge } from './run-class.ts';
import type { JudgedRun } from './run-hours.ts';

/** One agent's samples of a slice, and why the bad ones were bad. */
export interface PlaceSamples extends Samples {
  readonly check: string;
  readonly location: string;
  readonly reasons: readonly string[];
}

type LineSamples = Samples & Pick<PlaceSamples, 'reasons'>;

/** A slice that is not simply good: samples by check and agent. */
export interface GatheredSlice extends CutSlice {
  readonly checks: readonly (readonly PlaceSamples[])[];
}

export interface SliceQuestion {
  readonly checks: readonly string[];
  readonly judge: RunJudge;
  readonly grid: SliceGrid;
  readonly slice: Slice;
  /** With fewer agents than this nothing is known; 1 asks for anybody. */
  readonly minReporting: number;
  /** Whether the number of samples matters, and not only whether any was bad. */
  readonly needsCounts: boolean;
}

/**
 * The slices of `over` that are not simply good, in order. Hours in which every run was good and nobody was silent are
 * not read: a slice in them is good by any rule.
 */
export async function gatherSlices(
  question: SliceQuestion,
  evaluation: Evaluation,
  { scope, over }: { readonly scope: Scope; readonly over: CountedTime['elapsed'] },
): Promise<GatheredSlice[]> {
  const { checks, needsCounts } = question;
  const lines = checks.map((check) => dirtyLines(check, question, { evaluation, scope, over }));
  const anywhere = new Set(lines.flatMap(({ dirty }) => [...dirty]));
  // How many samples a slice has is asked of everybody, also of those who saw nothing bad in it.
  const read: CheckLines[] = [];
  for (const one of lines) read.push(await readLines(needsCounts ? dirtyIn(one, anywhere) : one, question, evaluation));
  const gathered: GatheredSlice[] = [];
  // Whole slices lie in these hours, and pieces of good ones beside them, which are good too.
  for (const slice of slicesOf(intersectAll(over, asIntervals(anywhere)), question.grid)) {
    gathered.push({ ...slice, checks: read.map((one) => samplesOf(slice, one, question)) });
  }
  return gathered;
}

interface DirtyLine extends AgentLine {
  /** Hours in which something was not good. */
  readonly dirty: ReadonlySet<number>;
}

interface ReadLine extends DirtyLine {
  /** The runs of the dirty hours, by instant. */
  readonly runs: readonly JudgedRun[];
  /** Where the next slice looks first: slices come in order. */
  next: number;
}

interface CheckOf<Line> {
  readonly check: string;
  readonly dirty: ReadonlySet<number>;
  readonly agents: readonly Line[];
}

type CheckLines = CheckOf<ReadLine>;

function dirtyLines(
  check: string,
  { judge, slice, grid, minReporting }: SliceQuestion,
  { evaluation, scope, over }: { evaluation: Evaluation; scope: Scope; over: readonly Interval[] },
): CheckOf<DirtyLine> {
  const hours = hoursOf(over);
  const needsAll = slice.minSamples > 1;
  const agents = agentLines(check, evaluation, scope.period).map((line) => ({
    ...line,
    dirty: needsAll ? new Set(hours) : wholeSlices(dirtyHours(line, over, judge), grid),
  }));
  const dirty = new Set(agents.length < minReporting ? hours : agents.flatMap((line) => [...line.dirty]));
  return { check, dirty, agents };
}

/** All hours of the slices that the hours touch: how many runs were good in a slice is asked of the whole of it. */
function wholeSlices(hours: ReadonlySet<number>, { anchorMs, lengthMs }: SliceGrid): Set<number> {
  const whole = new Set<number>();
  for (const hour of hours) {
    const first = Math.floor((hour * HOUR_MS - anchorMs) / lengthMs);
    const last = Math.ceil(((hour + 1) * HOUR_MS - anchorMs) / lengthMs);
    for (const one of hoursOf([{ fromMs: anchorMs + first * lengthMs, toMs: anchorMs + last * lengthMs }]))
      whole.add(one);
  }
  return whole;
}

function asIntervals(hours: ReadonlySet<number>): Interval[] {
  return mergeIntervals([...hours].map((hour) => ({ fromMs: hour * HOUR_MS, toMs: (hour + 1) * HOUR_MS })));
}

function dirtyIn({ check, agents }: CheckOf<DirtyLine>, dirty: ReadonlySet<number>): CheckOf<DirtyLine> {
  return { check, dirty, agents: agents.map((line) => ({ ...line, dirty })) };
}

async function readLines(
  { check, dirty, agents }: CheckOf<DirtyLine>,
  { judge }: SliceQuestion,
  { head }: Evaluation,
): Promise<CheckLines> {
  const wanted = agents.flatMap(({ series, dirty: own }) => (series === null ? [] : [{ series, hours: [...own] }]));
  const runs = await head.runHours.load(wanted, judge.value);
  return {
    check,
    dirty,
    agents: agents.map((line) => {
      const hours = [...line.dirty].sort((a, b) => a - b);
      return { ...line, runs: hours.flatMap((hour) => (line.series === null ? [] : runs(line.series, hour))), next: 0 };
    }),
  };
}

function touches({ parts }: CutSlice, dirty: ReadonlySet<number>): boolean {
  return parts.some(({ fromMs, toMs }) => {
    for (let hour = hourOf(fromMs); hour * HOUR_MS < toMs; hour++) if (dirty.has(hour)) return true;
    return false;
  });
}

function samplesOf(slice: CutSlice, { check, agents }: CheckLines, { judge }: SliceQuestion): PlaceSamples[] {
  return agents.map((line) => {
    const seen = touches(slice, line.dirty)
      ? samplesOfLine(slice, line, judge)
      : // An agent that has no word on the slice takes no part; one that has was good throughout.
        { good: tellsOf(slice, line) ? 1 : 0, bad: 0, open: 0, reasons: [] };
    return { ...seen, check, location: line.location };
  });
}

function tellsOf({ parts }: CutSlice, { timeline }: AgentLine): boolean {
  return parts.some((part) => timeByState(timeline, part).upMs > 0);
}

function samplesOfLine(slice: CutSlice, line: ReadLine, judge: RunJudge): LineSamples {
  const count = { good: 0, bad: 0, open: 0, none: 0 };
  const reasons = new Set<string>();
  const beginMs = slice.parts[0]?.fromMs ?? slice.fromMs;
  while ((line.runs[line.next]?.atMs ?? Number.POSITIVE_INFINITY) < beginMs) line.next++;
  for (let index = line.next; index < line.runs.length; index++) {
    const run = line.runs[index];
    if (run === undefined || run.atMs >= slice.toMs) break;
    if (!slice.parts.some(({ fromMs, toMs }) => run.atMs >= fromMs && run.atMs < toMs)) continue;
    const reason = run.outcome === 'down' ? reasonAt(line, run.atMs) : null;
    const what = judge.classify(run, reason);
    count[what]++;
    if (what === 'bad') reasons.add(reason ?? OUT_OF_BOUNDS);
  }
  const open = count.open + missingIn(line, slice.parts);
  if (count.good + count.bad + open > 0) return { ...count, open, reasons: [...reasons] };
  return heldSample(slice, line, judge);
}

function timeOf({ parts }: CutSlice, { timeline }: AgentLine): TimeByState {
  const time = { upMs: 0, downMs: 0, unknownMs: 0 };
  for (const part of parts) {
    const { upMs, downMs, unknownMs } = timeByState(timeline, part);
    time.upMs += upMs;
    time.downMs += downMs;
    time.unknownMs += unknownMs;
  }
  return time;
}

/** No run fell into the slice: the run before it still speaks, as one sample. Where nobody spoke there is none. */
function heldSample(slice: CutSlice, line: ReadLine, judge: RunJudge): LineSamples {
  const { upMs, downMs } = timeOf(slice, line);
  if (upMs + downMs === 0) return { ...sample('none'), reasons: [] };
  const last = line.runs[line.next - 1] ?? null;
  const outcome = downMs > 0 ? 'down' : 'up';
  // What is not among the runs that were read was good: see `dirtyHours`.
  if (outcome === 'up' && last?.outcome !== 'up') return { ...sample('good'), reasons: [] };
  const reason = outcome === 'down' ? reasonAt(line, slice.parts[0]?.fromMs ?? slice.fromMs) : null;
  const what = judge.classify({ atMs: slice.fromMs, outcome, value: last?.value ?? null }, reason);
  return { ...sample(what), reasons: what === 'bad' ? [reason ?? OUT_OF_BOUNDS] : [] };
}

function reasonAt({ timeline }: AgentLine, atMs: number): string | null {
  return stateAt(timeline, atMs)?.reason ?? null;
}

function sample(what: RunClass): Samples {
  return { good: what === 'good' ? 1 : 0, bad: what === 'bad' ? 1 : 0, open: what === 'open' ? 1 : 0 };
}
