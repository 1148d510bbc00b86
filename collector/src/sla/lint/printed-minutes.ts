import { compare, rational } from '../rational.ts';
import { allowedMs, minutes, share } from './lint-text.ts';
import type { LintRule } from './linted.ts';
import { tablesOf } from './tables.ts';

const DAY_MS = 86_400_000;
/** A month has 28 to 31 days; which of them a printed table means it does not say. */
const [SHORTEST, LONGEST] = [28 * DAY_MS, 31 * DAY_MS];

/** A percentage and the minutes beside it that no month makes equal. */
export const printedMinutes: LintRule = (contract) =>
  tablesOf(contract).flatMap(({ rows }) =>
    rows.flatMap(({ tier, path }) => {
      const printed = tier.printedDowntimeMs;
      if (printed === null) return [];
      const [least, most] = [allowedMs(tier.belowPpb, SHORTEST), allowedMs(tier.belowPpb, LONGEST)];
      if (compare(rational(printed), least) >= 0 && compare(rational(printed), most) <= 0) return [];
      return [
        {
          path: [...path, 'downtime'],
          message: `${minutes(printed)} a month is not ${share(tier.belowPpb)}; the percentage is computed`,
          example: `${share(tier.belowPpb)} allows ${minutes(allowedMs(tier.belowPpb, 30 * DAY_MS))} in 30 days (${minutes(least)} in 28, ${minutes(most)} in 31)`,
        },
      ];
    }),
  );
