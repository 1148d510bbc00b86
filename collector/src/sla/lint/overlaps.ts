import { monthly, share } from './lint-text.ts';
import type { LintRule } from './linted.ts';
import { neighbours, tablesOf } from './tables.ts';

/** Shares for which the printed table says two things. */
export const overlaps: LintRule = (contract) =>
  tablesOf(contract).flatMap((table) =>
    neighbours(table).flatMap(({ row, next }) => {
      const isTwice = row.tier.belowPpb === next.tier.belowPpb;
      const end = row.tier.atLeastPpb;
      if (!isTwice && (end === null || next.tier.belowPpb <= end)) return [];
      const owed = `${monthly(row.tier.credit, table.fee)} by one row, ${monthly(next.tier.credit, table.fee)} by the other`;
      const message = isTwice
        ? `overlap: two rows begin below ${share(row.tier.belowPpb)}; the first of them is taken`
        : `overlap: from ${share(end ?? 0)} up to ${share(next.tier.belowPpb)} two rows apply; the lower one is taken`;
      const at = isTwice ? row.tier.belowPpb - 1 : (end ?? 0);
      return [{ path: [...next.path, 'below'], message, example: `${share(at)} owes ${owed}` }];
    }),
  );
