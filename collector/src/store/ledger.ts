import type { CanonicalValue } from '@nines/shared/config/canonical-json.ts';

/** A decision as it is handed to the store, which gives it its place in the chain. */
export interface EntryDraft {
  readonly atMs: number;
  /** Who decided: a person's name, or `nines-collector` for what the program does by itself. */
  readonly actor: string;
  /** What was done, in the past tense: `maintenance.announced`. */
  readonly action: string;
  /** What it was done to: `maintenance/m-1f0c22ab`, `statement/acme-hosting/2026-10`. */
  readonly subject: string;
  /** All that was decided. Objects and lists of text, switches and safe integers. */
  readonly body: CanonicalValue;
}

/** An entry of the audit log. Its `hash` covers everything else in it, and `prevHash` every entry before. */
export interface LedgerEntry extends EntryDraft {
  /** 1, 2, 3 … without a gap. */
  readonly sequence: number;
  /** 64 hexadecimal digits: the hash of the entry before; 64 zeros before the first. */
  readonly prevHash: string;
  /** SHA-256 as 64 hexadecimal digits; see `ledger/chain.ts`. */
  readonly hash: string;
}

/** The end of the chain. Whoever keeps it elsewhere can prove later that nothing before it was changed or taken away. */
export interface LedgerHead {
  /** 0 while there is no entry. */
  readonly sequence: number;
  readonly hash: string;
}

/** Which entries are wanted; all of them when nothing is said. */
export interface LedgerRequest {
  /** Only those behind this sequence. */
  readonly after?: number;
  /** Only those about this. */
  readonly subject?: string;
  /** All but those that did this: the bodies of statements are large. */
  readonly except?: readonly string[];
}

/** What people decided, for good. Every promise here is a test in `test/support/ledger-contract.ts`, which each store runs. */
export interface LedgerStore {
  /**
   * Appends to the chain and resolves with the entry once it is on disk for good; resolves with `null`, and writes
   * nothing, when the newest entry about its subject is not `afterSequence` (0: there is none): somebody decided
   * meanwhile. Nothing that was appended can be changed or removed through the store. Rejects with `RangeError` for a
   * body without a canonical form.
   */
  appendEntry(draft: EntryDraft, afterSequence: number): Promise<LedgerEntry | null>;
  /** The entries that the request names, by sequence; what is appended meanwhile may be left out. */
  ledger(request?: LedgerRequest): AsyncIterable<LedgerEntry>;
  ledgerHead(): Promise<LedgerHead>;
}
