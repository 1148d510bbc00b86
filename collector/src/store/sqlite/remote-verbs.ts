import type { RemoteWriteStore } from '../remote-write.ts';
import type { JournalEntry } from '../store.ts';
import { readEntries } from './journal-verbs.ts';
import type { StoreThreads } from './store-threads.ts';

/** The verbs of what receivers of remote write have not taken yet. */
export function remoteVerbs(threads: StoreThreads): RemoteWriteStore {
  return {
    keepFor: async (receivers) => threads.writing().ask('keepFor', receivers),
    unsent: (afterPosition): AsyncIterable<JournalEntry> =>
      readEntries(threads, [afterPosition], (cursor) => threads.reading().ask('unsent', cursor)),
    markSent: async (receiver, position) => threads.writing().ask('markSent', { receiver, position }),
    giveUp: async (receiver, receivedBeforeMs) => threads.writing().ask('giveUp', { receiver, receivedBeforeMs }),
  };
}
