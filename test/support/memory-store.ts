import type { Alert } from '../../collector/src/alerts/alert.ts';
import { type PostedNotice, posted } from '../../collector/src/alerts/notices/notice.ts';
import type { AlertChanges, NoticeChanges } from '../../collector/src/store/alerts.ts';
import {
  type Covered,
  NOTHING_DONE,
  type SealedThreshold,
  type ThresholdProgress,
  type UpkeepReport,
} from '../../collector/src/store/archive.ts';
import { assignmentChanges } from '../../collector/src/store/assignments.ts';
import type { ContractVersion, RecordedContract } from '../../collector/src/store/contracts.ts';
import type {
  EventRequest,
  EventStream,
  EventsPut,
  ReceivedEvents,
  StoredEvent,
} from '../../collector/src/store/events.ts';
import { hasInstantIn } from '../../collector/src/store/extent.ts';
import type { EntryDraft, LedgerEntry, LedgerHead, LedgerRequest } from '../../collector/src/store/ledger.ts';
import type { GivenUp } from '../../collector/src/store/remote-write.ts';
import {
  type AgentToken,
  type Appended,
  type AssignedPair,
  type Assignment,
  type Delivery,
  type JournalEntry,
  type Store,
  StoreError,
  type StoreSize,
} from '../../collector/src/store/store.ts';
import { MemoryEvents } from './memory-events.ts';
import { MemoryLedger } from './memory-ledger.ts';

/** A store that keeps everything in memory and every other promise. */
export class MemoryStore implements Store {
  /** What the medium does to the next `append`s: `null` lets them through. */
  fault: StoreError['code'] | null = null;
  readonly #entries: JournalEntry[] = [];
  readonly #positions = new Map<string, number>();
  readonly #tokens = new Map<string, AgentToken>();
  #assignments: Assignment[] = [];
  readonly #contracts: RecordedContract[] = [];
  readonly #alerts = new Map<string, Alert>();
  readonly #notices = new Map<string, PostedNotice>();
  readonly #events = new MemoryEvents();
  readonly #ledger = new MemoryLedger();
  #sent = new Map<string, number>();
  #bytes = 0;
  #isClosed = false;

  async append({ batch, receivedAtMs, skewMs }: Delivery): Promise<Appended> {
    this.#requireOpen();
    if (this.fault !== null) throw new StoreError(this.fault, 'the medium fails, as the test asked for');
    const key = `${batch.agent} ${batch.spool} ${batch.sequence}`;
    const known = this.#positions.get(key);
    if (known !== undefined) return { position: known, duplicate: true };
    const position = this.#entries.length + 1;
    this.#positions.set(key, position);
    this.#entries.push({ position, batch, receivedAtMs, skewMs });
    this.#bytes += JSON.stringify(batch).length;
    return { position, duplicate: false };
  }

  async *tail(afterPosition: number): AsyncGenerator<JournalEntry> {
    this.#requireOpen();
    yield* this.#entries.filter((entry) => entry.position > afterPosition);
  }

  async *entriesBetween(fromMs: number, toMs: number): AsyncGenerator<JournalEntry> {
    this.#requireOpen();
    yield* this.#entries.filter((entry) => hasInstantIn(entry.batch, fromMs, toMs));
  }

