import type { Observation, Outcome } from '@nines/shared/observation.ts';
import { TOTAL } from '@nines/shared/probes/probe.ts';
import { type Interval, lengthMs } from '../sla/interval.ts';
import { PLAIN_PROFILE, type QuorumRule } from '../sla/profile.ts';
import { stateAt, type TimeByState, type Timeline, timeByState } from '../sla/timeline.ts';
import { checkEvidence, type Evaluation, participants } from './evidence.ts';
import { type Participant, timelineOf } from './participation.ts';
import type { Series } from './series.ts';

/** Cells of the strip: a quarter of an hour each makes a day. */
const STRIP_CELLS = 96;
/** Three points of the chart to a cell of the strip, so that both always show the same stretch of time. */
const POINTS_A_CELL = 3;
/** Lengths a cell may have: a check that was added minutes ago fills its strip, and one of some age shows a day. */
const CELL_SIZES_MS = [3_000, 6_000, 15_000, 30_000, 60_000, 120_000, 300_000, 900_000] as const;
const DAY_CELL_MS = 900_000;

export interface StateNow {
  readonly outcome: Outcome;
  /** `null` when up. */
  readonly reason: string | null;
}

/** What one agent sees of a check; one that is assigned it and was never heard sees nothing. */
export interface AgentView {
  readonly agent: string;
  readonly isConfigured: boolean;
  readonly state: StateNow;
  readonly last: Observation | null;
}

/** A cell of the strip: how long the check was in each state, and the worst of them; time to come counts nowhere. */
export interface StripCell extends Interval, TimeByState {
  readonly worst: Outcome;
}

/** How a check stands now and stood over the last day, or since it was first assigned or observed when that is less. */
export interface CheckState {
  readonly check: string;
  readonly state: StateNow;
  /** The present state's beginning; the first assignment or observation when it never changed. */
  readonly sinceMs: number;
  readonly agents: readonly AgentView[];
  /** Oldest first; the last cell ends now or later. */
  readonly strip: readonly StripCell[];
}

const SILENT: StateNow = { outcome: 'unknown', reason: 'no-observation' };

/** The state of a check by a quorum of its agents. */
export function checkState(
  check: string,
  evaluation: Evaluation,
  quorum: QuorumRule = PLAIN_PROFILE.quorum,
): CheckState {
  const { head, plan, nowMs } = evaluation;
  const taking = participants(check, evaluation);
  const begunMs = beginningMs(taking, nowMs);
  const cellMs = stripCellMs(begunMs, nowMs);
  const fromMs = Math.ceil(nowMs / cellMs - 1) * cellMs - (STRIP_CELLS - 1) * cellMs;
  // To the instant after now, so that an observation made this very millisecond speaks.
  const { timeline } = checkEvidence(check, quorum, { head, plan, interval: { fromMs, toMs: nowMs + 1 } });
  // What did not change within the strip may hold for longer: only then the whole past is looked at.
  const past = changedAtMs(timeline, nowMs) === null ? { fromMs: begunMs, toMs: nowMs + 1 } : null;
  const whole = past === null ? timeline : checkEvidence(check, quorum, { head, plan, interval: past }).timeline;
  return {
    check,
    state: stateNow(timeline, nowMs),
    sinceMs: changedAtMs(whole, nowMs) ?? begunMs,
    agents: taking.map((one) => agentView(check, one, evaluation)),
    strip: stripOf(timeline, { fromMs, toMs: nowMs }, cellMs),
  };
}

/** When the check was first assigned to anybody or observed; now when it never was. */
function beginningMs(taking: readonly Participant[], nowMs: number): number {
  return taking.reduce((first, { expected }) => Math.min(first, expected[0]?.fromMs ?? nowMs), nowMs);
}

/** The shortest cell with which the strip reaches back to the check's beginning, or a day. */
function stripCellMs(begunMs: number, nowMs: number): number {
  return CELL_SIZES_MS.find((cellMs) => nowMs - begunMs <= (STRIP_CELLS - 1) * cellMs) ?? DAY_CELL_MS;
}

