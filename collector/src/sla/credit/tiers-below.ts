import type { Currency } from '../money.ts';
import { isLess, ONE, ofPpb, type Rational, ZERO } from '../rational.ts';
import { type CreditContext, type Owed, percentText, priceOf, priceStep, rateText } from './pricing.ts';
import type { PeriodReading } from './reading.ts';
import type { ScheduleKind } from './schedule-kind.ts';
import type { ScheduleOf, Tier } from './terms.ts';

/** The row that has the lowest threshold of those that the attained share is strictly below: equality keeps the better. */
export const tiersBelow: ScheduleKind<ScheduleOf<'tiers_below'>> = {
  needs: 'share',
  owe: ({ tiers }, { share }, context) => oweTier(tiers, share, context),
  describe: ({ tiers }, currency) => describeTiers(tiers, currency),
};

/** The row that applies; `null` when the share is below none. */
export function tierFor(tiers: readonly Tier[], share: Rational): Tier | null {
  let found: Tier | null = null;
  for (const tier of tiers) {
    if (isLess(share, ofPpb(tier.belowPpb)) && (found === null || tier.belowPpb < found.belowPpb)) found = tier;
  }
  return found;
}

export function oweTier(tiers: readonly Tier[], share: PeriodReading['share'], { base }: CreditContext): Owed {
  if (share === null) return NOTHING_DUE;
  const tier = tierFor(tiers, share);
  if (tier === null) {
    return {
      minor: ZERO,
      steps: [{ rule: 'row of the table', figure: `${percentText(share)} is below none of them` }],
    };
  }
  const row = `${percentText(share)} is below ${percentText(ofPpb(tier.belowPpb))}`;
  const step = priceStep('credit of that row', { rate: tier.credit, count: ONE, base });
  return { minor: priceOf(tier.credit, base), steps: [{ rule: 'row of the table', figure: row }, step] };
}

/** Nothing was promised in the period, so nothing was missed. */
export const NOTHING_DUE: Owed = {
  minor: ZERO,
  steps: [{ rule: 'nothing was due in the period', figure: 'no credit' }],
};

export function describeTiers(tiers: readonly Tier[], currency: Currency): string {
  return [...tiers]
    .sort((a, b) => b.belowPpb - a.belowPpb)
    .map((tier) => `${rateText(tier.credit, currency)} below ${percentText(ofPpb(tier.belowPpb))}`)
    .join(', ');
}
