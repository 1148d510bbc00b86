import { formatInstant } from '@nines/shared/time/calendar.ts';
import type { RunnersOf } from '../config/runners.ts';
import type { Contract } from '../sla/contract.ts';
import { describeTerm } from '../sla/credit/assess.ts';
import type { Settlement } from '../sla/credit/settle.ts';
import { amountText } from '../sla/money.ts';
import { targetText } from '../sla/percent-text.ts';
import { describeReward } from '../sla/reward/earned.ts';
import { type ContractTerm, contractTerms } from '../wording/contract-terms.ts';
import { objectiveSentence } from '../wording/objective-sentence.ts';
import { type SettlementDocument, settlementDocument } from './settlement-document.ts';

/** One version of a contract, as the API gives it. */
export interface ContractDocument {
  readonly id: string;
  readonly customer: string;
  readonly version: number;
  /** It may still change. */
  readonly draft: boolean;
  /** SHA-256 of `canonical`, which `GET /api/v1/contracts/:id` gives. */
  readonly digest: string;
  readonly effective: { readonly from: string | null; readonly to: string | null };
  readonly time_zone: string;
  readonly objectives: readonly {
    readonly id: string;
    readonly service: string | null;
    readonly target: string;
    /** All that decides its figures, in plain English. */
    readonly sentence: string;
  }[];
  /** What the version says as a whole, in words. */
  readonly terms: readonly ContractTerm[];
  readonly fee: { readonly amount: string; readonly currency: string; readonly per: string } | null;
  readonly credits: readonly TermDocument[];
  readonly rewards: readonly TermDocument[];
}

/** A term about money as one English sentence. */
interface TermDocument {
  readonly objective: string;
  readonly terms: string;
}

/** The same with what is owed and earned, and the text that the digest is of. */
export interface SettledContractDocument extends ContractDocument {
  readonly canonical: string;
  readonly settlements: readonly SettlementDocument[];
}

export function contractDocument(contract: Contract, runnersOf: RunnersOf): ContractDocument {
  const { money, effective } = contract;
  const date = (atMs: number | null) => (atMs === null ? null : formatInstant(atMs, contract.timeZone));
  return {
    id: contract.id,
    customer: contract.customer,
    version: contract.version,
    draft: contract.isDraft,
    digest: contract.digest,
    effective: { from: date(effective.fromMs), to: date(effective.toMs) },
    time_zone: contract.timeZone,
    objectives: contract.objectives.map((objective) => ({
      id: objective.id,
      service: objective.service,
      target: targetText(objective.targetPpb),
      sentence: objectiveSentence(objective, contract, runnersOf),
    })),
    terms: contractTerms(contract),
    fee:
      money === null
        ? null
        : {
            amount: amountText(money.fee.minor, money.fee.currency),
            currency: money.fee.currency.code,
            per: money.fee.per,
          },
    credits:
      money === null
        ? []
        : money.credits.map((term) => ({
            objective: term.objective,
            terms: describeTerm(term, money.fee.currency),
          })),
    rewards:
      money === null
        ? []
        : money.rewards.map((term) => ({ objective: term.objective, terms: describeReward(term, money.fee) })),
  };
}

export function settledContractDocument(
  contract: Contract,
  settlements: readonly Settlement[],
  runnersOf: RunnersOf,
): SettledContractDocument {
  return {
    ...contractDocument(contract, runnersOf),
    canonical: contract.canonical,
    settlements: settlements.map((settlement) => settlementDocument(settlement, contract.timeZone)),
  };
}