/** What one agent sees of a check at `nowMs`. */
export function agentView(check: string, participant: Participant, { plan, nowMs }: Evaluation): AgentView {
  const { agent, series } = participant;
  const timeline = timelineOf(participant, { fromMs: nowMs, toMs: nowMs + 1 });
  return {
    agent,
    isConfigured: plan.agentsOf(check).includes(agent),
    state: stateNow(timeline, nowMs),
    last: series?.last ?? null,
  };
}

/** What a timeline says of an instant; unknown where it says nothing. */
export function stateNow(timeline: Timeline, nowMs: number): StateNow {
  const stretch = stateAt(timeline, nowMs);
  return stretch === null ? SILENT : { outcome: stretch.state, reason: stretch.reason };
}

/** When the present state began; `null` when it is the timeline's only one. */
function changedAtMs(timeline: Timeline, nowMs: number): number | null {
  const state = stateAt(timeline, nowMs)?.state;
  return timeline.findLast((stretch) => stretch.state !== state)?.toMs ?? null;
}

function stripOf(timeline: Timeline, { fromMs, toMs }: Interval, cellMs: number): StripCell[] {
  const cells: StripCell[] = [];
  for (let startMs = fromMs; startMs < toMs; startMs += cellMs) {
    const cell = { fromMs: startMs, toMs: startMs + cellMs };
    const time = timeByState(timeline, { fromMs: startMs, toMs: Math.min(cell.toMs, toMs) });
    cells.push({ ...cell, ...time, worst: worstOf(time) });
  }
  return cells;
}

function worstOf({ upMs, downMs, unknownMs }: TimeByState): Outcome {
  if (downMs > 0) return 'down';
  return unknownMs > 0 || upMs === 0 ? 'unknown' : 'up';
}

/** Every run of one cell that reported a value, in microseconds. */
export interface LatencyCell {
  readonly fromMs: number;
  readonly count: number;
  readonly minMicros: number;
  readonly meanMicros: number;
  readonly maxMicros: number;
}

/** One value of a check over the same time as its strip, oldest first; cells without a run are left out. */
export interface LatencySeries {
  readonly value: string;
  /** Length of a cell. */
  readonly cellMs: number;
  readonly cells: readonly LatencyCell[];
}

/** The duration of a check's runs and of their phases over the last day, over all its agents: the runs that were up. */
export function checkLatency(check: string, evaluation: Evaluation): LatencySeries[] {
  const { head, nowMs } = evaluation;
  const series = head.seriesOf(check);
  const cellMs = stripCellMs(beginningMs(participants(check, evaluation), nowMs), nowMs) / POINTS_A_CELL;
  const values = new Set([TOTAL, ...series.flatMap((one) => one.recent.names)]);
  const lengthMs = STRIP_CELLS * POINTS_A_CELL * cellMs;
  const interval = { fromMs: Math.floor(nowMs / cellMs) * cellMs - lengthMs, toMs: nowMs + 1 };
  return [...values].map((value) => ({ value, cellMs, cells: latencyCells({ series, value, interval, cellMs }) }));
}

interface Tally {
  count: number;
  sum: number;
  min: number;
  max: number;
}

interface CellsWanted {
  readonly series: readonly Series[];
  readonly value: string;
  readonly interval: Interval;
  readonly cellMs: number;
}

function latencyCells({ series, value, interval, cellMs }: CellsWanted): LatencyCell[] {
  const tallies: Tally[] = Array.from({ length: Math.ceil(lengthMs(interval) / cellMs) }, () => ({
    count: 0,
    sum: 0,
    min: Number.POSITIVE_INFINITY,
    max: 0,
  }));
  for (const one of series) {
    one.recent.forEach(value, interval, (atMs, outcome, micros) => {
      // A refused connection is quick: a failed run says nothing about how fast the target is.
      if (outcome !== 'up') return;
      const tally = tallies[Math.floor((atMs - interval.fromMs) / cellMs)];
      if (tally === undefined || micros === null) return;
      tally.count++;
      tally.sum += micros;
      tally.min = Math.min(tally.min, micros);
      tally.max = Math.max(tally.max, micros);
    });
  }
  return tallies.flatMap(({ count, sum, min, max }, index) => {
    if (count === 0) return [];
    const fromMs = interval.fromMs + index * cellMs;
    return [{ fromMs, count, minMicros: min, meanMicros: Math.round(sum / count), maxMicros: max }];
  });
}
