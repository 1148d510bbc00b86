import { isLess } from '../rational.ts';
import { monthly, monthlyPrice, share } from './lint-text.ts';
import type { Contradiction, LintRule } from './linted.ts';
import { tablesOf } from './tables.ts';

/** A cap below what a row promises: that row can never be paid in full. */
export const lowCaps: LintRule = (contract) =>
  tablesOf(contract).flatMap(({ term, rows, fee }) => {
    const limits = [
      { cap: term.cap, at: rows[0]?.path.slice(0, 2).concat('cap') ?? [] },
      { cap: contract.money?.cap ?? null, at: ['credit_limit', 'cap'] },
    ];
    return limits.flatMap(({ cap, at }): Contradiction[] => {
      const beyond =
        cap === null
          ? undefined
          : rows.find((row) => isLess(monthlyPrice(cap, fee), monthlyPrice(row.tier.credit, fee)));
      if (cap === null || beyond === undefined) return [];
      const { tier } = beyond;
      return [
        {
          path: at,
          message: `the cap is below the row of ${share(tier.belowPpb)}: what it promises is never paid`,
          example: `the row says ${monthly(tier.credit, fee)} a month, the cap leaves ${monthly(cap, fee)}`,
        },
      ];
    });
  });
