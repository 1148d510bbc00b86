import type { Attainment } from '../attainment.ts';
import type { Objective } from '../objective.ts';
import { explainAmounts, explainShares, explainStatistic } from './amounts.ts';
import type { ExplainedStep, WriteInstant } from './step.ts';
import { explainExclusions, explainIncidents, explainPeriod, explainReliability, explainUnknown } from './time.ts';
import { explainBudget, explainVerdict } from './verdict.ts';

/**
 * An attainment as arithmetic, step by step: from the length of the period to the verdict. Amounts are integers in `unit`
 * (milliseconds for time), shares are written as the sums that give them and as percentages truncated after seven
 * decimals. The rules themselves are the sentence of the contract: `wording/objective-sentence.ts`.
 */
export function explain(
  attainment: Attainment,
  promised: Pick<Objective, 'targetPpb'>,
  instant: WriteInstant,
): ExplainedStep[] {
  const { statistic } = attainment;
  return [
    ...explainPeriod(attainment, instant),
    ...explainExclusions(attainment, instant),
    ...explainIncidents(attainment, instant),
    ...explainUnknown(attainment, instant),
    ...(statistic === null
      ? [...explainAmounts(attainment), ...explainShares(attainment), ...explainBudget(attainment, promised)]
      : explainStatistic(statistic)),
    ...explainVerdict(attainment, promised),
    ...explainReliability(attainment),
  ];
}
