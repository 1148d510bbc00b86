import { workerData } from 'node:worker_threads';
import Sqlite, { type Database } from 'better-sqlite3';
import { serveThread, type Verb } from './thread-link.ts';

/** What the checkpointing thread answers. */
export type CheckpointVerbs = {
  /** Moves what stands in the WAL into the file, beside a writer that goes on writing. */
  readonly checkpoint: Verb<null, void>;
};

// Safe: only store-threads.ts starts this file, with the path of the store's file.
const { file } = workerData as { readonly file: string };
let opened: Database | null = null;

serveThread<CheckpointVerbs>(
  file,
  {
    checkpoint: () => {
      opened ??= new Sqlite(file, { fileMustExist: true });
      opened.pragma('synchronous = FULL');
      opened.pragma('wal_checkpoint(PASSIVE)');
    },
  },
  () => opened?.close(),
);