  async keepFor(receivers: readonly string[]): Promise<ReadonlyMap<string, number>> {
    this.#requireOpen();
    const positions = receivers.map((name): [string, number] => [name, this.#sent.get(name) ?? this.#entries.length]);
    this.#sent = new Map(positions);
    return new Map(this.#sent);
  }

  async *unsent(afterPosition: number): AsyncGenerator<JournalEntry> {
    yield* this.tail(afterPosition);
  }

  async markSent(receiver: string, position: number): Promise<void> {
    this.#requireOpen();
    this.#sent.set(receiver, position);
  }

  async giveUp(receiver: string, receivedBeforeMs: number): Promise<GivenUp> {
    this.#requireOpen();
    const known = this.#sent.get(receiver) ?? 0;
    const missed = this.#entries.filter((one) => one.position > known && one.receivedAtMs < receivedBeforeMs);
    const position = missed.at(-1)?.position ?? known;
    this.#sent.set(receiver, position);
    return { position, batches: missed.length };
  }

  async putEvents(received: ReceivedEvents): Promise<EventsPut> {
    this.#requireOpen();
    if (this.fault !== null) throw new StoreError(this.fault, 'the medium fails, as the test asked for');
    return this.#events.put(received);
  }

  async *events(request: EventRequest): AsyncGenerator<StoredEvent> {
    this.#requireOpen();
    yield* this.#events.read(request);
  }

  async eventStreams(): Promise<readonly EventStream[]> {
    this.#requireOpen();
    return this.#events.streams();
  }

  async appendEntry(draft: EntryDraft, afterSequence: number): Promise<LedgerEntry | null> {
    this.#requireOpen();
    return this.#ledger.append(draft, afterSequence);
  }

  async *ledger(request: LedgerRequest = {}): AsyncGenerator<LedgerEntry> {
    this.#requireOpen();
    yield* this.#ledger.read(request);
  }

  async ledgerHead(): Promise<LedgerHead> {
    this.#requireOpen();
    return this.#ledger.head;
  }

  async addToken(token: AgentToken): Promise<void> {
    this.#requireOpen();
    const key = keyOf(token.sha256);
    if (!this.#tokens.has(key)) this.#tokens.set(key, token);
  }

  async revokeTokens(agent: string, configuredHashes: readonly Uint8Array[], atMs: number): Promise<number> {
    this.#requireOpen();
    let revoked = 0;
    for (const [key, token] of this.#tokens) {
      if (token.agent !== agent || token.revokedAtMs !== null) continue;
      this.#tokens.set(key, { ...token, revokedAtMs: atMs });
      revoked++;
    }
    for (const sha256 of configuredHashes) {
      const known = this.#tokens.get(keyOf(sha256)) ?? { agent, sha256, createdAtMs: atMs, revokedAtMs: null };
      if (known.revokedAtMs !== null) continue;
      this.#tokens.set(keyOf(sha256), { ...known, revokedAtMs: atMs });
      revoked++;
    }
    return revoked;
  }

  async tokens(): Promise<readonly AgentToken[]> {
    this.#requireOpen();
    return [...this.#tokens.values()];
  }

  async recordAssignments(pairs: readonly AssignedPair[], atMs: number): Promise<void> {
    this.#requireOpen();
    const standing = this.#assignments.filter(({ toMs }) => toMs === null);
    const { begun, ended } = assignmentChanges(standing, pairs);
    const rows = this.#assignments.map((one) =>
      one.toMs === null && ended.some((pair) => isSame(pair, one)) ? { ...one, toMs: Math.max(one.fromMs, atMs) } : one,
    );
    // A pair that begins again at the instant it began goes on.
    const kept = rows.filter((one) => one.fromMs !== atMs || !begun.some((pair) => isSame(pair, one)));
    this.#assignments = [...kept, ...begun.map((pair) => ({ ...pair, fromMs: atMs, toMs: null }))];
  }

  async assignments(): Promise<readonly Assignment[]> {
    this.#requireOpen();
    const order = ({ check, agent }: Assignment) => `${check} ${agent}`;
    return this.#assignments.toSorted((a, b) =>
      order(a) === order(b) ? a.fromMs - b.fromMs : order(a) < order(b) ? -1 : 1,
    );
  }

  async recordContracts(versions: readonly ContractVersion[], atMs: number): Promise<void> {
    this.#requireOpen();
    const isKnown = ({ contract, version }: ContractVersion) =>
      this.#contracts.some((one) => one.contract === contract && one.version === version);
    for (const version of versions) if (!isKnown(version)) this.#contracts.push({ ...version, recordedAtMs: atMs });
  }

  async contracts(): Promise<readonly RecordedContract[]> {
    this.#requireOpen();
    return this.#contracts.toSorted((a, b) =>
      a.contract === b.contract ? a.version - b.version : a.contract < b.contract ? -1 : 1,
    );
  }

  async changeAlerts({ put, remove, notices }: AlertChanges): Promise<void> {
    this.#requireOpen();
    for (const notice of notices) if (!this.#notices.has(notice.id)) this.#notices.set(notice.id, posted(notice));
    for (const key of remove) this.#alerts.delete(key);
    for (const alert of put) this.#alerts.set(alert.key, alert);
  }

  async alerts(): Promise<readonly Alert[]> {
    this.#requireOpen();
    return [...this.#alerts.values()].toSorted((a, b) => (a.key < b.key ? -1 : 1));
  }

  async changeNotices({ put, remove }: NoticeChanges): Promise<void> {
    this.#requireOpen();
    for (const id of remove) this.#notices.delete(id);
    for (const notice of put) if (this.#notices.has(notice.id)) this.#notices.set(notice.id, notice);
  }

  async notices(): Promise<readonly PostedNotice[]> {
    this.#requireOpen();
    return [...this.#notices.values()];
  }

  /** Nothing is ever sealed here: the journal has it all. */
  async *sealed(): AsyncGenerator<never> {
    this.#requireOpen();
    yield* [];
  }

  async sealedAgents(): Promise<readonly string[]> {
    this.#requireOpen();
    return [];
  }

  async sealedRuns(): Promise<readonly never[]> {
    this.#requireOpen();
    return [];
  }

  async durationSketches(): Promise<readonly never[]> {
    this.#requireOpen();
    return [];
  }

  async durationQuantiles(): Promise<readonly never[]> {
    this.#requireOpen();
    return [];
  }

  async prepareThresholds(wanted: readonly SealedThreshold[]): Promise<readonly ThresholdProgress[]> {
    this.#requireOpen();
    return wanted.map((one) => ({ ...one, isCounted: true, done: 0, total: 0 }));
  }

  async thresholdWeeks(): Promise<readonly never[]> {
    this.#requireOpen();
    return [];
  }

  async damages(): Promise<readonly never[]> {
    this.#requireOpen();
    return [];
  }

  async covered(): Promise<Covered> {
    this.#requireOpen();
    return { observationsFromMs: null, edgesFromMs: null, eventsFromMs: null };
  }

  async holdStill(): Promise<() => void> {
    this.#requireOpen();
    return () => {};
  }

  async upkeep(): Promise<UpkeepReport> {
    this.#requireOpen();
    return NOTHING_DONE;
  }

  async tryWrite(): Promise<void> {
    this.#requireOpen();
    if (this.fault !== null) throw new StoreError(this.fault, 'the medium fails, as the test asked for');
  }

  async size(): Promise<StoreSize> {
    this.#requireOpen();
    return { bytes: this.#bytes, batches: this.#entries.length };
  }

  /** Opened again on what it holds: it keeps for as long as the test lives. */
  reopened(): this {
    this.#isClosed = false;
    return this;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
  }

  #requireOpen(): void {
    if (this.#isClosed) throw new StoreError('io', 'the store is closed');
  }
}

function isSame(a: AssignedPair, b: AssignedPair): boolean {
  return a.check === b.check && a.agent === b.agent;
}

function keyOf(sha256: Uint8Array): string {
  return Buffer.from(sha256).toString('hex');
}
