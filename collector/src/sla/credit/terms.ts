import type { Currency } from '../money.ts';

/** A share as two integers, as a contract writes it: 10 % is 10/100, "1/365" is 1/365. `denominator` > 0. */
export interface Fraction {
  readonly numerator: number;
  readonly denominator: number;
}

/** What one unit of a credit, a cap or a reward comes to: a share of the period's fee or of a year's, or an amount. */
export type Rate =
  | { readonly of: 'fee' | 'annual_fee'; readonly share: Fraction }
  /** In minor units of the fee's currency. */
  | { readonly of: 'amount'; readonly minor: number };

/** What the customer pays. `minor`: integer minor units for each hour, month, quarter or year. */
export interface Fee {
  readonly minor: number;
  readonly currency: Currency;
  readonly per: 'hour' | 'month' | 'quarter' | 'year';
}

/** `floor`: complete blocks or steps. `ceil`: begun ones too. */
export type Rounding = 'floor' | 'ceil';

/**
 * Which downtime counts. `total`: all of the period's. `excess`: what goes beyond the allowance. `total_if_breached`: all
 * of it, once it goes beyond the allowance. `per_incident`: each outage by itself, less the allowance.
 */
export type Counting = 'total' | 'excess' | 'total_if_breached' | 'per_incident';

/** Free downtime: a length, a share of the service time in ppb, or what the objective's target allows. */
export type Allowance =
  | { readonly by: 'length'; readonly ms: number }
  | { readonly by: 'share'; readonly ppb: number }
  | { readonly by: 'target' };

/** How downtime is counted before it is priced. */
export interface DowntimeTerms {
  readonly counting: Counting;
  readonly allowance: Allowance;
  /** Outages that are not longer than this do not count; 0 counts all. Only `per_incident`. */
  readonly longerThanMs: number;
  /** Only the dearest outage of a day in the contract's zone is credited. Only `per_incident`. */
  readonly onePerDay: boolean;
}

/** One row of a table: what is owed when the attained share is strictly below `belowPpb`. */
export interface Tier {
  readonly belowPpb: number;
  readonly credit: Rate;
  /** The lower end of the row and the downtime a month that the text prints beside it; for the linter alone. */
  readonly atLeastPpb: number | null;
  readonly printedDowntimeMs: number | null;
}

/** Credit for each `stepPpb` below `belowPpb` (the objective's target when `null`); `linear`: in proportion. */
export interface StepTerms {
  readonly belowPpb: number | null;
  readonly stepPpb: number;
  readonly credit: Rate;
  readonly rounding: Rounding | 'linear';
}

/** `periods` of the last `of` periods, this one among them, were below `belowPpb`; consecutive ones when they are equal. */
export interface Repetition {
  readonly belowPpb: number;
  readonly periods: number;
  readonly of: number;
}

/** How what is owed follows from what happened: the shapes that hosting contracts have. */
export type Schedule =
  | { readonly kind: 'tiers_below'; readonly tiers: readonly Tier[] }
  | { readonly kind: 'tiers_then_steps'; readonly tiers: readonly Tier[]; readonly steps: StepTerms }
  | {
      readonly kind: 'per_block';
      readonly blockMs: number;
      readonly credit: Rate;
      readonly rounding: Rounding;
      readonly downtime: DowntimeTerms;
    }
  | { readonly kind: 'multiplier'; readonly times: number; readonly downtime: DowntimeTerms }
  | { readonly kind: 'prorata'; readonly downtime: DowntimeTerms }
  | { readonly kind: 'per_shortfall_step'; readonly steps: StepTerms }
  | {
      readonly kind: 'per_incident';
      readonly credit: Rate;
      readonly longerThanMs: number;
      readonly onePerDay: boolean;
      /** The first so many of a period are free. */
      readonly free: number;
    }
  | { readonly kind: 'automatic_hour_waiver'; readonly moreThanMs: number }
  | { readonly kind: 'non_monetary'; readonly remedy: string; readonly after: Repetition };

/** The schedule of one kind. */
export type ScheduleOf<Kind extends Schedule['kind']> = Extract<Schedule, { readonly kind: Kind }>;

/** A fact outside the measurements on which a credit hangs. */
export interface Condition {
  readonly text: string;
  /** `null` until somebody has found out. */
  readonly holds: boolean | null;
  /** That the customer claims in time: a claim that is recorded says so by itself. */
  readonly isClaim?: boolean;
  /** How it is, who found it out, when and by what evidence; absent when the contract itself says it, or nobody knows. */
  readonly found?: string;
}

/** One promise of money: what is owed when one objective is missed. */
export interface CreditTerm {
  readonly objective: string;
  readonly schedule: Schedule;
  /** At most this for a period; `null` without a limit. */
  readonly cap: Rate | null;
  /** What does not go beyond this many minor units is not paid; `null` pays everything. */
  readonly minPayoutMinor: number | null;
  /** Owed only after so many missed periods; `null` from the first on. */
  readonly after: Repetition | null;
  readonly conditions: readonly Condition[];
  /** The fee of the affected service, when percentages are of that and not of the contract's. */
  readonly fee: Fee | null;
}

/** A share of the fee stands at risk, divided among objectives by weight; credits are then shares of their part. */
export interface AtRisk {
  readonly poolPpb: number;
  readonly weights: readonly { readonly objective: string; readonly ppb: number }[];
}

/**
 * What the provider earns: when `objective` was at least `atLeastPpb` in `forPeriods` consecutive periods, it gets back
 * the credits of the `cancelCredit` periods before them, or a bonus.
 */
export interface RewardTerm {
  readonly objective: string;
  readonly atLeastPpb: number;
  readonly forPeriods: number;
  readonly reward:
    | { readonly kind: 'cancel_credit'; readonly periods: number }
    | { readonly kind: 'bonus'; readonly rate: Rate };
  readonly cap: Rate | null;
}

/** Everything about money in one version of a contract. */
export interface MoneyTerms {
  readonly fee: Fee;
  readonly credits: readonly CreditTerm[];
  /** Several credits of a period add up, or only the highest is owed. */
  readonly combine: 'sum' | 'highest';
  /** Limit of all credits of a period together. */
  readonly cap: Rate | null;
  readonly atRisk: AtRisk | null;
  readonly rewards: readonly RewardTerm[];
}
