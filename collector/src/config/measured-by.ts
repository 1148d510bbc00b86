import type { Indicator } from '../sla/indicator.ts';
import type { Profile } from '../sla/profile.ts';

/** What is measured, and by which rules it is counted. */
export interface MeasuredBy {
  readonly indicator: Indicator;
  readonly profile: Profile;
  /** Names of the calendars of a duration target's limits, in their order; `null` where none is named. */
  readonly limitCalendars: readonly (string | null)[];
}

export function measuredBy(indicator: Indicator, profile: Profile): MeasuredBy {
  return { indicator, profile, limitCalendars: [] };
}
