import { workerData } from 'node:worker_threads';
import type { Covered, Damage, SealedRunsRequest, SeriesRuns, SeriesSketch } from '../archive.ts';
import type { AgentToken, Assignment } from '../store.ts';
import { type Chunk, type Cursor, JournalReader } from './journal-reader.ts';
import { type SealedPage, SealedReader } from './sealed-reader.ts';
import { SketchReader } from './sketch-reader.ts';
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
  readonly sealed: Verb<{ afterId: number }, SealedPage>;
  readonly sealedAgents: Verb<null, readonly string[]>;
  readonly sealedRuns: Verb<SealedRunsRequest, readonly SeriesRuns[]>;
  readonly durationSketches: Verb<{ fromMs: number; toMs: number }, readonly SeriesSketch[]>;
  readonly damages: Verb<null, readonly Damage[]>;
  readonly covered: Verb<null, Covered>;
};

// Safe: only sqlite-store.ts starts this file, with the path of the store's file.
const { file } = workerData as { readonly file: string };
let opened: JournalReader | null = null;
let openedSealed: SealedReader | null = null;
let openedSketches: SketchReader | null = null;

function reader(): JournalReader {
  if (opened === null) throw new Error('asked before it was opened');
  return opened;
}

function sealed(): SealedReader {
  if (openedSealed === null) throw new Error('asked before it was opened');
  return openedSealed;
}

function sketches(): SketchReader {
  if (openedSketches === null) throw new Error('asked before it was opened');
  return openedSketches;
}

serveThread<ReaderVerbs>(
  file,
  {
    open: () => {
      const database = openExisting(file);
      opened = new JournalReader(database);
      openedSealed = new SealedReader(database);
      openedSketches = new SketchReader(database);
    },
    after: (cursor) => reader().after(cursor),
    between: ({ cursor, toMs }) => reader().between(cursor, toMs),
    tokens: () => reader().tokens(),
    assignments: () => reader().assignments(),
    countBatches: () => reader().countBatches(),
    sealed: ({ afterId }) => sealed().page(afterId),
    sealedAgents: () => sealed().agentStates(),
    sealedRuns: (request) => sealed().runs(request),
    durationSketches: (interval) => sketches().between(interval),
    damages: () => sealed().damages(),
    covered: () => sealed().covered(),
  },
  () => opened?.close(),
);
