import { allowedMs, EXAMPLE_MS, minutes, monthly, nothing, share } from './lint-text.ts';
import type { Contradiction, LintedContract, LintRule } from './linted.ts';
import { neighbours, type Table, tablesOf } from './tables.ts';

/** Shares for which the printed table says nothing: below the target and above its first row, or between two rows. */
export const gaps: LintRule = (contract) =>
  tablesOf(contract).flatMap((table) => [...(isCovered(table, contract) ? [] : atTheTop(table)), ...between(table)]);

/** Whether another credit of the objective owes something above this table's first row. */
function isCovered({ term, objective }: Table, { money }: LintedContract): boolean {
  const others = (money?.credits ?? []).filter((one) => one !== term && one.objective === term.objective);
  return others.some(({ schedule }) => {
    if (!('tiers' in schedule)) return schedule.kind !== 'non_monetary';
    return schedule.tiers.some(({ belowPpb }) => belowPpb >= (objective?.targetPpb ?? 0));
  });
}

function atTheTop({ objective, rows, fee }: Table): Contradiction[] {
  const [top] = rows;
  if (objective === null || top === undefined || top.tier.belowPpb >= objective.targetPpb) return [];
  const inside = middle(top.tier.belowPpb, objective.targetPpb);
  return [
    {
      path: [...top.path, 'below'],
      message: `gap: from ${share(top.tier.belowPpb)} up to the target of ${share(objective.targetPpb)} the promise is broken and nothing is owed`,
      example: `${share(inside)} (${minutes(allowedMs(inside, EXAMPLE_MS))} of 30 days) owes ${nothing(fee)}, the first row ${monthly(top.tier.credit, fee)}`,
    },
  ];
}

function between(table: Table): Contradiction[] {
  const { fee } = table;
  return neighbours(table).flatMap(({ row, next }) => {
    const end = row.tier.atLeastPpb;
    if (end === null || next.tier.belowPpb >= end) return [];
    const inside = middle(next.tier.belowPpb, end);
    return [
      {
        path: [...row.path, 'at_least'],
        message: `gap: no row says what is owed from ${share(next.tier.belowPpb)} up to ${share(end)}; the better row is taken`,
        example: `${share(inside)} (${minutes(allowedMs(inside, EXAMPLE_MS))} of 30 days) owes ${monthly(row.tier.credit, fee)} by that, ${monthly(next.tier.credit, fee)} by the next row`,
      },
    ];
  });
}

function middle(low: number, high: number): number {
  return Math.floor((low + high) / 2);
}
