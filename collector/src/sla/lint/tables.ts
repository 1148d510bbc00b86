import type { CreditTerm, Fee, Tier } from '../credit/terms.ts';
import type { LintedContract, LintedObjective } from './linted.ts';

/** One row of a table, and where it stands. */
export interface Row {
  readonly tier: Tier;
  readonly path: readonly (string | number)[];
}

/** A table of tiers with what it belongs to; rows from the best share down, whatever their order in the file. */
export interface Table {
  readonly term: CreditTerm;
  readonly fee: Fee;
  readonly objective: LintedObjective | null;
  readonly rows: readonly Row[];
}

/** Every table of a contract. */
export function tablesOf({ money, objectives }: LintedContract): Table[] {
  if (money === null) return [];
  return money.credits.flatMap((term, index) => {
    if (!('tiers' in term.schedule)) return [];
    const rows = term.schedule.tiers.map((tier, row) => ({ tier, path: ['credits', index, 'tiers', row] }));
    return [
      {
        term,
        fee: term.fee ?? money.fee,
        objective: objectives.find(({ id }) => id === term.objective) ?? null,
        rows: rows.toSorted((a, b) => b.tier.belowPpb - a.tier.belowPpb),
      },
    ];
  });
}

/** Each row with the next worse one. */
export function neighbours({ rows }: Table): { readonly row: Row; readonly next: Row }[] {
  return rows.flatMap((row, index) => {
    const next = rows[index + 1];
    return next === undefined ? [] : [{ row, next }];
  });
}
