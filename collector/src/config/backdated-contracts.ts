import type { Mistake } from '@nines/shared/errors.ts';
import { Register } from '../ledger/register.ts';
import type { RecordedContract } from '../store/contracts.ts';
import type { LedgerStore } from '../store/ledger.ts';
import type { Nines } from './nines.ts';

/**
 * Each version that is new here and begins in time of which a statement is frozen: it would judge that time by other words
 * than those that were signed. Rejects with `StoreError`.
 */
export async function findBackdatedContracts(
  { contracts, contractPlaces, path }: Pick<Nines, 'contracts' | 'contractPlaces' | 'path'>,
  recorded: readonly RecordedContract[],
  store: Pick<LedgerStore, 'ledger'>,
): Promise<Mistake[]> {
  const isKnown = new Set(recorded.map(({ contract, version }) => `${contract} ${version}`));
  const fresh = contracts.filter(
    ({ id, version, isDraft }) => version > 1 && !isDraft && !isKnown.has(`${id} ${version}`),
  );
  // The audit log is read for them alone: a new version is rare, and a reload is not to wait for years of statements.
  if (fresh.length === 0) return [];
  const register = new Register();
  for await (const entry of store.ledger({ after: 0 })) register.apply(entry);
  const frozen = register.statements().flatMap((revisions) => revisions.at(-1) ?? []);
  return fresh.flatMap((contract): Mistake[] => {
    const { id, version } = contract;
    const fromMs = contract.effective.fromMs ?? 0;
    const stated = frozen
      .filter((one) => one.contract.id === id && one.contract.version < version && one.period.to_ms > fromMs)
      .toSorted((a, b) => a.period.to_ms - b.period.to_ms)
      .at(-1);
    if (stated === undefined) return [];
    const index = contracts.indexOf(contract);
    const until = new Date(stated.period.to_ms).toISOString();
    const message = `version ${version} of "${id}" begins in ${stated.period.name}, whose statement is frozen by version ${stated.contract.version}: expected a beginning from ${until} on`;
    return [
      { source: path, ...(contractPlaces[index] ?? { line: 0, column: 0 }), path: `contracts[${index}]`, message },
    ];
  });
}
