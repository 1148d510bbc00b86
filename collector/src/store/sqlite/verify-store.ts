import type { LedgerHead } from '../ledger.ts';
import type { Finding } from './finding.ts';
import { openExisting, storeFile } from './store-file.ts';
import { type Looked, verify } from './verify.ts';

/**
 * Verifies the store of a data folder as it stands at one moment, beside a running collector or without one; every
 * finding is told as it comes. Throws `StoreError` when it cannot be opened.
 */
export function verifyStore(
  directory: string,
  onFinding: (finding: Finding) => void,
  anchor: LedgerHead | null = null,
): { readonly findings: number; readonly looked: Looked } {
  const database = openExisting(storeFile(directory));
  const looked = { chunks: 0, observations: 0, batches: 0 };
  let findings = 0;
  // One transaction: what a collector seals meanwhile is not seen half.
  database.exec('BEGIN');
  for (const finding of verify(database, looked, anchor)) {
    findings++;
    onFinding(finding);
  }
  database.exec('COMMIT');
  database.close();
  return { findings, looked };
}
