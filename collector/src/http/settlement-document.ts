import { formatInstant } from '@nines/shared/time/calendar.ts';
import type { Step } from '../sla/credit/reading.ts';
import type { Band, SettledLine, Settlement } from '../sla/credit/settle.ts';
import { amountText, type Currency, exactAmountText } from '../sla/money.ts';

/** Amounts as decimal text of the currency, never a float; `low` is owed for certain, `high` at most. */
type AmountDocument = Band<string>;

/** What one contract owes and has earned for one period, with every step of the arithmetic. */
export interface SettlementDocument {
  readonly period: {
    readonly name: string;
    readonly from: string;
    readonly to: string;
    readonly from_ms: number;
    readonly ends_ms: number;
    readonly running: boolean;
  };
  readonly currency: string;
  /** Of the period; exact, so it may go on beyond the minor unit. */
  readonly fee: string;
  readonly credit: AmountDocument;
  readonly reward: AmountDocument;
  /** Credit less reward. */
  readonly net: AmountDocument;
  readonly credits: readonly LineDocument[];
  readonly rewards: readonly LineDocument[];
  readonly steps: Band<readonly Step[]>;
}

/** One term: exact amounts, before the contract's limit and before they are rounded. */
export interface LineDocument {
  readonly objective: string;
  readonly terms: string;
  readonly low: string;
  readonly high: string;
  /** What the customer may do besides. */
  readonly right: string | null;
  /** Facts that nobody has found out yet. */
  readonly open: readonly string[];
  readonly steps: Band<readonly Step[]>;
}

export function settlementDocument(settlement: Settlement, timeZone: string): SettlementDocument {
  const { period, currency } = settlement;
  return {
    period: {
      name: period.name,
      from: formatInstant(period.fromMs, timeZone),
      to: formatInstant(period.toMs, timeZone),
      from_ms: period.fromMs,
      ends_ms: period.toMs,
      running: period.isRunning,
    },
    currency: currency.code,
    fee: exactAmountText(settlement.fee, currency),
    credit: amounts(settlement.credit, currency),
    reward: amounts(settlement.reward, currency),
    net: amounts(settlement.net, currency),
    credits: settlement.credits.map((line) => lineDocument(line, currency)),
    rewards: settlement.rewards.map((line) => lineDocument(line, currency)),
    steps: settlement.steps,
  };
}

export function lineDocument(line: SettledLine, currency: Currency): LineDocument {
  return {
    objective: line.objective,
    terms: line.sentence,
    low: exactAmountText(line.exact.low, currency),
    high: exactAmountText(line.exact.high, currency),
    right: line.right,
    open: line.open,
    steps: line.steps,
  };
}

function amounts({ low, high }: Band<number>, currency: Currency): AmountDocument {
  return { low: amountText(low, currency), high: amountText(high, currency) };
}
