import type { AddressInfo } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { configErrorAt, errorCode, errorMessage } from '@nines/shared/errors.ts';
import type { Event } from '@nines/shared/event.ts';
import type { Clock } from '@nines/shared/time/clock.ts';
import { countObservations } from '@nines/shared/wire.ts';
import type { Logger } from 'pino';
import { Alerting } from './alerts/alerting.ts';
import { snapshotOf } from './alerts/snapshot.ts';
import { assign } from './assign.ts';
import type { Nines } from './config/nines.ts';
import type { Plan } from './config/plan.ts';
import { changedUntilRestart } from './config/restart-only.ts';
import { runnersIn } from './config/runners.ts';
import { CountedThresholds } from './evaluate/counted-thresholds.ts';
import type { Evaluation } from './evaluate/evidence.ts';
import { Head } from './evaluate/head.ts';
import { inForce } from './evaluate/in-force.ts';
import { LateArrivals } from './evaluate/late-arrivals.ts';
import { loadRecent } from './evaluate/load-recent.ts';
import { RecentEvents } from './evaluate/recent-events.ts';
import { Settlements } from './evaluate/settlements.ts';
import { Standings } from './evaluate/standings.ts';
import { thresholdsOf } from './evaluate/thresholds.ts';
import { Heartbeats } from './heartbeat/heartbeats.ts';
import { registerAssignment } from './http/assignment.ts';
import { registerAttainment } from './http/attainment.ts';
import { Authenticator, hashToken, knownAgentsOf } from './http/authenticate.ts';
import { registerChecks } from './http/checks.ts';
import { registerContracts } from './http/contracts.ts';
import { registerDecisions } from './http/decisions.ts';
import { RequestError } from './http/errors.ts';
import { registerEventIngest } from './http/events.ts';
import { registerHealth } from './http/health.ts';
import { registerIngest } from './http/ingest.ts';
import { registerMetrics } from './http/metrics.ts';
import { registerObservations } from './http/observations.ts';
import { registerPages } from './http/pages.ts';
import { registerPing } from './http/ping.ts';
import { registerReadEvents } from './http/read-events.ts';
import { registerReload } from './http/reload.ts';
import { createServer, type Server } from './http/server.ts';
import { statementList } from './http/statements.ts';
import { exclusionSource } from './ledger/exclusion-source.ts';
import { Ledger } from './ledger/ledger.ts';
import { STATEMENTS_EVERY_MS, Statements } from './ledger/statements.ts';
import { writeMetricsPage } from './metrics/page.ts';
import { createProgramMetrics, noteReload, type ProgramMetrics } from './metrics/program.ts';
import { repeat } from './repeat.ts';
import { DiskGuard } from './store/disk-guard.ts';
import type { EventsPut, ReceivedEvents } from './store/events.ts';
import type { Appended, Delivery, JournalEntry, Store } from './store/store.ts';
import { WriteWatch } from './store/write-watch.ts';
import { Upkeep } from './upkeep.ts';
import { contractPage, latencySeries, type PageState, pageModel } from './web/page-source.ts';

export interface CollectorOptions {
  readonly nines: Nines;
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Logger;
  /** Reads the configuration again; throws `ConfigError` when it is wrong. */
  readonly load: () => Nines;
}

type Phase = 'reading' | 'ready' | 'stopping';

const UNREADY: Readonly<Record<Phase, string | null>> = {
  reading: 'the journal is being read',
  ready: null,
  stopping: 'the collector is stopping',
};

/** How often tokens that a command issued or revoked beside the running collector are taken over. */
const TOKENS_EVERY_MS = 2_000;

/** Requests under way get this long to end when the collector stops; a client that drips bytes does not hold it up. */
const STOP_REQUESTS_MS = 3_000;

/** The running collector: a store, the head made from it, and the server in front of both. */
export class Collector {
  readonly #options: CollectorOptions;
  readonly #head: Head;
  readonly #recentEvents: RecentEvents;
  readonly #authenticator: Authenticator;
  readonly #standings: Standings;
  readonly #settlements: Settlements;
  readonly #disk: DiskGuard;
  readonly #writes: WriteWatch;
  readonly #heartbeats: Heartbeats;
  readonly #ledger: Ledger;
  readonly #thresholds: CountedThresholds;
  readonly #upkeep: Upkeep;
  readonly #lateArrivals: LateArrivals;
  readonly #alerting: Alerting;
  readonly #statements: Statements;
  readonly #metrics: ProgramMetrics = createProgramMetrics();
  readonly #server: Server;
  #nines: Nines;
  #plan: Plan;
  #phase: Phase = 'reading';
  readonly #cancels: (() => void)[] = [];

