import type { Evaluation } from '../evaluate/evidence.ts';
import { type Judged, settleContract } from '../evaluate/settle-contract.ts';
import type { Contract } from '../sla/contract.ts';
import { type LineDocument, lineDocument } from './settlement-document.ts';

/** What one objective has cost and earned in a period, term by term, before the limits of its contract. */
export interface ObjectiveMoney {
  /** `null` when the contract says nothing about money. */
  readonly currency: string | null;
  readonly credits: readonly LineDocument[];
  readonly rewards: readonly LineDocument[];
}

export const NO_MONEY: ObjectiveMoney = { currency: null, credits: [], rewards: [] };

/** Rejects with `StoreError`. */
export async function objectiveMoney(
  judged: Judged,
  contracts: readonly Contract[],
  evaluation: Evaluation,
): Promise<ObjectiveMoney> {
  const contract = contracts.find(({ objectives }) => objectives.includes(judged.objective));
  const currency = contract?.money?.fee.currency;
  if (contract === undefined || currency === undefined) return NO_MONEY;
  const versions = contracts.filter(({ id }) => id === contract.id);
  const settlements = await settleContract(contract, [judged], { evaluation, versions });
  return {
    currency: currency.code,
    credits: settlements.flatMap(({ credits }) => credits.map((line) => lineDocument(line, currency))),
    rewards: settlements.flatMap(({ rewards }) => rewards.map((line) => lineDocument(line, currency))),
  };
}
