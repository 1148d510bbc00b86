import type { Attainment, Verdict } from './attainment.ts';
import type { Scope } from './counted-time.ts';
import { type ExactShares, judge, type Tally } from './judge.ts';
import type { Objective } from './objective.ts';

/** What a method makes of the evidence: everything about an attainment that does not depend on the target. */
export interface Measured
  extends Pick<Attainment, 'unit' | 'scale' | 'excluded' | 'serviceMs' | 'badTime' | 'incidents' | 'uncounted'> {
  readonly tally: Tally;
  /** Shares that the tally does not give (means of shares); `null` when it does. */
  readonly exact: ExactShares | null;
  readonly statistic: Attainment['statistic'];
  /** A verdict that is no comparison of shares (percentiles by an interpolating definition); `null` when it is one. */
  readonly verdict: Verdict | null;
}

/** Judges what was measured by what was promised. */
export function attainmentOf(
  { tally, exact, verdict, ...measured }: Measured,
  { targetPpb, profile }: Pick<Objective, 'targetPpb' | 'profile'>,
  { period, exclusions, notApplied }: Scope,
): Attainment {
  const judged = judge(tally, { targetPpb, unknown: profile.unknown }, exact ?? undefined);
  return {
    ...period,
    ...measured,
    ...judged,
    verdict: verdict ?? judged.verdict,
    reliability: reliabilityOf(measured),
    exclusions: { applied: exclusions, notApplied },
    profile,
  };
}

/** MTTR: counted time / n. MTBF: (service − counted time) / n, so that MTBF / (MTBF + MTTR) is the availability. */
function reliabilityOf({ incidents, serviceMs }: Pick<Measured, 'incidents' | 'serviceMs'>): Attainment['reliability'] {
  const count = incidents.length;
  if (count === 0) return { mttrMs: null, mtbfMs: null };
  const downMs = incidents.reduce((total, { countedMs }) => total + countedMs, 0);
  return { mttrMs: Math.floor(downMs / count), mtbfMs: Math.floor(Math.max(0, serviceMs - downMs) / count) };
}
