import { monthly, share } from './lint-text.ts';
import type { LintRule } from './linted.ts';

/** A reward for no more than what was promised, or for less. */
export const easyRewards: LintRule = ({ money, objectives }) =>
  (money?.rewards ?? []).flatMap(({ objective: id, atLeastPpb, reward }, index) => {
    const objective = objectives.find((one) => one.id === id);
    if (money === null || objective === undefined || atLeastPpb > objective.targetPpb) return [];
    const earned =
      reward.kind === 'bonus' ? `earns ${monthly(reward.rate, money.fee)} a month` : 'takes earlier credits back';
    const isLower = atLeastPpb < objective.targetPpb;
    return [
      {
        path: ['rewards', index, 'at_least'],
        message: `${isLower ? 'below' : 'no higher than'} the target of ${share(objective.targetPpb)}: a reward ${isLower ? 'for a broken promise' : 'for what is owed anyway'}`,
        example: `${share(atLeastPpb)} ${isLower ? 'breaks' : 'just keeps'} the promise and ${earned}`,
      },
    ];
  });
