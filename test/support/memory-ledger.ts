import { GENESIS, linkEntry } from '../../collector/src/ledger/chain.ts';
import type { EntryDraft, LedgerEntry, LedgerHead, LedgerRequest } from '../../collector/src/store/ledger.ts';

/** The audit log of a `MemoryStore`. */
export class MemoryLedger {
  readonly #entries: LedgerEntry[] = [];

  get head(): LedgerHead {
    const { sequence, hash } = this.#entries.at(-1) ?? GENESIS;
    return { sequence, hash };
  }

  append(draft: EntryDraft, afterSequence: number): LedgerEntry | null {
    const newest = this.#entries.findLast(({ subject }) => subject === draft.subject);
    if ((newest?.sequence ?? 0) !== afterSequence) return null;
    const entry = structuredClone(linkEntry(draft, this.head));
    this.#entries.push(entry);
    return entry;
  }

  *read({ after = 0, subject, except = [] }: LedgerRequest): Generator<LedgerEntry> {
    yield* this.#entries.filter(
      (entry) =>
        entry.sequence > after &&
        (subject === undefined || entry.subject === subject) &&
        !except.includes(entry.action),
    );
  }
}
