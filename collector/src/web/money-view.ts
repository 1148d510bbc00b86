import type { ContractSettlements } from '../evaluate/settlements.ts';
import type { Band, SettledLine } from '../sla/credit/settle.ts';
import { amountText, type Currency, exactMoneyText } from '../sla/money.ts';

/** What a contract owes and has earned in one period, in words. */
export interface MoneyView {
  readonly customer: string;
  readonly contract: string;
  readonly periodName: string;
  readonly isRunning: boolean;
  /** Whether a credit is owed for certain, perhaps, or not at all. */
  readonly state: 'owed' | 'possible' | 'nothing';
  readonly currency: string;
  /** `0.00`, or `0.00 to 49.90` while something is open. */
  readonly credit: string;
  readonly reward: string;
  readonly net: string;
  readonly lines: readonly MoneyLine[];
}

/** One term, and what it comes to. */
export interface MoneyLine {
  readonly objective: string;
  readonly terms: string;
  readonly amount: string;
  readonly right: string | null;
  readonly open: readonly string[];
}

/** Every settlement, in the order of the configuration. */
export function moneyViews(contracts: readonly ContractSettlements[]): MoneyView[] {
  return contracts.flatMap(({ contract, settlements }) =>
    settlements.map(({ period, currency, credit, reward, net, credits, rewards }) => ({
      customer: contract.customer,
      contract: contract.id,
      periodName: period.name,
      isRunning: period.isRunning,
      state: credit.low > 0 ? 'owed' : credit.high > 0 ? 'possible' : 'nothing',
      currency: currency.code,
      credit: band(credit, (minor) => amountText(minor, currency)),
      reward: band(reward, (minor) => amountText(minor, currency)),
      net: band(net, (minor) => amountText(minor, currency)),
      lines: [...credits, ...rewards].map((line) => moneyLine(line, currency)),
    })),
  );
}

function moneyLine({ objective, sentence, exact, right, open }: SettledLine, currency: Currency): MoneyLine {
  const amount = band(exact, (minor) => exactMoneyText(minor, currency));
  return { objective, terms: sentence, amount, right, open };
}

function band<Amount>({ low, high }: Band<Amount>, write: (amount: Amount) => string): string {
  const [least, most] = [write(low), write(high)];
  return least === most ? least : `${least} to ${most}`;
}
