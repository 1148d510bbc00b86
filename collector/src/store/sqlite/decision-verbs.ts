import { canonicalJson } from '@nines/shared/config/canonical-json.ts';
import type { ContractStore } from '../contracts.ts';
import type { LedgerEntry, LedgerStore } from '../ledger.ts';
import type { StoreThreads } from './store-threads.ts';

/** A statement may have some hundred kilobytes. */
const ENTRIES_A_PAGE = 50;

/** The verbs of what people agreed and decided: contract versions and the audit log. */
export function decisionVerbs(threads: StoreThreads): LedgerStore & ContractStore {
  return {
    appendEntry: async (draft, afterSequence) => {
      // What cannot be hashed is refused here: over there it would end the process.
      canonicalJson(draft.body);
      return threads.write((writer) => writer.ask('appendEntry', { draft, afterSequence }));
    },
    ledger: async function* (request = {}) {
      for (let after: number | null = request.after ?? 0; after !== null; ) {
        const page: readonly LedgerEntry[] = await threads
          .reading()
          .ask('ledger', { ...request, after, limit: ENTRIES_A_PAGE });
        yield* page;
        after = page.length < ENTRIES_A_PAGE ? null : (page.at(-1)?.sequence ?? null);
      }
    },
    ledgerHead: async () => threads.reading().ask('ledgerHead', null),
    recordContracts: async (versions, atMs) => threads.writing().ask('recordContracts', { versions, atMs }),
    contracts: async () => threads.reading().ask('contracts', null),
  };
}
