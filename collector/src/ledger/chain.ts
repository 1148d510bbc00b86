import { createHash } from 'node:crypto';
import { canonicalJson } from '@nines/shared/config/canonical-json.ts';
import type { EntryDraft, LedgerEntry, LedgerHead } from '../store/ledger.ts';

/** What stands before the first entry. */
export const GENESIS: LedgerHead = { sequence: 0, hash: '0'.repeat(64) };

/** A place where the chain does not hold: nothing from this entry on is proved any more. */
export interface BrokenLink {
  readonly sequence: number;
  readonly what: string;
}

/** SHA-256 of a text as 64 hexadecimal digits. */
export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/**
 * SHA-256 of the previous hash (its 64 digits) followed by the entry as canonical JSON (RFC 8785):
 * `{"action":…,"actor":…,"at_ms":…,"body":…,"sequence":…,"subject":…}`. Throws `RangeError` for a body that has none.
 */
export function hashEntry(entry: EntryDraft & { readonly sequence: number }, prevHash: string): string {
  const { sequence, atMs, actor, action, subject, body } = entry;
  return sha256(prevHash + canonicalJson({ sequence, at_ms: atMs, actor, action, subject, body }));
}

/** The entry that comes behind the head. Throws `RangeError` when its body has no canonical form. */
export function linkEntry({ atMs, actor, action, subject, body }: EntryDraft, head: LedgerHead): LedgerEntry {
  const entry = { sequence: head.sequence + 1, atMs, actor, action, subject, body };
  return { ...entry, prevHash: head.hash, hash: hashEntry(entry, head.hash) };
}

/** Follows a chain from its beginning, an entry at a time, and says where it first does not hold. */
export class ChainCheck {
  #head: LedgerHead = GENESIS;

  /** The last entry that held. */
  get head(): LedgerHead {
    return this.#head;
  }

  /** The next entry in the order of sequences; `null` when it holds. */
  follow(entry: LedgerEntry): BrokenLink | null {
    const { sequence, prevHash, hash } = entry;
    const expected = this.#head.sequence + 1;
    if (sequence !== expected) return { sequence: expected, what: `entry ${expected} is missing` };
    if (prevHash !== this.#head.hash) {
      return { sequence, what: `entry ${sequence} does not follow entry ${sequence - 1} as that stands now` };
    }
    if (hashOrNull(entry) !== hash) {
      return {
        sequence,
        what: `entry ${sequence} (${entry.action} ${entry.subject}) was changed after it was written`,
      };
    }
    this.#head = { sequence, hash };
    return null;
  }
}

/** What was tampered with may have no canonical form at all. */
function hashOrNull(entry: LedgerEntry): string | null {
  try {
    return hashEntry(entry, entry.prevHash);
  } catch {
    return null;
  }
}
