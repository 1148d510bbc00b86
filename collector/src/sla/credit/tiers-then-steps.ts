import { add, isLess, ofPpb } from '../rational.ts';
import { describeSteps, oweSteps } from './per-shortfall-step.ts';
import type { ScheduleKind } from './schedule-kind.ts';
import type { ScheduleOf, StepTerms, Tier } from './terms.ts';
import { describeTiers, NOTHING_DUE, oweTier } from './tiers-below.ts';

/** A table whose last row goes on in steps: 30 % below 99 %, and 5 % more for each 0.1 % below that. */
export const tiersThenSteps: ScheduleKind<ScheduleOf<'tiers_then_steps'>> = {
  needs: 'share',
  owe({ tiers, steps }, { share }, context) {
    if (share === null) return NOTHING_DUE;
    const row = oweTier(tiers, share, context);
    const tail = { ...steps, belowPpb: startOf(steps, tiers) };
    if (!isLess(share, ofPpb(tail.belowPpb))) return row;
    const more = oweSteps(tail, share, context);
    return { minor: add(row.minor, more.minor), steps: [...row.steps, ...more.steps] };
  },
  describe({ tiers, steps }, currency) {
    const tail = describeSteps({ ...steps, belowPpb: startOf(steps, tiers) }, currency);
    return `${describeTiers(tiers, currency)}, and more: ${tail}`;
  },
};

/** Where the steps begin: what they say, or the last row's threshold. */
function startOf(steps: StepTerms, tiers: readonly Tier[]): number {
  return steps.belowPpb ?? Math.min(...tiers.map((tier) => tier.belowPpb));
}
