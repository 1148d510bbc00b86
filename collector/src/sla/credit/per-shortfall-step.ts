import type { Currency } from '../money.ts';
import {
  ceil,
  decimalText,
  divide,
  floor,
  isLess,
  multiply,
  ofPpb,
  type Rational,
  rational,
  subtract,
  ZERO,
} from '../rational.ts';
import { type Base, type CreditContext, type Owed, percentText, priceOf, priceStep, rateText } from './pricing.ts';
import type { Step } from './reading.ts';
import type { ScheduleKind } from './schedule-kind.ts';
import type { ScheduleOf, StepTerms } from './terms.ts';
import { NOTHING_DUE } from './tiers-below.ts';

/** So much for each step of percentage points below the target: complete steps, begun ones too, or in proportion. */
export const perShortfallStep: ScheduleKind<ScheduleOf<'per_shortfall_step'>> = {
  needs: 'share',
  owe: ({ steps }, { share }, context) => (share === null ? NOTHING_DUE : oweSteps(steps, share, context)),
  describe: ({ steps }, currency) => describeSteps(steps, currency),
};

/** What the shortfall below `belowPpb` (or the target) costs; nothing at or above it. */
export function oweSteps(terms: StepTerms, share: Rational, { base, targetPpb }: CreditContext): Owed {
  const threshold = ofPpb(terms.belowPpb ?? targetPpb);
  if (!isLess(share, threshold)) {
    const figure = `${percentText(share)} is not below ${percentText(threshold)}`;
    return { minor: ZERO, steps: [{ rule: 'shortfall', figure }] };
  }
  const shortfall = subtract(threshold, share);
  const count = countOf(shortfall, terms);
  const steps: Step[] = [
    { rule: 'shortfall', figure: `${percentText(threshold)} − ${percentText(share)} = ${percentText(shortfall)}` },
    {
      rule: ROUNDING[terms.rounding],
      figure: `${percentText(shortfall)} / ${percentText(ofPpb(terms.stepPpb))} ${terms.rounding === 'linear' ? '=' : '→'} ${decimalText(count, 7)}`,
    },
    priceStep('credit of the steps', { rate: terms.credit, count, base }),
  ];
  return { minor: priceSteps(terms, count, base), steps };
}

function priceSteps(terms: StepTerms, count: Rational, base: Base): Rational {
  return multiply(priceOf(terms.credit, base), count);
}

function countOf(shortfall: Rational, { stepPpb, rounding }: StepTerms): Rational {
  const steps = divide(shortfall, ofPpb(stepPpb));
  switch (rounding) {
    case 'floor':
      return rational(floor(steps));
    case 'ceil':
      return rational(ceil(steps));
    case 'linear':
      return steps;
  }
}

const ROUNDING = {
  floor: 'complete steps',
  ceil: 'steps, begun ones too',
  linear: 'steps in proportion',
} as const satisfies Record<StepTerms['rounding'], string>;

export function describeSteps(terms: StepTerms, currency: Currency): string {
  const each = { floor: 'each', ceil: 'each (or part of)', linear: 'in proportion for each' }[terms.rounding];
  const below = terms.belowPpb === null ? 'the target' : percentText(ofPpb(terms.belowPpb));
  return `${rateText(terms.credit, currency)} ${each} ${percentText(ofPpb(terms.stepPpb))} below ${below}`;
}
