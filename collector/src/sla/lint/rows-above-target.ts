import { monthly, share } from './lint-text.ts';
import type { LintRule } from './linted.ts';
import { tablesOf } from './tables.ts';

/** A credit for a promise that was kept. */
export const rowsAboveTarget: LintRule = (contract) =>
  tablesOf(contract).flatMap(({ objective, rows, fee }) =>
    rows.flatMap(({ tier, path }) => {
      if (objective === null || tier.belowPpb <= objective.targetPpb) return [];
      return [
        {
          path: [...path, 'below'],
          message: `a row above the target of ${share(objective.targetPpb)}: it owes a credit although the promise was kept`,
          example: `${share(objective.targetPpb)} keeps the promise and owes ${monthly(tier.credit, fee)} a month`,
        },
      ];
    }),
  );
