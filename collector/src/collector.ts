import type { AddressInfo } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { configErrorAt, errorCode, errorMessage } from '@nines/shared/errors.ts';
import type { Clock } from '@nines/shared/time/clock.ts';
import type { Logger } from 'pino';
import type { Alerting } from './alerts/alerting.ts';
import { createAlerting } from './alerts/create-alerting.ts';
import { assign } from './assign.ts';
import type { Nines } from './config/nines.ts';
import type { Plan } from './config/plan.ts';
import { changedUntilRestart } from './config/restart-only.ts';
import { CountedThresholds } from './evaluate/counted-thresholds.ts';
import { Figures } from './evaluate/figures.ts';
import { Head } from './evaluate/head.ts';
import { LateArrivals } from './evaluate/late-arrivals.ts';
import { loadRecent } from './evaluate/load-recent.ts';
import { RecentEvents } from './evaluate/recent-events.ts';
import { thresholdsOf } from './evaluate/thresholds.ts';
import { Heartbeats } from './heartbeat/heartbeats.ts';
import { Authenticator, hashToken, knownAgentsOf } from './http/authenticate.ts';
import { RequestError } from './http/errors.ts';
import { createServer, type Server } from './http/server.ts';
import { Intake } from './intake.ts';
import { Ledger } from './ledger/ledger.ts';
import { STATEMENTS_EVERY_MS, Statements } from './ledger/statements.ts';
import { createProgramMetrics, noteReload, type ProgramMetrics } from './metrics/program.ts';
import { writeScrape } from './metrics/scrape.ts';
import { CallCounts } from './phone/call-counts.ts';
import { startRemoteWrite } from './remote-write/remote-write.ts';
import { repeat } from './repeat.ts';
import { registerRoutes } from './routes.ts';
import { DiskGuard } from './store/disk-guard.ts';
import type { Store } from './store/store.ts';
import { WriteWatch } from './store/write-watch.ts';
import { Upkeep } from './upkeep.ts';

export interface CollectorOptions {
  readonly nines: Nines;
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Logger;
  /** Reads the configuration again; throws `ConfigError` when it is wrong. */
  readonly load: () => Nines;
}

type Phase = 'reading' | 'judging' | 'ready' | 'stopping';

