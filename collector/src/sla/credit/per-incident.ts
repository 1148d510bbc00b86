import { multiply, rational } from '../rational.ts';
import { lengthText, priceOf, priceStep, rateText, timeText } from './pricing.ts';
import type { Step } from './reading.ts';
import type { ScheduleKind } from './schedule-kind.ts';
import type { ScheduleOf } from './terms.ts';

/** So much for each outage or missed unit of work: 5 % for each ticket answered too late. */
export const perIncident: ScheduleKind<ScheduleOf<'per_incident'>> = {
  needs: 'incidents',
  owe({ credit, longerThanMs, onePerDay, free }, { incidents }, { base }) {
    const long = longerThanMs > 0 ? incidents.filter(({ countedMs }) => countedMs > longerThanMs) : incidents;
    const number = onePerDay ? new Set(long.map(({ day }) => day)).size : long.length;
    const count = rational(Math.max(0, number - free));
    const steps: Step[] = [{ rule: 'missed in the period', figure: String(incidents.length) }];
    if (longerThanMs > 0) steps.push({ rule: `by more than ${timeText(longerThanMs)}`, figure: String(long.length) });
    if (onePerDay) steps.push({ rule: 'days on which that happened', figure: String(number) });
    if (free > 0) steps.push({ rule: `less ${free} that are free`, figure: String(count.n) });
    return {
      minor: multiply(priceOf(credit, base), count),
      steps: [...steps, priceStep('credit of those', { rate: credit, count, base })],
    };
  },
  describe({ credit, longerThanMs, onePerDay, free }, currency) {
    const longer = longerThanMs > 0 ? ` longer than ${lengthText(longerThanMs)}` : '';
    const after = free > 0 ? ` after the first ${free === 1 ? '' : `${free} `}of a period` : '';
    return `${rateText(credit, currency)} for each miss${longer}${after}${onePerDay ? ', one a day at most' : ''}`;
  },
};
