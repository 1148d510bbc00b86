import type { CalendarPeriod } from '@nines/shared/time/calendar.ts';
import type { OpenHours } from '@nines/shared/time/open-hours.ts';
import type { Indicator } from './indicator.ts';
import type { Profile } from './profile.ts';

/** Over which time the promise is judged: a calendar period in the contract's zone, or the last `lengthMs`. */
export type ObjectivePeriod =
  | { readonly kind: 'calendar'; readonly calendar: CalendarPeriod }
  | { readonly kind: 'rolling'; readonly lengthMs: number };

/** One promise of one version of a contract. `targetPpb` is the least share that keeps it, in parts per billion. */
export interface Objective {
  readonly customer: string;
  readonly contract: string;
  readonly contractVersion: number;
  readonly id: string;
  /** The service of the catalogue that it is about; `null` when the contract names none. */
  readonly service: string | null;
  readonly indicator: Indicator;
  readonly profile: Profile;
  readonly targetPpb: number;
  readonly period: ObjectivePeriod;
  /** Only these hours are promised; `null`: all hours. */
  readonly calendar: OpenHours | null;
  readonly timeZone: string;
  /** Only `[from, to)` is judged by this version; `null` without a beginning, without an end. */
  readonly effectiveFromMs: number | null;
  readonly effectiveToMs: number | null;
}
