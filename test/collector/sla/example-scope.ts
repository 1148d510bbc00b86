import type { Attainment, JudgedPeriod } from '../../../collector/src/sla/attainment.ts';
import type { Scope } from '../../../collector/src/sla/counted-time.ts';
import { attainmentOf, type Measured } from '../../../collector/src/sla/measured.ts';
import { PLAIN_PROFILE, type Profile } from '../../../collector/src/sla/profile.ts';

const DAY_MS = 86_400_000;

/** A period of some length from 1970 on that is over, and of which everything counts. */
export function scopeOver(lengthMs: number, fields: Partial<Scope> = {}): Scope {
  const period: JudgedPeriod = { fromMs: 0, toMs: lengthMs, periodToMs: lengthMs, periodName: 'example' };
  return {
    period,
    nowMs: lengthMs + DAY_MS,
    open: null,
    exclusions: [],
    notApplied: [],
    denominator: 'excluded',
    ...fields,
  };
}

/** What was measured, judged against a target. */
export function judged(
  measured: Measured,
  scope: Scope,
  targetPpb = 999_000_000,
  profile: Profile = PLAIN_PROFILE,
): Attainment {
  return attainmentOf(measured, { targetPpb, profile }, scope);
}
