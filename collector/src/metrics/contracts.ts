import { type Exposition, encodeLabels } from '@nines/shared/exposition.ts';
import type { ContractSettlements } from '../evaluate/settlements.ts';
import type { Band, Settlement } from '../sla/credit/settle.ts';

/** `nines_contract_*`: what the periods that run have cost and earned so far, in units of the currency. */
export function writeContractMetrics(exposition: Exposition, contracts: readonly ContractSettlements[]): void {
  for (const { name, help, read } of FIGURES) {
    exposition.family(name, 'gauge', help);
    for (const { contract, settlements } of contracts) {
      const { money, id, customer, version } = contract;
      if (money === null || settlements.length === 0) continue;
      const { code, exponent } = money.fee.currency;
      const minor = settlements.reduce((total, settlement) => total + read(settlement), 0);
      const labels = encodeLabels({ customer, contract: id, version: String(version), currency: code });
      // Here alone money becomes a float: a gauge is for looking at, not for paying.
      exposition.sample(labels, minor / 10 ** exponent);
    }
  }
}

interface Figure {
  readonly name: string;
  readonly help: string;
  readonly read: (settlement: Settlement) => number;
}

const of = (figure: 'credit' | 'reward', end: keyof Band<number>) => (settlement: Settlement) =>
  settlement[figure][end];

const FIGURES: readonly Figure[] = [
  {
    name: 'nines_contract_credit_owed',
    help: 'Credit owed for certain in the periods that run, if nothing more goes wrong.',
    read: of('credit', 'low'),
  },
  {
    name: 'nines_contract_credit_owed_max',
    help: 'The same if all that is unknown was bad and every open condition holds.',
    read: of('credit', 'high'),
  },
  {
    name: 'nines_contract_reward_earned',
    help: 'Reward earned for certain in the periods that run.',
    read: of('reward', 'low'),
  },
  {
    name: 'nines_contract_reward_earned_max',
    help: 'Reward of the periods that run if they end as they stand.',
    read: of('reward', 'high'),
  },
];
