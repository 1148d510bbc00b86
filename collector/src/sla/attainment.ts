/** `inconclusive`: what is unknown could still turn it either way. */
export type Verdict = 'met' | 'breached' | 'inconclusive';

/** Which time is judged, and under which name. */
export interface JudgedPeriod {
  readonly fromMs: number;
  /** End of what has been judged: the period's end, or now while it runs. */
  readonly toMs: number;
  /** End of the whole period; later than `toMs` while it runs. */
  readonly periodToMs: number;
  /** `2026-10`, or `rolling 30d`. */
  readonly periodName: string;
}

/**
 * How an objective stands over `[fromMs, toMs)`. All shares are integers in parts per billion, truncated; `good`, `bad`
 * and `unknown` are milliseconds for a time-weighted indicator and runs for a counted one (`unit`).
 */
export interface Attainment extends JudgedPeriod {
  readonly unit: 'ms' | 'runs';
  readonly good: number;
  readonly bad: number;
  readonly unknown: number;
  /** good / (good + bad); `null` when nothing was measured. */
  readonly attainmentPpb: number | null;
  /** Unknown counted as bad, and as good. */
  readonly lowPpb: number | null;
  readonly highPpb: number | null;
  /** (good + bad) / (good + bad + unknown); `null` when the period has no length yet. */
  readonly coveragePpb: number | null;
  /** Judged over the whole period, the part that has not happened yet counting as unknown. */
  readonly verdict: Verdict;
  /** What may go wrong in the whole period, what has, and what is left (negative when overspent), in `unit`. */
  readonly budget: { readonly total: number; readonly used: number; readonly left: number };
  readonly incidents: readonly Incident[];
}

/** A stretch of counted downtime, newest last. */
export interface Incident {
  readonly fromMs: number;
  /** `null` while it goes on. */
  readonly toMs: number | null;
  readonly checks: readonly string[];
  /** The reasons seen, most frequent first. */
  readonly reasons: readonly string[];
}
