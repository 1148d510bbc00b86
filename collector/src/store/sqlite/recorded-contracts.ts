import type { RecordedContract } from '../contracts.ts';
import { readContracts } from './contract-table.ts';
import { inspect, openExisting, storeFile } from './store-file.ts';

/**
 * The contract versions that the store of a data folder remembers, read beside a running collector or without one; none
 * when there is no store yet. Throws `StoreError` when there is one that cannot be read.
 */
export function recordedContracts(directory: string): RecordedContract[] {
  const file = storeFile(directory);
  if (inspect(file, 0) === 'absent') return [];
  const database = openExisting(file);
  try {
    return readContracts(database);
  } finally {
    database.close();
  }
}
