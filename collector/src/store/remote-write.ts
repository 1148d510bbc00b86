import type { JournalEntry } from './store.ts';

/** What receivers of remote write have not taken yet. */
export interface RemoteWriteStore {
  /**
   * Batches are kept from now on until each of these receivers has taken them, also when they are sealed; resolves with
   * the position behind which each goes on. One that is new begins with what comes now; others are forgotten.
   */
  keepFor(receivers: readonly string[]): Promise<ReadonlyMap<string, number>>;
  /** Every batch behind the position that is still in the journal or kept, in order of position. */
  unsent(afterPosition: number): AsyncIterable<JournalEntry>;
  /** The receiver has taken everything up to the position. */
  markSent(receiver: string, position: number): Promise<void>;
  /** The receiver goes on behind what arrived before the instant; resolves with where, and how many batches it missed. */
  giveUp(receiver: string, receivedBeforeMs: number): Promise<GivenUp>;
}

/** Where a receiver goes on after it missed so many batches. */
export interface GivenUp {
  readonly position: number;
  readonly batches: number;
}
