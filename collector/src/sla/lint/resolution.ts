import { isLess, rational } from '../rational.ts';
import { allowedMs, minutes, share } from './lint-text.ts';
import type { Contradiction, LintedContract, LintedObjective, LintRule } from './linted.ts';

/** A share that measuring so seldom cannot tell: a single failed run is more than all that it allows. */
export const resolution: LintRule = (contract) =>
  contract.objectives.flatMap((objective, index) => [
    ...tooFine(objective, { ppb: objective.targetPpb, path: ['objectives', index, 'target'] }),
    ...rewardsTooFine(contract, objective),
  ]);

function rewardsTooFine({ money }: LintedContract, objective: LintedObjective): Contradiction[] {
  return (money?.rewards ?? []).flatMap((reward, index) => {
    if (reward.objective !== objective.id || reward.atLeastPpb === objective.targetPpb) return [];
    return tooFine(objective, { ppb: reward.atLeastPpb, path: ['rewards', index, 'at_least'] });
  });
}

function tooFine(
  { period, checks, countsTime }: LintedObjective,
  { ppb, path }: { readonly ppb: number; readonly path: Contradiction['path'] },
): Contradiction[] {
  const allowed = allowedMs(ppb, period.longestMs);
  const coarse = checks.find(({ everyMs }) => isLess(allowed, rational(everyMs)));
  // 100 % is a promise of no failure at all: that one run breaks it is what it says.
  if (!countsTime || coarse === undefined || allowed.n === 0n) return [];
  return [
    {
      path,
      message: `${coarse.id} is looked at every ${minutes(coarse.everyMs)}, too seldom to tell ${share(ppb)}`,
      example: `${share(ppb)} allows ${minutes(allowed)} in the longest period, and whatever is seen down counts for ${minutes(coarse.everyMs)}`,
    },
  ];
}
