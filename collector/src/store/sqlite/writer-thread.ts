import { dirname } from 'node:path';
import { workerData } from 'node:worker_threads';
import type { AlertChanges, NoticeChanges } from '../alerts.ts';
import type { ContractVersion } from '../contracts.ts';
import type { EventsPut, ReceivedEvents } from '../events.ts';
import type { EntryDraft, LedgerEntry } from '../ledger.ts';
import type { GivenUp } from '../remote-write.ts';
import type { AgentToken, AssignedPair } from '../store.ts';
import { AlertTable } from './alert-table.ts';
import { ContractTable } from './contract-table.ts';
import { EventTable } from './event-table.ts';
import { FileIdentity } from './file-identity.ts';
import { type FolderLock, lockFolder } from './folder-lock.ts';
import type { GroupOutcome, JournalGroup } from './journal-group.ts';
import { JournalWriter, openForWriting } from './journal-writer.ts';
import { LedgerTable } from './ledger-table.ts';
import { RemoteTable } from './remote-table.ts';
import { copyBeforeMigration } from './schema-copy.ts';
import { SetAside, type UnreadableBatch } from './set-aside.ts';
import { inspect } from './store-file.ts';
import { serveThread, type Verb } from './thread-link.ts';

/** What the writing thread is started with. */
export interface WriterSettings {
  readonly file: string;
  /** Owns the folder: a second one is refused. A command that runs beside a collector does not. */
  readonly exclusive: boolean;
}

/** `copy` is where the store of an older schema was copied before it was changed; `null` when it was not. */
interface Opened {
  readonly copy: string | null;
}

/** What the writing thread answers; `open` comes first. */
export type WriterVerbs = {
  readonly open: Verb<null, Opened>;
  readonly append: Verb<JournalGroup, GroupOutcome>;
  readonly putEvents: Verb<readonly ReceivedEvents[], readonly EventsPut[]>;
  readonly appendEntry: Verb<{ draft: EntryDraft; afterSequence: number }, LedgerEntry | null>;
  readonly keepFor: Verb<readonly string[], ReadonlyMap<string, number>>;
  readonly markSent: Verb<{ receiver: string; position: number }, void>;
  readonly giveUp: Verb<{ receiver: string; receivedBeforeMs: number }, GivenUp>;
  readonly setAside: Verb<readonly UnreadableBatch[], void>;
  readonly tryWrite: Verb<null, void>;
  readonly checkpoint: Verb<null, void>;
  readonly addToken: Verb<AgentToken, void>;
  readonly recordAssignments: Verb<{ pairs: readonly AssignedPair[]; atMs: number }, void>;
  readonly recordContracts: Verb<{ versions: readonly ContractVersion[]; atMs: number }, void>;
  readonly changeAlerts: Verb<AlertChanges, void>;
  readonly changeNotices: Verb<NoticeChanges, void>;
  readonly revokeTokens: Verb<{ agent: string; configuredHashes: readonly Uint8Array[]; atMs: number }, number>;
};

// Safe: only store-threads.ts starts this file, with exactly these settings.
const { file, exclusive } = workerData as WriterSettings;
let lock: FolderLock | null = null;
let opened: JournalWriter | null = null;
let openedEvents: EventTable | null = null;
let openedLedger: LedgerTable | null = null;
let openedContracts: ContractTable | null = null;
let openedAlerts: AlertTable | null = null;
let openedRemote: RemoteTable | null = null;
let openedAside: SetAside | null = null;
let identity: FileIdentity | null = null;

function writer(): JournalWriter {
  if (opened === null) throw new Error('asked before it was opened');
  return opened;
}

function events(): EventTable {
  if (openedEvents === null) throw new Error('asked before it was opened');
  return openedEvents;
}

function ledger(): LedgerTable {
  if (openedLedger === null) throw new Error('asked before it was opened');
  return openedLedger;
}

function contracts(): ContractTable {
  if (openedContracts === null) throw new Error('asked before it was opened');
  return openedContracts;
}

function remote(): RemoteTable {
  if (openedRemote === null) throw new Error('asked before it was opened');
  return openedRemote;
}

serveThread<WriterVerbs>(
  file,
  {
    open: () => {
      if (exclusive) lock = lockFolder(dirname(file));
      const copy = inspect(file) === 'absent' ? null : copyBeforeMigration(file);
      const database = openForWriting(file);
      opened = new JournalWriter(database);
      openedEvents = new EventTable(database);
      openedLedger = new LedgerTable(database);
      openedContracts = new ContractTable(database);
      openedAlerts = new AlertTable(database);
      openedAside = new SetAside(database);
      openedRemote = new RemoteTable(database);
      identity = new FileIdentity(file);
      return { copy };
    },
    append: (group) => {
      const outcome = writer().append(group);
      identity?.requireSame();
      return outcome;
    },
    putEvents: (requests) => {
      const answers = events().put(requests);
      identity?.requireSame();
      return answers;
    },
    appendEntry: ({ draft, afterSequence }) => {
      const entry = ledger().append(draft, afterSequence);
      identity?.requireSame();
      return entry;
    },
    keepFor: (receivers) => remote().keepFor(receivers),
    markSent: ({ receiver, position }) => remote().markSent(receiver, position),
    giveUp: ({ receiver, receivedBeforeMs }) => remote().giveUp(receiver, receivedBeforeMs),
    setAside: (batches) => openedAside?.move(batches),
    tryWrite: () => {
      writer().tryWrite();
      identity?.requireSame();
    },
    checkpoint: () => writer().checkpoint(),
    addToken: (token) => writer().addToken(token),
    recordAssignments: ({ pairs, atMs }) => writer().recordAssignments(pairs, atMs),
    recordContracts: ({ versions, atMs }) => contracts().record(versions, atMs),
    changeAlerts: (changes) => openedAlerts?.change(changes),
    changeNotices: (changes) => openedAlerts?.changeNotices(changes),
    revokeTokens: ({ agent, configuredHashes, atMs }) => writer().revokeTokens(agent, configuredHashes, atMs),
  },
  () => {
    opened?.close();
    lock?.release();
  },
);
