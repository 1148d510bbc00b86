import { type ChecksUp, checksUp, quorumOf, serviceOf } from './combine.ts';
import type { Profile, QuorumRule, Slice, SliceRule } from './profile.ts';

/** Samples of one place in one slice: good ones, bad ones, and such as should have been and nobody saw. */
export interface Samples {
  readonly good: number;
  readonly bad: number;
  readonly open: number;
}

/** How a slice turned out; `empty` when nothing was due in it. */
export type SliceState = 'good' | 'bad' | 'unknown' | 'empty';

const PPB = 1_000_000_000n;

/** Whether so many bad samples of all make a slice bad. */
const IS_BAD: { readonly [Kind in SliceRule['kind']]: (bad: number, all: number, rule: SliceRule) => boolean } = {
  all: (bad, all) => bad === all,
  majority: (bad, all) => 2 * bad > all,
  any: (bad) => bad > 0,
  error_share: (bad, all, rule) =>
    rule.kind === 'error_share' && BigInt(bad) * PPB >= BigInt(rule.atLeastPpb) * BigInt(all),
};

/**
 * One place's slice. Unknown when the samples that nobody saw decide: every rule is the more fulfilled the more samples
 * are bad, so the answers to "all of them good" and "all of them bad" are all there are.
 */
export function judgeSamples({ good, bad, open }: Samples, rule: SliceRule, { minSamples }: Slice): SliceState {
  const all = good + bad + open;
  if (all === 0) return 'empty';
  if (all < minSamples) return 'good';
  const isBad = IS_BAD[rule.kind];
  if (isBad(bad, all, rule)) return 'bad';
  return isBad(bad + open, all, rule) ? 'unknown' : 'good';
}

/** A check's slice over the places that it was seen from. With nobody having seen it the slice is unknown. */
export function judgePlaces(places: readonly SliceState[], rule: QuorumRule): SliceState {
  const votes = { up: 0, down: 0, unknown: 0 };
  for (const state of places) {
    if (state === 'good') votes.up++;
    else if (state === 'bad') votes.down++;
    else if (state === 'unknown') votes.unknown++;
  }
  return STATES[quorumOf(votes, rule)];
}

const STATES = { up: 'good', down: 'bad', unknown: 'unknown' } as const;

/** A service's slice over its checks. */
export function judgeChecks(checks: readonly SliceState[], need: ChecksUp): SliceState {
  const count = (state: SliceState) => checks.filter((one) => one === state).length;
  return STATES[serviceOf({ up: count('good'), down: count('bad'), unknown: count('unknown') }, need)];
}

/** A whole slice: places by check, combined as the profile says. Weighted checks are not combined here: see `weightedMean`. */
export function judgeSlice(
  checks: readonly (readonly Samples[])[],
  { method, quorum, combination }: Profile,
): SliceState {
  if (method.kind !== 'slices') throw new Error(`${method.kind} judges no slices`);
  const states = checks.map((places) =>
    judgePlaces(
      places.map((samples) => judgeSamples(samples, method.rule, method.slice)),
      quorum,
    ),
  );
  // A weighted mean judges one check at a time.
  return judgeChecks(states, combination.kind === 'weighted' ? 'all' : checksUp(combination));
}
