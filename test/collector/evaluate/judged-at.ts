import { periodAround } from '../../../collector/src/evaluate/judged-period.ts';
import type { JudgedPeriod } from '../../../collector/src/sla/attainment.ts';
import type { Objective } from '../../../collector/src/sla/objective.ts';

/** The calendar period of an objective around noon UTC of a day, long after it is over. */
export function judgedAt(objective: Objective, day: string): JudgedPeriod {
  const period = periodAround(objective, Date.parse(`${day}T12:00:00Z`), Date.UTC(2100, 0, 1));
  if (period === null) throw new Error('a rolling period is not cut into periods');
  return period;
}
