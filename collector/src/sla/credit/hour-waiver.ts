import { exactMoneyText } from '../money.ts';
import { rational, sum } from '../rational.ts';
import { priceOfTime } from './multiplier.ts';
import { lengthText, timeText } from './pricing.ts';
import type { ScheduleKind } from './schedule-kind.ts';
import type { ScheduleOf } from './terms.ts';

/** A clock hour with more bad time than that is not charged, without anybody asking for it. */
export const hourWaiver: ScheduleKind<ScheduleOf<'automatic_hour_waiver'>> = {
  needs: 'downtime',
  owe({ moreThanMs }, { hours }, context) {
    const waived = hours.filter(({ badMs }) => badMs > moreThanMs);
    const free = sum(waived.map(({ lengthMs }) => rational(lengthMs)));
    const minor = priceOfTime(free, context);
    const { fee, currency } = context.base;
    const names = waived.map(
      ({ name, badMs, lengthMs }) => `${name} (${timeText(badMs)} of ${timeText(lengthMs)} bad)`,
    );
    const price = `${exactMoneyText(fee, currency)} × ${timeText(free)} / ${timeText(context.periodMs)} = ${exactMoneyText(minor, currency)}`;
    return {
      minor,
      steps: [
        {
          rule: `clock hours with more than ${timeText(moreThanMs)} bad`,
          figure: names.length === 0 ? 'none' : names.join(', '),
        },
        { rule: 'price of those hours', figure: price },
      ],
    };
  },
  describe: ({ moreThanMs }) => `a clock hour with more than ${lengthText(moreThanMs)} of downtime is not charged`,
};
