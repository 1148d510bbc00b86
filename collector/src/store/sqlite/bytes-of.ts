import { stat } from 'node:fs/promises';
import { StoreError } from '../store.ts';
import { toStoreError } from './fault.ts';

/** The size of one of the store's files. Rejects with `StoreError`. */
export async function bytesOf(file: string): Promise<number> {
  try {
    return (await stat(file)).size;
  } catch (error) {
    const fault = toStoreError(error, file);
    // A WAL that is not there takes no room.
    if (fault instanceof StoreError) return 0;
    throw fault;
  }
}
