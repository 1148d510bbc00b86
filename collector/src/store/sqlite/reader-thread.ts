import { workerData } from 'node:worker_threads';
import type { AgentToken, Assignment } from '../store.ts';
import { type Chunk, type Cursor, JournalReader } from './journal-reader.ts';
import { openExisting } from './store-file.ts';
import { serveThread, type Verb } from './thread-link.ts';

/** What the reading thread answers; `open` comes first. */
export type ReaderVerbs = {
  readonly open: Verb<null, void>;
  readonly after: Verb<Cursor, Chunk>;
  readonly between: Verb<{ cursor: Cursor; toMs: number }, Chunk>;
  readonly tokens: Verb<null, readonly AgentToken[]>;
  readonly assignments: Verb<null, readonly Assignment[]>;
  readonly countBatches: Verb<null, number>;
};

// Safe: only sqlite-store.ts starts this file, with the path of the store's file.
const { file } = workerData as { readonly file: string };
let opened: JournalReader | null = null;

function reader(): JournalReader {
  if (opened === null) throw new Error('asked before it was opened');
  return opened;
}

serveThread<ReaderVerbs>(
  file,
  {
    open: () => {
      opened = new JournalReader(openExisting(file));
    },
    after: (cursor) => reader().after(cursor),
    between: ({ cursor, toMs }) => reader().between(cursor, toMs),
    tokens: () => reader().tokens(),
    assignments: () => reader().assignments(),
    countBatches: () => reader().countBatches(),
  },
  () => opened?.close(),
);
