/**
 * How a contract words its calculation. Every figure names the profile that made it, so that a customer can redo it.
 * The order of the rules: reasons that are no failure → consecutive failures (by agent) → quorum → combination of checks
 * → minimum length of an outage → service hours and exclusions → method.
 */
export interface Profile {
  readonly method: Method;
  readonly failure: FailureRule;
  readonly quorum: QuorumRule;
  readonly combination: Combination;
  readonly denominator: Denominator;
  readonly unknown: UnknownPolicy;
}

/**
 * What is counted. `time`: milliseconds. `slices`: slices of the period that are good. `ratio_of_slices`: the unweighted
 * mean of the slices' own shares. `occurrences`: good ones of all. `scored`: the mean score of all.
 */
export type Method =
  | { readonly kind: 'time' }
  | { readonly kind: 'slices'; readonly slice: Slice; readonly rule: SliceRule }
  | { readonly kind: 'ratio_of_slices'; readonly slice: Slice }
  | { readonly kind: 'occurrences' }
  | { readonly kind: 'scored'; readonly bands: readonly ScoreBand[] };

/**
 * Slices are counted from the period's beginning (a rolling period's from 1970); the last may be shorter. A slice of
 * which a part is excluded is judged by the rest; one that is excluded as a whole is not counted.
 */
export interface Slice {
  readonly lengthMs: number;
  /** With fewer samples than this a slice is good: too little happened to call it bad. 1 asks for nothing. */
  readonly minSamples: number;
  /** A slice in which nothing was due: counted as good (as if 0 % failed), or not counted. */
  readonly empty: 'good' | 'skipped';
}

/** When a slice is bad: all of its samples failed, more than half, any, or at least this share of them. */
export type SliceRule =
  | { readonly kind: 'all' | 'majority' | 'any' }
  | { readonly kind: 'error_share'; readonly atLeastPpb: number };

/** A sample scores the first band that it fits: `withinMicros` inclusive, `null` for any length. A failure scores 0. */
export interface ScoreBand {
  readonly withinMicros: number | null;
  readonly scorePpb: number;
}

/** What makes a failure count. */
export interface FailureRule {
  /** An outage shorter than this does not count; one that is as long counts from its first millisecond. 0: all count. */
  readonly minOutageMs: number;
  /** So many failed runs of one agent in a row make it see the check down, from the first of them on. 1: each does. */
  readonly consecutive: number;
  /** Reasons that are no failure by this contract: such a run counts as up. */
  readonly ignoredReasons: readonly string[];
  /** A run that took longer than this is a failure even if it succeeded; `null`: only the check's own timeout is. */
  readonly slowMicros: number | null;
}

/** How many agents must see a check down: one, more than half, all, or this number. */
export type Quorum = 'any' | 'majority' | 'all' | number;

/**
 * With `minReporting` `null` a silent agent might have said anything: the check is down or up only when every answer of
 * the silent gives the same. With a number only those that report are asked, and with fewer of them nothing is known.
 */
export interface QuorumRule {
  readonly need: Quorum;
  readonly minReporting: number | null;
}

/**
 * Several checks as one service. `all`: up while all are up. `any`: up while any is. `at_least`: up while so many are.
 * `weighted`: the mean of each check's own share, by weight (all weights 1: the plain mean).
 */
export type Combination =
  | { readonly kind: 'all' | 'any' }
  | { readonly kind: 'at_least'; readonly up: number }
  | { readonly kind: 'weighted'; readonly weights: readonly number[] };

/** Excluded time leaves the whole that shares are of, or stays in it as good. */
export type Denominator = 'excluded' | 'kept';

/**
 * What the verdict makes of the unknown. `open`: it could still turn either way. The others are assumptions that a
 * contract may make; below `coverageFloorPpb` they are not made, and the unknown is open again.
 */
export interface UnknownPolicy {
  readonly countsAs: 'open' | 'good' | 'bad' | 'nothing';
  readonly coverageFloorPpb: number;
}

/** What a contract that says nothing more means: time, every failure, a majority, all checks, unknown open. */
export const PLAIN_PROFILE: Profile = {
  method: { kind: 'time' },
  failure: { minOutageMs: 0, consecutive: 1, ignoredReasons: [], slowMicros: null },
  quorum: { need: 'majority', minReporting: null },
  combination: { kind: 'all' },
  denominator: 'excluded',
  unknown: { countsAs: 'open', coverageFloorPpb: 0 },
};
