import type { RunnersOf } from '../config/runners.ts';
import type { Contract } from '../sla/contract.ts';
import { rateText } from '../sla/credit/pricing.ts';
import { kindOf } from '../sla/credit/schedules.ts';
import type { CreditTerm, MoneyTerms } from '../sla/credit/terms.ts';
import { checksOf } from '../sla/indicator.ts';
import { moneyText } from '../sla/money.ts';
import type { Objective } from '../sla/objective.ts';
import { openHours } from './hours.ts';
import { wordingOf } from './indicators.ts';
import { notCounted } from './maintenance.ts';
import { eachPeriod } from './periods.ts';
import { list, share } from './plain.ts';
import { type Lookers, qualifications, seenBy } from './profile.ts';

/**
 * An objective in one sentence of plain English, and what is owed for it in a second: all that decides its figures. For
 * `check-config`, the API and pages; what it says is what is computed, never the other way round.
 */
export function objectiveSentence(objective: Objective, contract: Contract, runnersOf: RunnersOf): string {
  const { indicator, profile, targetPpb, period, timeZone, calendar } = objective;
  const main = wordingOf(indicator, {
    profile,
    target: share(targetPpb),
    period: eachPeriod(period, timeZone),
    seenBy: seenBy(profile, lookersOf(checksOf(indicator), runnersOf)),
  });
  const parts = [
    main,
    calendar !== null && `only within ${openHours(calendar)}`,
    notCounted(contract.maintenance) ?? false,
  ].filter((part) => part !== false);
  const promise = [parts.join(', '), ...qualifications(profile)].join('; ');
  return [`${title(objective.id)}: ${promise}.`, ...moneySentences(objective.id, contract.money)].join(' ');
}

/** Agents are told apart by where they stand, unless two of them stand in one place; `null` when checks differ. */
function lookersOf(checks: readonly string[], runnersOf: RunnersOf): Lookers {
  const runners = checks.map(runnersOf);
  const isApart = runners.every((all) => new Set(all.map(({ location }) => location)).size === all.length);
  const [count, ...others] = new Set(runners.map((all) => all.length));
  return { word: isApart ? 'locations' : 'agents', count: others.length > 0 || count === undefined ? null : count };
}

/** `first-byte` → `First byte`. */
function title(id: string): string {
  const words = id.replaceAll(/[-_.]/g, ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function moneySentences(objective: string, money: MoneyTerms | null): string[] {
  if (money === null) return [];
  const { fee, rewards } = money;
  const credits = money.credits.filter((term) => term.objective === objective).map((term) => creditClause(term, money));
  const earned = rewards
    .filter((term) => term.objective === objective)
    .map(({ atLeastPpb, forPeriods, reward }) => {
      const what =
        reward.kind === 'bonus'
          ? `a bonus of ${rateText(reward.rate, fee.currency)}`
          : `the credits of the ${reward.periods === 1 ? 'period' : `${reward.periods} periods`} before back`;
      const when = forPeriods === 1 ? 'in a period' : `in ${forPeriods} periods in a row`;
      return `${what} for at least ${share(atLeastPpb)} ${when}`;
    });
  return [
    ...(credits.length > 0 ? [`The credit is ${list(credits)}.`] : []),
    ...(earned.length > 0 ? [`The provider earns ${list(earned)}.`] : []),
  ];
}

function creditClause(
  { schedule, cap, minPayoutMinor, after, fee: own, conditions }: CreditTerm,
  money: MoneyTerms,
): string {
  const { currency } = own ?? money.fee;
  return [
    kindOf(schedule).describe(schedule, currency),
    cap !== null && `at most ${rateText(cap, currency)}`,
    minPayoutMinor !== null && `paid beyond ${moneyText(minPayoutMinor, currency)}`,
    after !== null && `from ${after.periods} missed periods of ${after.of} on`,
    conditions.length > 0 && `if ${list(conditions.map(({ text }) => text))}`,
  ]
    .filter((part) => part !== false)
    .join(', ');
}
