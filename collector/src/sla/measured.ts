import type { Attainment, Verdict } from './attainment.ts';
import { countedTime, type Scope } from './counted-time.ts';
import { totalMs } from './interval.ts';
import { type ExactShares, judge, type Tally } from './judge.ts';
import type { Objective } from './objective.ts';
import type { Workings } from './workings.ts';

/** What a method makes of the evidence: everything about an attainment that does not depend on the target. */
export interface Measured
  extends Pick<
    Attainment,
    'unit' | 'scale' | 'excluded' | 'serviceMs' | 'badTime' | 'incidents' | 'uncounted' | 'caveats'
  > {
  readonly tally: Tally;
  /** Shares that the tally does not give (means of shares); `null` when it does. */
  readonly exact: ExactShares | null;
  readonly statistic: Attainment['statistic'];
  /** `null` by default: the amounts say it all. */
  readonly workings?: Workings | null;
  /** A verdict that is no comparison of shares (percentiles by an interpolating definition); `null` when it is one. */
  readonly verdict: Verdict | null;
}

/** Judges what was measured by what was promised. */
export function attainmentOf(
  { tally, exact, verdict, workings = null, ...measured }: Measured,
  { targetPpb, profile }: Pick<Objective, 'targetPpb' | 'profile'>,
  scope: Scope,
): Attainment {
  const { period, exclusions, notApplied } = scope;
  const judged = judge(tally, { targetPpb, unknown: profile.unknown }, exact ?? undefined);
  return {
    ...period,
    ...measured,
    ...judged,
    verdict: verdict ?? judged.verdict,
    promisedMs: totalMs(countedTime(scope).promised),
    reliability: reliabilityOf({ ...measured, tally }),
    workings,
    exclusions: { applied: exclusions, notApplied },
    profile,
  };
}

/**
 * MTTR: counted time / n. MTBF: time known to be up / n, so that over a period that was measured as a whole
 * MTBF / (MTBF + MTTR) is the availability; nobody takes time that was not seen, or is to come, for time without failures.
 */
function reliabilityOf({
  unit,
  scale,
  incidents,
  serviceMs,
  tally: { good, bad, unknown, pending },
}: Pick<Measured, 'unit' | 'scale' | 'incidents' | 'serviceMs' | 'tally'>): Attainment['reliability'] {
  const count = incidents.length;
  // A late ticket is no outage: nothing was repaired.
  if (count === 0 || (unit !== 'ms' && unit !== 'slices')) return { mttrMs: null, mtbfMs: null };
  const downMs = incidents.reduce((total, { countedMs }) => total + countedMs, 0);
  const whole = good + bad + unknown + pending;
  const upMs = unit === 'ms' ? Math.floor(good / scale) : Number((BigInt(serviceMs) * BigInt(good)) / BigInt(whole));
  return { mttrMs: Math.floor(downMs / count), mtbfMs: Math.floor(upMs / count) };
}