  private constructor(options: CollectorOptions, plan: Plan) {
    this.#options = options;
    this.#nines = options.nines;
    this.#plan = plan;
    this.#head = new Head({ journal: options.store, maxSkewMs: options.nines.maxSkewMs });
    this.#recentEvents = new RecentEvents(options.store);
    this.#thresholds = new CountedThresholds({
      ...options,
      head: this.#head,
      onProgress: (weeks) => this.#metrics.thresholdWeeks.set(weeks),
      onCounted: () => this.#resetFigures(),
    });
    this.#authenticator = new Authenticator(options.store);
    this.#ledger = new Ledger(options.store, options.clock);
    this.#disk = new DiskGuard({
      directory: options.nines.dataDirectory,
      minFreeBytes: () => this.#nines.minFreeBytes,
      clock: options.clock,
      log: options.log.child({ component: 'store' }),
    });
    this.#heartbeats = new Heartbeats({ put: (received) => this.#putEvents(received), hash: hashToken });
    this.#heartbeats.configure(options.nines.heartbeats);
    this.#writes = new WriteWatch({ store: options.store, disk: this.#disk, clock: options.clock });
    this.#statements = new Statements({
      ledger: this.#ledger,
      nines: () => this.#nines,
      evaluation: () => this.#evaluation(),
      store: options.store,
    });
    this.#standings = new Standings({
      objectives: () => inForce(this.#nines.contracts, options.clock.nowMs()).flatMap(({ objectives }) => objectives),
      evaluation: () => ({ ...this.#evaluation(), events: this.#recentEvents }),
    });
    this.#settlements = new Settlements({
      contracts: () => this.#nines.contracts,
      standings: () => this.#standings.current(),
      evaluation: () => this.#evaluation(),
    });
    this.#upkeep = new Upkeep({
      ...options,
      head: this.#head,
      events: this.#recentEvents,
      thresholds: this.#thresholds,
      metrics: this.#metrics,
      retention: () => this.#nines.retention,
      onLosses: () => this.#resetFigures(),
    });
    this.#lateArrivals = new LateArrivals(options.clock);
    this.#lateArrivals.subscribe(() => this.#resetFigures());
    this.#alerting = new Alerting({
      ...options,
      metrics: this.#metrics,
      config: () => this.#nines.alerts,
      snapshot: async () => snapshotOf({ ...(await this.#pageState()), heartbeats: this.#heartbeats }),
    });
    this.#server = createServer({ log: options.log.child({ component: 'http' }) });
    noteReload(this.#metrics, this.#options.clock.nowMs());
  }

  /**
   * Resolves once the server listens; the journal is read behind it, and `/readyz` says when that is done. Rejects with
   * `ConfigError` when the address cannot be listened on or a contract is no longer what it was, with `StoreError` when
   * the store cannot remember who is to run what from now on: figures would be wrong.
   */
  static async start(options: CollectorOptions): Promise<Collector> {
    const collector = new Collector(options, await assign(options.nines, options.store, options.clock.nowMs()));
    await collector.#authenticator.reload(knownAgentsOf(options.nines));
    await collector.#ledger.refresh();
    collector.#registerRoutes();
    await collector.#listen();
    collector.#followTokens();
    return collector;
  }

  /** Where it listens. */
  get address(): string {
    // Safe: the server listens on TCP, for which Node gives an AddressInfo.
    const { address, port, family } = this.#server.server.address() as AddressInfo;
    return family === 'IPv6' ? `http://[${address}]:${port}` : `http://${address}:${port}`;
  }

  /** Builds the head from what is sealed and the journal. Rejects with `StoreError` when they cannot be read. */
  async readJournal(): Promise<void> {
    const { store, log, clock } = this.#options;
    const beganMs = clock.elapsedMs();
    let batches = 0;
    await this.#heartbeats.load(store, clock.nowMs());
    await this.#alerting.load();
    await this.#thresholds.want(thresholdsOf(this.#nines.objectives));
    await this.#head.load(store);
    await this.#upkeep.noteLosses();
    for await (const entry of store.tail(0)) {
      this.#head.apply(entry);
      this.#statements.touchByBatch(entry);
      if (++batches % ENTRIES_A_TURN === 0) await nextTurn();
    }
    await this.#head.settle();
    // Again: reading may have come upon batches that it had to set aside.
    await this.#upkeep.noteLosses();
    this.#phase = 'ready';
    this.#metrics.headReady.set(1);
    log.info({ batches, durationMs: Math.round(clock.elapsedMs() - beganMs) }, 'journal read');
    const checks = this.#nines.checks.map(({ id }) => id);
    const isWanted = () => this.#phase === 'ready';
    await loadRecent(this.#head, { store, checks, nowMs: clock.nowMs(), isWanted });
    if (this.#phase !== 'ready') return;
    this.#repeat(UPKEEP_EVERY_MS, 'upkeep of the store failed; it is tried again', () => this.#upkeep.step());
    this.#repeat(this.#nines.alerts.everyMs, 'alerts not looked at; it is tried again', () => this.#alerting.look());
    this.#repeat(STATEMENTS_EVERY_MS, 'statements not frozen; it is tried again', () => this.#statements.work());
  }

  /**
   * Takes over the configuration as it stands now. Rejects with `ConfigError` when it is wrong, with `StoreError` when
   * the store cannot remember it, and keeps the old one.
   */
  async reload(): Promise<void> {
    const { log, load, store, clock } = this.#options;
    try {
      const nines = load();
      const plan = await assign(nines, store, clock.nowMs());
      await this.#authenticator.reload(knownAgentsOf(nines));
      this.#warnOfRestart(nines);
      this.#nines = nines;
      this.#plan = plan;
      this.#heartbeats.configure(nines.heartbeats);
      await this.#thresholds.want(thresholdsOf(nines.objectives));
      this.#resetFigures();
      noteReload(this.#metrics, this.#options.clock.nowMs());
      log.info({ checks: nines.checks.length, agents: nines.agents.length }, 'configuration reloaded');
    } catch (error) {
      this.#metrics.reloadSuccessful.set(0);
      throw error;
    }
  }

  /** Answers what was begun, then lets go of the store. */
  async stop(): Promise<void> {
    this.#phase = 'stopping';
    for (const cancel of this.#cancels) cancel();
    this.#lateArrivals.stop();
    this.#alerting.stop();
    this.#writes.stop();
    const cancelCut = this.#options.clock.after(STOP_REQUESTS_MS, () => this.#server.server.closeAllConnections());
    await this.#server.close();
    cancelCut();
    await this.#options.store.close();
  }

  async #listen(): Promise<void> {
    const { listen, path } = this.#options.nines;
    try {
      await this.#server.listen(listen);
    } catch (error) {
      const why = errorCode(error) === 'EADDRINUSE' ? 'already in use' : errorMessage(error);
      throw configErrorAt(path, `${listen.host}:${listen.port}: ${why}`, 'collector.listen');
    }
  }

  #registerRoutes(): void {
    const { server, store, clock } = { ...this.#options, server: this.#server };
    const evaluation = () => this.#evaluation();
    registerIngest(server, {
      store: { append: (delivery) => this.#append(delivery) },
      authenticator: this.#authenticator,
      clock,
      objectionTo: (agent, columns) => this.#plan.objectionTo(agent, columns),
      onStored: (entry) => this.#onStored(entry),
      onNotStored: (result) => this.#metrics.batches.inc({ result }),
    });
    registerEventIngest(server, {
      store: { putEvents: (received) => this.#putEvents(received) },
      authenticator: this.#authenticator,
      clock,
      onStored: (events, stored) => this.#onEventsStored(events, stored),
      onNotStored: (result) => this.#metrics.eventRequests.inc({ result }),
    });
    registerPing(server, { heartbeats: this.#heartbeats, clock });
    registerReadEvents(server, { store, clock });
    registerAssignment(server, { authenticator: this.#authenticator, nines: () => this.#nines });
    registerHealth(server, { unready: () => this.#unready() });
    registerReload(server, { adminToken: () => this.#nines.adminToken, reload: () => this.reload() });
    const contracts = () => this.#nines.contracts;
    registerAttainment(server, { contracts, evaluation });
    registerContracts(server, {
      contracts,
      settlements: () => this.#settlements.current(),
      evaluation,
      runnersOf: (check) => runnersIn(this.#nines)(check),
    });
    registerObservations(server, { evaluation });
    registerChecks(server, { nines: () => this.#nines, archive: store, evaluation });
    registerDecisions(server, {
      ledger: this.#ledger,
      statements: this.#statements,
      nines: () => this.#nines,
      onDecided: () => this.#resetFigures(),
    });
    registerMetrics(server, () => this.#writeMetrics());
    registerPages(server, {
      model: async () => pageModel(await this.#pageState()),
      contract: async (id) => contractPage(id, await this.#pageState(), await statementList(id, this.#statements)),
      series: async (check) => latencySeries(check, evaluation()),
    });
  }

  async #pageState(): Promise<PageState> {
    const standings = await this.#standings.current();
    const settlements = await this.#settlements.current();
    return { ...this.#evaluation(), nines: this.#nines, standings, settlements };
  }

  /** What figures are made from; refused while the head is not whole, because half a journal gives a wrong figure. */
  #evaluation(): Evaluation & { readonly plan: Plan } {
    if (this.#phase === 'reading')
      throw new RequestError('not-ready', 'the journal is being read; figures follow shortly');
    const { store, clock } = this.#options;
    const exclusions = exclusionSource(this.#nines.contracts, this.#ledger.register);
    return { head: this.#head, plan: this.#plan, events: store, nowMs: clock.nowMs(), exclusions };
  }

  #unready(): string | null {
    const { fault } = this.#writes;
    return UNREADY[this.#phase] ?? (fault === null ? null : `the store cannot be written to (${fault}); see the log`);
  }

  async #append(delivery: Delivery): Promise<Appended> {
    return this.#writes.during(() => this.#options.store.append(delivery));
  }

  async #putEvents(received: ReceivedEvents): Promise<EventsPut> {
    const put = await this.#writes.during(() => this.#options.store.putEvents(received));
    this.#recentEvents.note(received, put);
    return put;
  }

  #onEventsStored(events: readonly Event[], stored: number): void {
    this.#lateArrivals.noteEvents(events);
    this.#statements.touchByEvents(events);
    this.#metrics.eventRequests.inc(STORED);
    this.#metrics.events.inc(stored);
  }

  #onStored(entry: JournalEntry): void {
    this.#metrics.batches.inc(STORED);
    this.#metrics.observations.inc(countObservations(entry.batch));
    this.#head.apply(entry);
    this.#lateArrivals.noteObservations(entry.batch);
    this.#statements.touchByBatch(entry);
  }

  async #writeMetrics(): Promise<string> {
    const { bytes, batches } = await this.#options.store.size();
    this.#metrics.storeBytes.set(bytes);
    this.#metrics.storeFreeBytes.set((await this.#disk.freeBytes()) ?? Number.NaN);
    this.#metrics.storeBatches.set(batches);
    const own = await this.#metrics.registry.metrics();
    if (this.#phase === 'reading') return own;
    const standings = await this.#standings.current();
    const settlements = await this.#settlements.current();
    const heartbeats = this.#heartbeats.statuses(this.#options.clock.nowMs());
    const { agents } = this.#nines;
    return own + writeMetricsPage({ ...this.#evaluation(), agents, standings, settlements, heartbeats });
  }

  /** What figures are made of has changed: those that were computed are not given out any more. */
  #resetFigures(): void {
    this.#standings.reset();
    this.#settlements.reset();
  }

  /** Commands issue and revoke tokens in the store beside us; a failure is no reason to let nobody in. */
  #followTokens(): void {
    this.#repeat(TOKENS_EVERY_MS, 'tokens not read again, those known stay', async () => {
      await this.#authenticator.reload();
      return false;
    });
  }

  #repeat(everyMs: number, failure: string, work: () => Promise<boolean>): void {
    const { clock, log } = this.#options;
    this.#cancels.push(repeat({ clock, everyMs, work, onError: (err) => log.error({ err }, failure) }));
  }

  #warnOfRestart(nines: Nines): void {
    const { nines: started, log } = this.#options;
    const changed = changedUntilRestart(started, nines);
    if (changed.length > 0) log.warn({ settings: changed }, 'changed settings that take effect at the next start');
  }
}

const STORED = { result: 'stored' } as const;

/** How often the store is asked whether there is something to do. */
const UPKEEP_EVERY_MS = 5_000;

/** Batches applied before others get a turn on the event loop. */
const ENTRIES_A_TURN = 64;
