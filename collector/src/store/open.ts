import type { Logger } from 'pino';
import { DEFAULT_MAX_SKEW_MS } from '../evaluate/clock-skew.ts';
import { openSqliteStore } from './sqlite/sqlite-store.ts';
import type { Store } from './store.ts';

/** Where the store is and what the caller wants of it. */
export interface OpenStoreOptions {
  /** The data folder; made when absent, unless `readOnly`. */
  readonly directory: string;
  /** Hears when the medium begins and ceases to fail. */
  readonly log?: Pick<Logger, 'info' | 'error'>;
  /** Never writes, and may be opened beside a running collector. */
  readonly readOnly?: boolean;
  /** Writes beside a running collector (tokens): for commands. Without it a folder in use is refused as `locked`. */
  readonly beside?: boolean;
  /** Clock difference beyond which an agent's instants are not believed when its batches are sealed. */
  readonly maxSkewMs?: number;
  /** Names of values that sealed observations keep to within half a percent only; none unless given. */
  readonly roundedValues?: ReadonlySet<string>;
}

/**
 * Opens the store that the options name. Rejects with `StoreError`: `corrupt`, `newer-version`, `locked`, `full`, `io`,
 * each with a sentence that says what to do; a file that is refused stays as it was, byte for byte.
 */
export function openStore(options: OpenStoreOptions): Promise<Store> {
  const { directory, log, readOnly, beside, maxSkewMs = DEFAULT_MAX_SKEW_MS, roundedValues = new Set() } = options;
  const access = readOnly === true ? 'read' : beside === true ? 'administer' : 'collect';
  return openSqliteStore({ directory, access, log, maxSkewMs, roundedValues });
}
