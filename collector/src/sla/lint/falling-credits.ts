import { isLess } from '../rational.ts';
import { monthly, monthlyPrice, share } from './lint-text.ts';
import type { LintRule } from './linted.ts';
import { neighbours, tablesOf } from './tables.ts';

/** Worse service that costs less: the provider would be better off with a longer outage. */
export const fallingCredits: LintRule = (contract) =>
  tablesOf(contract).flatMap((table) =>
    neighbours(table).flatMap(({ row, next }) => {
      const [better, worse] = [row.tier.credit, next.tier.credit];
      if (!isLess(monthlyPrice(worse, table.fee), monthlyPrice(better, table.fee))) return [];
      return [
        {
          path: [...next.path, 'credit'],
          message: `not monotone: below ${share(next.tier.belowPpb)} less is owed than below ${share(row.tier.belowPpb)}`,
          example: `${monthly(better, table.fee)} for the shorter outage, ${monthly(worse, table.fee)} for the longer one`,
        },
      ];
    }),
  );
