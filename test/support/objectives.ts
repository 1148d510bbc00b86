import type { Availability, Indicator, Latency } from '../../collector/src/sla/indicator.ts';
import type { Objective } from '../../collector/src/sla/objective.ts';
import { PLAIN_PROFILE, type Profile, type Quorum } from '../../collector/src/sla/profile.ts';

/** A promise of 99.9 % of a calendar month in Berlin that checks are up, unless the fields say otherwise. */
export function anObjective(indicator: Indicator, fields: Partial<Objective> = {}): Objective {
  return {
    customer: 'acme',
    contract: 'acme-hosting',
    contractVersion: 1,
    id: 'uptime',
    service: null,
    indicator,
    profile: PLAIN_PROFILE,
    targetPpb: 999_000_000,
    period: { kind: 'calendar', calendar: { unit: 'month' } },
    calendar: null,
    timeZone: 'Europe/Berlin',
    effectiveFromMs: null,
    effectiveToMs: null,
    ...fields,
  };
}

export function areUp(...checks: string[]): Availability {
  return { kind: 'availability', checks };
}

/** Runs of a check whose whole duration is at most a limit. */
export function isFast(check: string, withinMicros: number): Latency {
  return { kind: 'latency', checks: [check], value: 'total', withinMicros, rank: 'share' };
}

/** The plain profile with a quorum. */
export function seenBy(need: Quorum, minReporting: number | null = null): Profile {
  return { ...PLAIN_PROFILE, quorum: { need, minReporting } };
}
