import type { CalendarPeriod } from '@nines/shared/time/calendar.ts';

/**
 * How many agents must see a check down before it is down. With `n` agents taking part and `k` of them needed (any: 1,
 * majority: ⌊n/2⌋+1, all: n) the answer is known only when every way in which the unknown agents might have answered
 * gives the same one. Who was assigned the check at that time takes part, whether it was ever heard or not.
 */
export type Quorum = 'any' | 'majority' | 'all';

/** What is measured. A service whose indicator names several checks is up while all of them are. */
export type Indicator =
  | { readonly kind: 'availability'; readonly checks: readonly string[]; readonly quorum: Quorum }
  | {
      readonly kind: 'latency';
      readonly checks: readonly string[];
      readonly withinMicros: number;
      readonly value: string;
    };

/** Over which time the promise is judged: a calendar period in the contract's zone, or the last `lengthMs`. */
export type ObjectivePeriod =
  | { readonly kind: 'calendar'; readonly calendar: CalendarPeriod }
  | { readonly kind: 'rolling'; readonly lengthMs: number };

/** One promise of one contract. `targetPpb` is the least share that keeps it, in parts per billion. */
export interface Objective {
  readonly customer: string;
  readonly contract: string;
  readonly id: string;
  readonly indicator: Indicator;
  readonly targetPpb: number;
  readonly period: ObjectivePeriod;
  readonly timeZone: string;
  /** Nothing before this instant is judged; `null` when the contract has no beginning. */
  readonly effectiveFromMs: number | null;
}
