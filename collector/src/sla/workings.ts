import type { Share } from './attainment.ts';
import type { PercentileRank } from './indicator.ts';
import type { Tally } from './judge.ts';

/**
 * What a figure was put together from, where its amounts alone do not say it: so that everybody can put it together
 * again. It decides nothing.
 */
export type Workings =
  | { readonly kind: 'scores'; readonly scores: readonly ScoredRuns[] }
  | { readonly kind: 'weighted'; readonly parts: readonly WeightedPart[] }
  | { readonly kind: 'percentile'; readonly percentile: PercentileWorkings };

/** So many runs that each scored so much, failed ones 0. */
export interface ScoredRuns {
  readonly runs: number;
  readonly scorePpb: number;
}

/** One check of a weighted mean: its own amounts, in 1/`scale` of the unit. */
export interface WeightedPart {
  readonly name: string;
  readonly weight: number;
  readonly scale: number;
  readonly tally: Tally;
  readonly workings: Workings | null;
}

/** A percentile that is to be at most a limit, and the measured values on both sides of it where they decided. */
export interface PercentileWorkings {
  readonly ppb: number;
  readonly rank: PercentileRank;
  readonly limit: number;
  readonly around: { readonly below: number | null; readonly above: number | null } | null;
}

/** How a share came to be that is no plain ratio. */
export type ShareSum =
  /** (the shares of the slices that were not wholly good, added up + `whole` ones) / `count`. */
  | { readonly kind: 'slices'; readonly shares: readonly Share[]; readonly whole: number; readonly count: number }
  /** The sum of each share by its weight, over all weights. */
  | { readonly kind: 'weighted'; readonly parts: readonly { readonly share: Share; readonly weight: number }[] };
