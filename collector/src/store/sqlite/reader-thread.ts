import { workerData } from 'node:worker_threads';
import type { Alert } from '../../alerts/alert.ts';
import type { PostedNotice } from '../../alerts/notices/notice.ts';
import type { Covered, Damage, SealedRunsRequest, SeriesRuns, SeriesSketch } from '../archive.ts';
import type { RecordedContract } from '../contracts.ts';
import type { EventStream, StoredEvent } from '../events.ts';
import type { LedgerEntry, LedgerHead } from '../ledger.ts';
import type { AgentToken, Assignment } from '../store.ts';
import { readAlerts, readNotices } from './alert-table.ts';
import { readContracts } from './contract-table.ts';
import { type EventPageRequest, EventReader } from './event-reader.ts';
import { type Chunk, type Cursor, JournalReader } from './journal-reader.ts';
import { type LedgerPageRequest, LedgerReader } from './ledger-reader.ts';
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
  readonly events: Verb<EventPageRequest, readonly StoredEvent[]>;
  readonly eventStreams: Verb<null, readonly EventStream[]>;
  readonly ledger: Verb<LedgerPageRequest, readonly LedgerEntry[]>;
  readonly ledgerHead: Verb<null, LedgerHead>;
  readonly contracts: Verb<null, readonly RecordedContract[]>;
  readonly alerts: Verb<null, readonly Alert[]>;
  readonly notices: Verb<null, readonly PostedNotice[]>;
};

// Safe: only store-threads.ts starts this file, with the path of the store's file.
const { file } = workerData as { readonly file: string };
/** One reader for each kind of thing, all on one connection. */
interface Readers {
  readonly journal: JournalReader;
  readonly sealed: SealedReader;
  readonly sketches: SketchReader;
  readonly events: EventReader;
  readonly ledger: LedgerReader;
  readonly contracts: () => RecordedContract[];
  readonly alerts: () => Alert[];
  readonly notices: () => PostedNotice[];
}

let opened: Readers | null = null;

function readers(): Readers {
  if (opened === null) throw new Error('asked before it was opened');
  return opened;
}

serveThread<ReaderVerbs>(
  file,
  {
    open: () => {
      const database = openExisting(file);
      opened = {
        journal: new JournalReader(database),
        sealed: new SealedReader(database),
        sketches: new SketchReader(database),
        events: new EventReader(database),
        ledger: new LedgerReader(database),
        contracts: () => readContracts(database),
        alerts: () => readAlerts(database),
        notices: () => readNotices(database),
      };
    },
    after: (cursor) => readers().journal.after(cursor),
    between: ({ cursor, toMs }) => readers().journal.between(cursor, toMs),
    tokens: () => readers().journal.tokens(),
    assignments: () => readers().journal.assignments(),
    countBatches: () => readers().journal.countBatches(),
    sealed: ({ afterId }) => readers().sealed.page(afterId),
    sealedAgents: () => readers().sealed.agentStates(),
    sealedRuns: (request) => readers().sealed.runs(request),
    durationSketches: (interval) => readers().sketches.between(interval),
    damages: () => readers().sealed.damages(),
    covered: () => readers().sealed.covered(),
    events: (request) => readers().events.page(request),
    eventStreams: () => readers().events.streams(),
    ledger: (request) => readers().ledger.page(request),
    ledgerHead: () => readers().ledger.head(),
    contracts: () => readers().contracts(),
    alerts: () => readers().alerts(),
    notices: () => readers().notices(),
  },
  () => opened?.journal.close(),
);
