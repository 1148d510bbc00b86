import type { AppliedExclusion, NotApplied } from './exclusions.ts';
import type { Interval } from './interval.ts';
import type { Profile } from './profile.ts';
import type { ShareSum, Workings } from './workings.ts';

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

/** What is counted: milliseconds, runs of checks, slices of the period, events, windows of a schedule, or one statistic. */
export type Unit = 'ms' | 'runs' | 'slices' | 'events' | 'windows' | 'statistic';

/** An exact share: `good / total` with `total` > 0; never rounded. `sum` says how it came to be when it is a mean. */
export interface Share {
  readonly good: bigint;
  readonly total: bigint;
  readonly sum?: ShareSum;
}

/** Something that a figure does not know, or knows besides: how many units of work of that kind there were. */
export interface Caveat {
  /** Callers whom a queue does not take: no source of the figure hears of them, or one does. */
  readonly code: 'refused-not-heard' | 'refused-heard';
  readonly events: number;
  /** Whether they count by what was promised, as bad. */
  readonly isCounted: boolean;
}

/**
 * How an objective stands over `[fromMs, toMs)`. Amounts are integers in 1/`scale` of the unit; their sum and `excluded`
 * is what the period so far holds. Shares in parts per billion are truncated; `null` when there was nothing to count.
 */
export interface Attainment extends JudgedPeriod {
  readonly unit: Unit;
  /** 1 but for means of shares and scores, whose parts of a unit are counted too. */
  readonly scale: number;
  readonly good: number;
  readonly bad: number;
  readonly unknown: number;
  /** Not counted: excluded by the contract. With the denominator `kept` it is in `good`, and 0 here. */
  readonly excluded: number;
  /** What the rest of a running period may still bring. */
  readonly pending: number;
  /** good / (good + bad), exact; and with all that is unknown counted as bad, and as good. */
  readonly shares: { readonly attained: Share | null; readonly low: Share | null; readonly high: Share | null };
  /** Over the whole period, what is open counted as bad, and as good: what the verdict compares with the target. */
  readonly whole: { readonly low: Share | null; readonly high: Share | null };
  readonly attainmentPpb: number | null;
  readonly lowPpb: number | null;
  readonly highPpb: number | null;
  /** (good + bad) / (good + bad + unknown). */
  readonly coveragePpb: number | null;
  /** Judged over the whole period, the part that has not happened yet counting as unknown. */
  readonly verdict: Verdict;
  /** What may go wrong in the whole period, what has, and what is left (negative when overspent), in `unit`. */
  readonly budget: { readonly total: number; readonly used: number; readonly left: number };
  /** Time that was promised in the whole period: service hours less what is excluded (unless the denominator keeps it). */
  readonly serviceMs: number;
  /** Service hours of the whole period, excluded time included. */
  readonly promisedMs: number;
  /** What counts as bad for certain (the unknown taken as good), and what may (taken as bad): apart, in order. */
  readonly badTime: { readonly best: readonly Interval[]; readonly worst: readonly Interval[] };
  /** What to know before the figure is believed; absent when there is nothing. */
  readonly caveats?: readonly Caveat[];
  /** Counted outages, or failed units of work, oldest first. */
  readonly incidents: readonly Incident[];
  /** Outages that do not count, and why. */
  readonly uncounted: readonly UncountedOutage[];
  readonly reliability: Reliability;
  /** The statistic itself, for an objective that promises one. */
  readonly statistic: StatisticFigure | null;
  readonly exclusions: { readonly applied: readonly AppliedExclusion[]; readonly notApplied: readonly NotApplied[] };
  readonly profile: Profile;
  /** What the amounts were put together from, where they do not say it themselves. */
  readonly workings: Workings | null;
}

/** A stretch of counted downtime, or one failed unit of work. */
export interface Incident {
  readonly fromMs: number;
  /** `null` while it goes on. */
  readonly toMs: number | null;
  /** Milliseconds of it that the contract counts: what is excluded is left out. */
  readonly countedMs: number;
  readonly checks: readonly string[];
  /** The agents' locations, or names, that saw it. */
  readonly locations: readonly string[];
  /** The reasons seen, most frequent first. */
  readonly reasons: readonly string[];
}

/** An outage that was seen and does not count. */
export interface UncountedOutage extends Interval {
  readonly why: 'shorter-than-minimum' | 'excluded';
}

/** Means over the counted incidents, truncated; `null` without any. MTBF is the time known to be up between two: up / n. */
export interface Reliability {
  readonly mttrMs: number | null;
  readonly mtbfMs: number | null;
}

/** A statistic as an exact fraction (`null`: unbounded or nothing to count), its limit, and over how many events. */
export interface StatisticFigure {
  readonly value: Share | null;
  readonly atMost: number;
  readonly events: number;
  /** How it came to be; `null` without any value. */
  readonly from: StatisticSource | null;
}

/** All values added up; or the value at a place among them in order, and so many ppb of the way to the next. */
export type StatisticSource =
  | { readonly kind: 'sum'; readonly sum: bigint }
  | {
      readonly kind: 'place';
      readonly place: number;
      readonly weightPpb: number;
      readonly value: number;
      readonly next: number;
    };
