import { decimalText, divide, isLess, ONE, ofPpb, rational, subtract } from '../rational.ts';
import { share } from './lint-text.ts';
import type { LintRule } from './linted.ts';

/** An alert on a burn rate that is not reached even when everything fails: the highest is 1 / (1 − target). */
export const burnAlerts: LintRule = ({ objectives, burnAlerts: rates }) =>
  objectives.flatMap(({ targetPpb }, index) => {
    const budget = subtract(ONE, ofPpb(targetPpb));
    if (budget.n === 0n) return [];
    const highest = divide(ONE, budget);
    const never = rates.filter((rate) => isLess(highest, rational(Math.round(rate * 1_000), 1_000)));
    if (never.length === 0) return [];
    return [
      {
        path: ['objectives', index, 'target'],
        message: `an alert at a burn rate of ${never.join(' or ')} can never fire`,
        example: `with a target of ${share(targetPpb)} a total outage burns at ${decimalText(highest, 2)}`,
      },
    ];
  });
