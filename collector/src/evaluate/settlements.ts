import type { Contract } from '../sla/contract.ts';
import type { Settlement } from '../sla/credit/settle.ts';
import { rememberEarlierPeriods } from './earlier-periods.ts';
import type { Evaluation } from './evidence.ts';
import { settleContract } from './settle-contract.ts';
import type { Standing } from './standings.ts';

/** A version of a contract and what it owes in the periods that run, one settlement each. */
export interface ContractSettlements {
  readonly contract: Contract;
  readonly settlements: readonly Settlement[];
}

export interface SettlementsOptions {
  readonly contracts: () => readonly Contract[];
  readonly standings: () => Promise<readonly Standing[]>;
  readonly evaluation: () => Evaluation;
}

/** Money moves slowly, and periods that are over are looked at again for it: figures this old are given out again. */
const MAX_AGE_MS = 10_000;

/** What every contract owes so far, computed once for all who ask at about the same time. */
export class Settlements {
  readonly #options: SettlementsOptions;
  #earlierPeriodsOf = rememberEarlierPeriods();
  #computed: { readonly atMs: number; readonly settlements: Promise<readonly ContractSettlements[]> } | null = null;

  constructor(options: SettlementsOptions) {
    this.#options = options;
  }

  /** Versions with a fee, in the order of the configuration. Rejects with `StoreError`; the next call tries again. */
  current(): Promise<readonly ContractSettlements[]> {
    const { nowMs } = this.#options.evaluation();
    const known = this.#computed;
    if (known !== null && Math.abs(nowMs - known.atMs) < MAX_AGE_MS) return known.settlements;
    const computed = { atMs: nowMs, settlements: this.#compute() };
    this.#computed = computed;
    computed.settlements.catch(() => {
      if (this.#computed === computed) this.#computed = null;
    });
    return computed.settlements;
  }

  /** Another configuration is in force, or the past has changed: what was computed is not given out any more. */
  reset(): void {
    this.#computed = null;
    this.#earlierPeriodsOf = rememberEarlierPeriods();
  }

  async #compute(): Promise<ContractSettlements[]> {
    const { contracts, standings, evaluation } = this.#options;
    const judged = new Map((await standings()).map((one) => [one.objective, one]));
    const found: ContractSettlements[] = [];
    const byId = Map.groupBy(contracts(), ({ id }) => id);
    for (const contract of contracts()) {
      if (contract.money === null) continue;
      const own = contract.objectives.flatMap((objective) => judged.get(objective) ?? []);
      const versions = byId.get(contract.id) ?? [];
      const options = { evaluation: evaluation(), versions, earlierPeriodsOf: this.#earlierPeriodsOf };
      found.push({ contract, settlements: await settleContract(contract, own, options) });
    }
    return found;
  }
}
