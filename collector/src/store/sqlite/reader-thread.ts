import { workerData } from 'node:worker_threads';
import type { Alert } from '../../alerts/alert.ts';
import type { PostedNotice } from '../../alerts/notices/notice.ts';
import type {
  Covered,
  Damage,
  QuantileRequest,
  SealedRunsRequest,
  SeriesQuantile,
  SeriesRuns,
  SeriesSketch,
} from '../archive.ts';
import type { RecordedContract } from '../contracts.ts';
import type { EventStream, StoredEvent } from '../events.ts';
import type { LedgerEntry, LedgerHead } from '../ledger.ts';
import type { AgentToken, Assignment } from '../store.ts';
import { readAlerts, readNotices } from './alert-table.ts';
import { readContracts } from './contract-table.ts';
import { type EventPageRequest, EventReader } from './event-reader.ts';
import { type Chunk, type Cursor, JournalReader } from './journal-reader.ts';
import { type LedgerPageRequest, LedgerReader } from './ledger-reader.ts';
import { QuantileReader } from './quantile-reader.ts';
import { type SealedPage, SealedReader } from './sealed-reader.ts';
import type { Share } from './share-of-series.ts';
import { SketchReader } from './sketch-reader.ts';
import { openExisting } from './store-file.ts';
import { serveThread, type Verb } from './thread-link.ts';

/** What a reading thread answers; `open` tells early when the file cannot be read. */
export type ReaderVerbs = {
  readonly open: Verb<null, void>;
  readonly after: Verb<Cursor, Chunk>;
  readonly unsent: Verb<Cursor, Chunk>;
  readonly between: Verb<{ cursor: Cursor; toMs: number }, Chunk>;
  readonly tokens: Verb<null, readonly AgentToken[]>;
  readonly assignments: Verb<null, readonly Assignment[]>;
  readonly countBatches: Verb<null, number>;
  readonly sealed: Verb<{ afterId: number }, SealedPage>;
  readonly sealedAgents: Verb<null, readonly string[]>;
  readonly sealedRuns: Verb<SealedRunsRequest, readonly SeriesRuns[]>;
  readonly durationSketches: Verb<{ fromMs: number; toMs: number } & Share, readonly SeriesSketch[]>;
  readonly durationQuantiles: Verb<QuantileRequest & Share, readonly SeriesQuantile[]>;
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
  readonly quantiles: QuantileReader;
  readonly events: EventReader;
  readonly ledger: LedgerReader;
  readonly contracts: () => RecordedContract[];
  readonly alerts: () => Alert[];
  readonly notices: () => PostedNotice[];
}

let opened: Readers | null = null;

/** Opened by whatever comes first. */
function readers(): Readers {
  opened ??= open();
  return opened;
}

function open(): Readers {
  const database = openExisting(file);
  const sealed = new SealedReader(database);
  return {
    journal: new JournalReader(database),
    sealed,
    sketches: new SketchReader(database, sealed.chunks),
    quantiles: new QuantileReader(database, sealed.chunks),
    events: new EventReader(database),
    ledger: new LedgerReader(database),
    contracts: () => readContracts(database),
    alerts: () => readAlerts(database),
    notices: () => readNotices(database),
  };
}

serveThread<ReaderVerbs>(
  file,
  {
    open: () => void readers(),
    after: (cursor) => readers().journal.after(cursor),
    unsent: (cursor) => readers().journal.unsent(cursor),
    between: ({ cursor, toMs }) => readers().journal.between(cursor, toMs),
    tokens: () => readers().journal.tokens(),
    assignments: () => readers().journal.assignments(),
    countBatches: () => readers().journal.countBatches(),
    sealed: ({ afterId }) => readers().sealed.page(afterId),
    sealedAgents: () => readers().sealed.agentStates(),
    sealedRuns: (request) => readers().sealed.runs(request),
    durationSketches: (request) => readers().sketches.between(request, request),
    durationQuantiles: (request) => readers().quantiles.of(request, request),
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