const UNREADY: Readonly<Record<Phase, string | null>> = {
  reading: 'the journal is being read',
  judging: 'the first figures are being made',
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
  readonly #figures: Figures;
  readonly #intake: Intake;
  readonly #authenticator: Authenticator;
  readonly #disk: DiskGuard;
  readonly #writes: WriteWatch;
  readonly #heartbeats: Heartbeats;
  readonly #callCounts = new CallCounts();
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
    const { store, clock, log } = options;
    const nines = () => this.#nines;
    this.#options = options;
    this.#nines = options.nines;
    this.#plan = plan;
    this.#authenticator = new Authenticator(store);
    this.#ledger = new Ledger(store, clock);
    const storeLog = log.child({ component: 'store' });
    const { dataDirectory: directory, maxSkewMs } = options.nines;
    this.#disk = new DiskGuard({ directory, minFreeBytes: () => this.#nines.minFreeBytes, clock, log: storeLog });
    this.#writes = new WriteWatch({ store, disk: this.#disk, clock });

    this.#head = new Head({ journal: store, maxSkewMs });
    const recentEvents = new RecentEvents(store);
    this.#figures = new Figures({
      head: this.#head,
      recentEvents,
      clock,
      nines,
      plan: () => this.#plan,
      register: () => this.#ledger.register,
      requireWhole: () => this.#requireWhole(),
    });
    const reset = () => this.#figures.reset();
    this.#thresholds = new CountedThresholds({
      ...options,
      head: this.#head,
      onProgress: (weeks) => this.#metrics.thresholdWeeks.set(weeks),
      onCounted: reset,
    });
    this.#upkeep = new Upkeep({
      ...options,
      head: this.#head,
      events: recentEvents,
      thresholds: this.#thresholds,
      metrics: this.#metrics,
      retention: () => this.#nines.retention,
      onLosses: reset,
    });
    this.#lateArrivals = new LateArrivals(clock);
    this.#lateArrivals.subscribe(reset);
    const evaluation = () => this.#figures.evaluation();
    this.#statements = new Statements({ ledger: this.#ledger, nines, evaluation, store });
    this.#intake = new Intake({
      store,
      writes: this.#writes,
      head: this.#head,
      recentEvents,
      callCounts: this.#callCounts,
      lateArrivals: this.#lateArrivals,
      statements: this.#statements,
      metrics: this.#metrics,
    });
    this.#heartbeats = new Heartbeats({ put: (received) => this.#intake.putEvents(received), hash: hashToken });
    this.#heartbeats.configure(options.nines.heartbeats);
    const heartbeats = this.#heartbeats;
    const figures = this.#figures;
    this.#alerting = createAlerting({
      ...options,
      nines,
      figures,
      heartbeats,
      ledger: this.#ledger,
      metrics: this.#metrics,
    });
    this.#server = createServer({ log: log.child({ component: 'http' }) });
    noteReload(this.#metrics, clock.nowMs());
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
    // Nobody has to wait for the first ones: not the first scrape, and not a dashboard that asks at once.
    this.#phase = 'judging';
    await this.#figures
      .now()
      .catch((err: unknown) => log.error({ err }, 'first figures not made; they are made when somebody asks'));
    if (this.#isStopping()) return;
    // What arrives from now on is in the next ones.
    this.#figures.reset();
    this.#phase = 'ready';
    this.#metrics.headReady.set(1);
    log.info({ batches, durationMs: Math.round(clock.elapsedMs() - beganMs) }, 'journal read');
    const checks = this.#nines.checks.map(({ id }) => id);
    const isWanted = () => this.#phase === 'ready';
    await loadRecent(this.#head, { store, checks, nowMs: clock.nowMs(), isWanted });
    if (this.#phase !== 'ready') return;
    this.#cancels.push(
      await startRemoteWrite(this.#options.nines.remoteReceivers, {
        ...this.#options,
        plan: () => this.#plan,
        metrics: this.#metrics.remote,
        maxSkewMs: this.#options.nines.maxSkewMs,
      }),
    );
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
      this.#figures.reset();
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
    const figures = this.#figures;
    const heartbeats = this.#heartbeats;
    const isWhole = () => this.#phase !== 'reading';
    const [disk, metrics, callCounts] = [this.#disk, this.#metrics, this.#callCounts] as const;
    const source = { ...this.#options, disk, metrics, callCounts, heartbeats, figures, isWhole };
    registerRoutes(this.#server, {
      ...this.#options,
      nines: () => this.#nines,
      plan: () => this.#plan,
      authenticator: this.#authenticator,
      intake: this.#intake,
      figures,
      heartbeats,
      ledger: this.#ledger,
      statements: this.#statements,
      alerting: this.#alerting,
      unready: () => this.#unready(),
      reload: () => this.reload(),
      scrape: (format) => writeScrape(source, format),
    });
  }

  /** Half a journal gives a wrong figure: none is told while it is being read. */
  #requireWhole(): void {
    if (this.#phase === 'reading')
      throw new RequestError('not-ready', 'the journal is being read; figures follow shortly');
  }

  #isStopping(): boolean {
    return this.#phase === 'stopping';
  }

  #unready(): string | null {
    const { fault } = this.#writes;
    return UNREADY[this.#phase] ?? (fault === null ? null : `the store cannot be written to (${fault}); see the log`);
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

/** How often the store is asked whether there is something to do. */
const UPKEEP_EVERY_MS = 5_000;

/** Batches applied before others get a turn on the event loop. */
const ENTRIES_A_TURN = 64;
