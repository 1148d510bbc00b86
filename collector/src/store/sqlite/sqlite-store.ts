import type { Store } from '../store.ts';
import { administrationVerbs } from './administration-verbs.ts';
import { archiveVerbs } from './archive-verbs.ts';
import { bytesOf } from './bytes-of.ts';
import { decisionVerbs } from './decision-verbs.ts';
import { eventVerbs } from './event-verbs.ts';
import { journalVerbs } from './journal-verbs.ts';
import { remoteVerbs } from './remote-verbs.ts';
import type { SealerOptions } from './sealer.ts';
import { storeFile } from './store-file.ts';
import { type StoreLog, type StoreThreads, startThreads } from './store-threads.ts';

/** How a SQLite store is opened. */
export interface SqliteOptions extends SealerOptions {
  readonly directory: string;
  /** `collect` owns the folder and is refused when another does; `administer` may write beside it; `read` never writes. */
  readonly access: 'collect' | 'administer' | 'read';
  readonly log: StoreLog | undefined;
}

/** Opens the store in the folder, made when absent. Rejects with `StoreError`; a file it refuses stays as it was. */
export async function openSqliteStore({ directory, access, log, ...sealing }: SqliteOptions): Promise<Store> {
  const file = storeFile(directory);
  const threads = await startThreads({ file, ...sealing }, access, log);
  log?.info({ file, access }, 'store opened');
  return storeOver(threads);
}

/** A new kind of thing is a file of verbs and a line here. */
function storeOver(threads: StoreThreads): Store {
  return {
    ...journalVerbs(threads),
    ...archiveVerbs(threads),
    ...eventVerbs(threads),
    ...decisionVerbs(threads),
    ...administrationVerbs(threads),
    ...remoteVerbs(threads),
    tryWrite: async () => threads.write((writer) => writer.ask('tryWrite', null)),
    size: async () => {
      const [batches, ...sizes] = await Promise.all([
        threads.reading().ask('countBatches', null),
        bytesOf(threads.file),
        bytesOf(`${threads.file}-wal`),
      ]);
      return { bytes: sizes.reduce((sum, bytes) => sum + bytes, 0), batches };
    },
    close: () => threads.close(),
  };
}
