import type { Observation, Outcome } from '@nines/shared/observation.ts';
import type { RunColumns } from './run-columns.ts';

/** What is remembered of the sealed observations of a series besides its weeks. */
export interface SeriesState {
  /** Runs by outcome, all that were ever sealed. */
  readonly runs: Readonly<Record<Outcome, number>>;
  /** `DurationHistogram.counts()` and sum in microseconds of all that were ever sealed. */
  readonly durations: readonly number[];
  readonly durationsSumMicros: number;
  /** The newest sealed observation. */
  readonly newest: Observation;
}

/** A week's edges and run counts, packed as `rollup/week.ts` says. */
export interface PackedWeek {
  readonly week: number;
  readonly body: Uint8Array;
}

/** All that the head keeps of the sealed observations of one series; weeks ascend. */
export interface SealedSeries {
  readonly agent: string;
  readonly check: string;
  readonly state: SeriesState;
  readonly weeks: readonly PackedWeek[];
}

/** Sealed observations of one series. */
export interface SeriesRuns {
  readonly agent: string;
  readonly check: string;
  readonly runs: RunColumns;
}

export interface SealedRunsRequest {
  readonly checks: readonly string[];
  readonly fromMs: number;
  readonly toMs: number;
  /** Names of the values that are wanted; all of them when absent. */
  readonly values?: readonly string[];
}

/** How long the sealed runs of one series took. */
export interface SeriesSketch {
  readonly agent: string;
  readonly check: string;
  /** A packed `LatencySketch` of `total` of the runs that were up and measured it. */
  readonly sketch: Uint8Array;
  /** The runs in hours that the interval cuts: those of whole hours are counted where they are counted. */
  readonly cut: Readonly<Record<Outcome, number>>;
}

/** Durations in microseconds of some runs of a series. */
export interface SeriesNumbers {
  readonly agent: string;
  readonly check: string;
  readonly numbers: Float64Array;
}

/** Which quantile is wanted, over what; `besides` are runs that are not sealed. */
export interface QuantileRequest {
  readonly fromMs: number;
  readonly toMs: number;
  readonly quantilePpb: number;
  readonly besides: readonly SeriesNumbers[];
}

/** A duration that occurred, in microseconds. */
export interface SeriesQuantile {
  readonly agent: string;
  readonly check: string;
  readonly value: number;
}

/** What one threshold counted in one week of one agent's series, packed as `rollup/threshold-week.ts` says. */
export interface PackedThresholdWeek extends PackedWeek {
  readonly agent: string;
}

/** A stretch of a series whose stored bytes are damaged: nothing is known of it any more. */
export interface Damage {
  readonly agent: string;
  readonly check: string;
  readonly fromMs: number;
  readonly toMs: number;
  readonly what: string;
}

/** How long each class is kept, in ms; `null` for ever. */
export interface Retention {
  readonly observationsMs: number | null;
  readonly rollupsMs: number | null;
  readonly edgesMs: number | null;
  /** Counted from an event's end; what is open stays. */
  readonly eventsMs: number | null;
}

/** Keeps everything. */
export const KEEP_ALL: Retention = { observationsMs: null, rollupsMs: null, edgesMs: null, eventsMs: null };

/** The oldest instant that each class still covers; `null` when nothing was ever let go. */
export interface Covered {
  readonly observationsFromMs: number | null;
  readonly edgesFromMs: number | null;
  /** Of what ended before, events may be missing: an interval that begins before is not whole. */
  readonly eventsFromMs: number | null;
}

/** What one step of upkeep did. */
export interface UpkeepReport {
  /** Observations that went from the journal into chunks. */
  readonly sealed: number;
  /** Weeks of a series that were counted for thresholds that are new. */
  readonly counted: number;
  /** Weeks whose pieces were put together. */
  readonly merged: number;
  /** Rows that retention removed. */
  readonly removed: number;
  /** Whether there is more to do at once. */
  readonly hasMore: boolean;
}

/** A report of nothing. */
export const NOTHING_DONE: UpkeepReport = { sealed: 0, counted: 0, merged: 0, removed: 0, hasMore: false };

/** A value and the greatest of it that is counted, of a check. */
export interface SealedThreshold {
  readonly check: string;
  readonly value: string;
  readonly withinMicros: number;
}

/** How much of a threshold's sealed past is counted, in weeks of a series. */
export interface ThresholdProgress extends SealedThreshold {
  readonly isCounted: boolean;
  readonly done: number;
  readonly total: number;
}

/**
 * What is sealed: observations of closed hours in compressed columns, and what was counted of them. They are there
 * either in the journal or here, never in both, and count as the journal's entries count.
 */
export interface Archive {
  /** Every series with sealed observations. */
  sealed(): AsyncIterable<SealedSeries>;
  /** What agents last said of themselves in sealed batches, as `evaluate/agents-seen.ts` keeps it (JSON). */
  sealedAgents(): Promise<readonly string[]>;
  /** Sealed observations in `[fromMs, toMs)`; series without any are left out. Keep intervals to about a week. */
  sealedRuns(request: SealedRunsRequest): Promise<readonly SeriesRuns[]>;
  /** Durations of the sealed runs in `[fromMs, toMs)`; series without any run may be left out. */
  durationSketches(interval: { readonly fromMs: number; readonly toMs: number }): Promise<readonly SeriesSketch[]>;
  /**
   * An exact quantile of `total` (nearest rank) over the sealed runs in `[fromMs, toMs)` that were up and measured it and
   * those that are given besides; series of which nothing is sealed are left out. Every run is looked at: a week of a
   * thousand checks takes the better part of a second.
   */
  durationQuantiles(request: QuantileRequest): Promise<readonly SeriesQuantile[]>;
  /**
   * Has thresholds counted from now on, and their past by `upkeep`, some weeks a step; resolves at once with how far each
   * is.
   */
  prepareThresholds(wanted: readonly SealedThreshold[]): Promise<readonly ThresholdProgress[]>;
  /** Counts of the sealed runs; of a threshold whose past is not counted yet, once it is: that may take long. */
  thresholdWeeks(threshold: SealedThreshold): Promise<readonly PackedThresholdWeek[]>;
  /** Stretches that were found damaged. */
  damages(): Promise<readonly Damage[]>;
  /** What retention has left. */
  covered(): Promise<Covered>;
  /** Resolves when upkeep moves nothing; until the returned function is called nothing leaves the journal. */
  holdStill(): Promise<() => void>;
  /**
   * Does one step of what is due at `nowMs`: seals closed hours, puts pieces of closed weeks together, lets go of what
   * is older than `retention` says and gives its room back.
   */
  upkeep(nowMs: number, retention?: Retention): Promise<UpkeepReport>;
}
