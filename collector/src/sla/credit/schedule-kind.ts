import type { Currency } from '../money.ts';
import type { CreditContext, Owed } from './pricing.ts';
import type { PeriodReading } from './reading.ts';

/** What a kind of schedule needs to be told: without it nothing could be computed, so the configuration is refused. */
export type Needs = 'share' | 'downtime' | 'incidents';

/** One kind of schedule. Another file of this shape and a line in `schedules.ts` make another kind. */
export interface ScheduleKind<Schedule> {
  readonly needs: Needs;
  /** What is owed before caps, for a period of which nothing is open. */
  readonly owe: (schedule: Schedule, reading: PeriodReading, context: CreditContext) => Owed;
  /** One clause in plain English: `10 % below 99.95 %, 25 % below 99 %`. */
  readonly describe: (schedule: Schedule, currency: Currency) => string;
}
