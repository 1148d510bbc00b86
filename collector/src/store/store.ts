import type { Batch } from '@nines/shared/wire.ts';
import type { AlertStore } from './alerts.ts';
import type { Archive } from './archive.ts';
import type { ContractStore } from './contracts.ts';
import type { EventStore } from './events.ts';
import type { LedgerStore } from './ledger.ts';
import type { RemoteWriteStore } from './remote-write.ts';

/** A batch as it arrived, validated. */
export interface Delivery {
  readonly batch: Batch;
  readonly receivedAtMs: number;
  /** Measured clock difference, collector − agent, in ms; `null` when the sender gave no time. */
  readonly skewMs: number | null;
}

export type ContentEncoding = 'identity' | 'gzip' | 'zstd';

/** A row of the journal, read back. `position` grows with every stored batch and is never used twice. */
export interface JournalEntry {
  readonly position: number;
  readonly batch: Batch;
  readonly receivedAtMs: number;
  readonly skewMs: number | null;
}

export interface Appended {
  /** Of a duplicate the first one's, 0 when that is sealed. */
  readonly position: number;
  /** The same `(agent, spool, sequence)` was stored before: nothing was written now. */
  readonly duplicate: boolean;
}

/** A token that an agent may present; only its SHA-256 is kept. */
export interface AgentToken {
  readonly agent: string;
  readonly sha256: Uint8Array;
  readonly createdAtMs: number;
  readonly revokedAtMs: number | null;
}

/** A check and an agent that is to run it. */
export interface AssignedPair {
  readonly check: string;
  readonly agent: string;
}

/** Since when a pair has been assigned, and until when; `toMs` is `null` while it is. A pair may come several times. */
export interface Assignment extends AssignedPair {
  readonly fromMs: number;
  readonly toMs: number | null;
}

export interface StoreSize {
  readonly bytes: number;
  readonly batches: number;
}

/** Where batches live until they are sealed. */
export interface JournalStore {
  /**
   * Resolves once the batch is on disk for good (after fsync), or is known to be stored already. Concurrent calls share
   * a transaction. Rejects with `StoreError` `full` when there is no room: then nothing of the batch is stored.
   */
  append(delivery: Delivery): Promise<Appended>;
  /** Every entry after the position, in order of position: `0` for all. Entries appended meanwhile may be left out. */
  tail(afterPosition: number): AsyncIterable<JournalEntry>;
  /**
   * Exactly the entries with an observation whose own instant is in `[fromMs, toMs)`, in no promised order; an entry may
   * hold other observations besides.
   */
  entriesBetween(fromMs: number, toMs: number): AsyncIterable<JournalEntry>;
}

/** Who may send, and what each was to run. */
export interface AdministrationStore {
  /** Remembers a token's hash; an agent may have several. A hash that is known already, revoked or not, stays as it is. */
  addToken(token: AgentToken): Promise<void>;
  /**
   * Marks every live token of the agent as revoked, and records `configuredHashes` (SHA-256 of tokens that only the
   * configuration holds) as revoked too, so that they stay invalid while the configuration still lists them.
   * Resolves with the number that this call revoked.
   */
  revokeTokens(agent: string, configuredHashes: readonly Uint8Array[], atMs: number): Promise<number>;
  /** Every token ever remembered, the revoked ones included. */
  tokens(): Promise<readonly AgentToken[]>;
  /**
   * Remembers that from `atMs` on exactly these pairs are assigned: new ones begin then, those no longer listed end
   * then, those that stand stay as they are. All of it is stored, or nothing.
   */
  recordAssignments(pairs: readonly AssignedPair[], atMs: number): Promise<void>;
  /** Every assignment ever recorded, by check, agent and beginning. */
  assignments(): Promise<readonly Assignment[]>;
}

/**
 * Everything that is kept. Every promise here is a test in `test/support/store-contract.ts`, which each store runs.
 * Every verb rejects with `StoreError` and nothing else when the medium fails.
 */
export interface Store
  extends JournalStore,
    Archive,
    EventStore,
    LedgerStore,
    ContractStore,
    AlertStore,
    RemoteWriteStore,
    AdministrationStore {
  /** Commits a write that changes nothing; rejects as `append` would. */
  tryWrite(): Promise<void>;
  /** Bytes on disk, and batches in the journal. */
  size(): Promise<StoreSize>;
  /** Finishes what was begun and lets go of the files; every verb called later rejects. */
  close(): Promise<void>;
}

/** The store's medium failed. `full` may pass when room returns; the others need a person. */
export class StoreError extends Error {
  readonly code: 'full' | 'corrupt' | 'newer-version' | 'locked' | 'io';

  constructor(code: StoreError['code'], message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'StoreError';
    this.code = code;
  }
}
