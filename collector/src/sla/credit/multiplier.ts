import { exactMoneyText } from '../money.ts';
import { divide, multiply, type Rational, rational } from '../rational.ts';
import { countDowntime, describeDowntime, totalOf } from './downtime.ts';
import { type CreditContext, type Owed, timeText } from './pricing.ts';
import type { PeriodReading } from './reading.ts';
import type { ScheduleKind } from './schedule-kind.ts';
import type { DowntimeTerms, ScheduleOf } from './terms.ts';

/** A multiple of what the lost time itself cost: ten or fifty times its part of the fee. */
export const multiplier: ScheduleKind<ScheduleOf<'multiplier'>> = {
  needs: 'downtime',
  owe: ({ times, downtime }, reading, context) => owePrice({ times, downtime }, reading, context),
  describe: ({ times, downtime }) => `${times} times the price ${describeDowntime(downtime)}`,
};

/** The pro-rata price of the counted downtime, `times` over: fee × downtime / length of the period. */
export function owePrice(
  { times, downtime }: { readonly times: number; readonly downtime: DowntimeTerms },
  reading: PeriodReading,
  context: CreditContext,
): Owed {
  const counted = countDowntime(downtime, reading, context);
  const lost = totalOf(counted);
  const minor = multiply(rational(times), priceOfTime(lost, context));
  const fee = exactMoneyText(context.base.fee, context.base.currency);
  const factor = times === 1 ? '' : `${times} × `;
  const together = counted.lengths.map((length) => timeText(length)).join(' + ');
  const several = counted.lengths.length > 1 ? [{ rule: 'together', figure: `${together} = ${timeText(lost)}` }] : [];
  const figure = `${factor}${fee} × ${timeText(lost)} / ${timeText(context.periodMs)} = ${exactMoneyText(minor, context.base.currency)}`;
  return { minor, steps: [...counted.steps, ...several, { rule: 'price of that time', figure }] };
}

/** What so much of the period cost. */
export function priceOfTime(ms: Rational, { base, periodMs }: CreditContext): Rational {
  return multiply(base.fee, divide(ms, rational(periodMs)));
}
