import { describeDowntime } from './downtime.ts';
import { owePrice } from './multiplier.ts';
import type { ScheduleKind } from './schedule-kind.ts';
import type { ScheduleOf } from './terms.ts';

/** Lost time is not charged: its part of the fee comes back. */
export const prorata: ScheduleKind<ScheduleOf<'prorata'>> = {
  needs: 'downtime',
  owe: ({ downtime }, reading, context) => owePrice({ times: 1, downtime }, reading, context),
  describe: ({ downtime }) => `the price ${describeDowntime(downtime)}`,
};
