import type { Repetition } from '../credit/terms.ts';
import { minutes, nothing } from './lint-text.ts';
import type { Contradiction, LintedContract, LintRule } from './linted.ts';

/** Periods that do not fit each other: money of one without an end, repetitions longer than the contract, early claims. */
export const spans: LintRule = (contract) => {
  const { money } = contract;
  if (money === null) return [];
  return [
    ...money.credits.flatMap(({ objective, schedule, after }, index) => [
      ...endless(contract, { objective, path: ['credits', index, 'objective'] }),
      ...tooLong(contract, {
        objective,
        repetition: schedule.kind === 'non_monetary' ? schedule.after : after,
        path: ['credits', index, 'after'],
      }),
      ...claimTooEarly(contract, { objective, path: ['claim_window'], isFirst: index === 0 }),
    ]),
    ...money.rewards.flatMap(({ objective, forPeriods, atLeastPpb }, index) => [
      ...endless(contract, { objective, path: ['rewards', index, 'objective'] }),
      ...tooLong(contract, {
        objective,
        repetition: { belowPpb: atLeastPpb, periods: forPeriods, of: forPeriods },
        path: ['rewards', index, 'for_periods'],
      }),
    ]),
  ];
};

interface Scope {
  readonly objective: string;
  readonly path: Contradiction['path'];
}

function endless({ objectives }: LintedContract, { objective, path }: Scope): Contradiction[] {
  const isRolling = objectives.some(({ id, isRolling: rolls }) => id === objective && rolls);
  if (!isRolling) return [];
  const message = `the period of ${objective} is rolling: it never ends, so nothing about it is ever settled`;
  const example = 'one outage of 60 min stands in 30 days of figures and in no statement: use a calendar period';
  return [{ path, message, example }];
}

function tooLong(
  { objectives, bindsMs }: LintedContract,
  { objective, repetition, path }: Scope & { readonly repetition: Repetition | null },
): Contradiction[] {
  const promised = objectives.find(({ id }) => id === objective);
  if (bindsMs === null || repetition === null || promised === undefined) return [];
  const needs = repetition.periods * promised.period.shortestMs;
  if (needs <= bindsMs) return [];
  const message = `${repetition.periods} periods of ${objective} are longer than this version binds: it never comes to that`;
  return [{ path, message, example: `it takes at least ${minutes(needs)}, the version binds ${minutes(bindsMs)}` }];
}

const DAY_MS = 86_400_000;

/** A month's invoice is not there the day after: a claim has to be possible once the figures are. */
function claimTooEarly(
  { claimMs, money }: LintedContract,
  { path, isFirst }: Scope & { readonly isFirst: boolean },
): Contradiction[] {
  if (claimMs === null || money === null || !isFirst || claimMs > 2 * DAY_MS) return [];
  const message = 'shorter than it takes until the figures of a period are settled (late data may come for two days)';
  return [
    { path, message, example: `whoever reads the statement after ${minutes(claimMs)} gets ${nothing(money.fee)}` },
  ];
}
