import { isLess, ofPpb } from '../rational.ts';
import { percentText } from './pricing.ts';
import type { PeriodReading, Step } from './reading.ts';
import type { Repetition } from './terms.ts';

/**
 * Whether this period and enough of those before it (newest first) were below the threshold. This one has to be: what
 * happened earlier was due earlier. A period before the contract began was not below.
 */
export function isRepeated(terms: Repetition, current: PeriodReading, earlier: readonly PeriodReading[]): boolean {
  return isBelow(terms, current) && countBelow(terms, [current, ...earlier]) >= terms.periods;
}

export function repetitionStep(terms: Repetition, current: PeriodReading, earlier: readonly PeriodReading[]): Step {
  const count = countBelow(terms, [current, ...earlier]);
  const now = isBelow(terms, current) ? '' : ', this period is not';
  return {
    rule: `periods below ${percentText(ofPpb(terms.belowPpb))} among the last ${terms.of}`,
    figure: `${count} of the ${terms.periods} that it takes${now}`,
  };
}

/** `in 2 consecutive periods below 99.95 %`. */
export function describeRepetition({ belowPpb, periods, of }: Repetition): string {
  const when = periods === of ? (of === 1 ? 'a period' : `${of} consecutive periods`) : `${periods} of ${of} periods`;
  return `after ${when} below ${percentText(ofPpb(belowPpb))}`;
}

function countBelow(terms: Repetition, periods: readonly PeriodReading[]): number {
  return periods.slice(0, terms.of).filter((period) => isBelow(terms, period)).length;
}

function isBelow({ belowPpb }: Repetition, { share }: PeriodReading): boolean {
  return share !== null && isLess(share, ofPpb(belowPpb));
}
