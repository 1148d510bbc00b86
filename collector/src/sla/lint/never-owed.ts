import type { CreditTerm } from '../credit/terms.ts';
import { minutes, nothing, share } from './lint-text.ts';
import type { Contradiction, LintedObjective, LintRule } from './linted.ts';

/** Terms that nothing can fulfil, so that nothing is ever owed by them. */
export const neverOwed: LintRule = ({ money, objectives }) =>
  (money?.credits ?? []).flatMap((term, index) => {
    const objective = objectives.find(({ id }) => id === term.objective);
    if (money === null || objective === undefined) return [];
    const owes = `even if all of it is down, ${nothing(money.fee)} is owed`;
    return reasons(term, objective).map(({ key, message }): Contradiction => {
      return { path: ['credits', index, ...key], message, example: owes };
    });
  });

const HOUR_MS = 3_600_000;

interface Reason {
  readonly key: readonly (string | number)[];
  readonly message: string;
}

function reasons({ schedule }: CreditTerm, { period }: LintedObjective): Reason[] {
  const longest = period.longestMs;
  const found: Reason[] = [];
  if ('tiers' in schedule) {
    for (const [row, { belowPpb }] of schedule.tiers.entries()) {
      if (belowPpb === 0)
        found.push({ key: ['tiers', row, 'below'], message: `unreachable: nothing is below ${share(0)}` });
    }
  }
  if (schedule.kind === 'per_block' && schedule.blockMs > longest && schedule.rounding === 'floor')
    found.push({ key: ['block'], message: `unreachable: a block is longer than the period (${minutes(longest)})` });
  if (schedule.kind === 'automatic_hour_waiver' && schedule.moreThanMs >= HOUR_MS)
    found.push({ key: ['more_than'], message: 'unreachable: an hour has no more than 60 min' });
  const longerThanMs = 'downtime' in schedule ? schedule.downtime.longerThanMs : 0;
  if (longerThanMs >= longest)
    found.push({
      key: ['longer_than'],
      message: `unreachable: no outage is longer than the period (${minutes(longest)})`,
    });
  return found;
}
