import { join } from 'node:path';
import type { Check } from '@nines/shared/check.ts';
import type { Clock } from '@nines/shared/time/clock.ts';
import type { AgentStatus } from '@nines/shared/wire.ts';
import type { Logger } from 'pino';
import { createAllowance } from './allowance.ts';
import { type AgentAssignment, AssignmentPoll } from './assignment.ts';
import { addressOf, type CollectorClient, createCollectorClient } from './collector-client.ts';
import type { AgentConfig } from './config.ts';
import { Delivery, TO_BATCHES, TO_EVENTS } from './delivery.ts';
import { EventSpool } from './event-spool.ts';
import { asIsolated, createIsolation, type Isolation, neverIsolated } from './isolation.ts';
import { Keeper } from './keeper.ts';
import { CheckMetrics } from './metrics.ts';
import { type MetricsServer, serveMetrics } from './metrics-server.ts';
import { ownMetrics, type Usage } from './own-metrics.ts';
import type { PlaceLimits } from './places.ts';
import { endCommands } from './probes/command.ts';
import { loadProbes } from './probes/index.ts';
import type { Trust } from './probes/probe-run.ts';
import { sweepScratch } from './restore/scratch.ts';
import { type RunCheckDeps, runCheck } from './run-check.ts';
import { Scheduler } from './scheduler.ts';
import { isSystemError } from './spool/durable-file.ts';
import { Spool } from './spool.ts';
import { createTrust, type TrustSettings } from './trust.ts';
import { VERSION } from './version.ts';

/** Runs under way get this long to end when the agent stops, and the last batches this long to be delivered. */
const STOP_RUNS_MS = 2_000;
const STOP_DELIVERY_MS = 5_000;

/** What a run still has to do once its program was ended: to remove what it wrote, and to say so. */
const STOP_ENDED_MS = 500;

/** Events may take this part of the spool's size, besides the observations: what waits longest is dropped beyond it. */
const EVENTS_SHARE = 4;

/** What the agent is given of the world outside. */
export interface AgentDeps {
  readonly clock: Clock;
  readonly logger: Logger;
  /** Evenly in `[0, 1)`. */
  readonly random: () => number;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly pid: number;
  readonly usage: () => Usage;
}

interface Spools {
  readonly spool: Spool;
  readonly eventSpool: EventSpool;
}

/** What a reload replaces. */
interface Settings {
  readonly config: AgentConfig;
  readonly running: RunCheckDeps;
  readonly isolation: Isolation;
  readonly client: CollectorClient;
}

/** The whole agent: runs the collector's checks, spools what they saw, delivers it. */
export class Agent {
  readonly #deps: AgentDeps;
  readonly #startedAtMs: number;
  readonly #metrics = new CheckMetrics();
  readonly #scheduler: Scheduler;
  readonly #spool: Spool;
  readonly #delivery: Delivery;
  readonly #eventSpool: EventSpool;
  readonly #eventDelivery: Delivery;
  readonly #keeper = new Keeper();
  readonly #assignmentPoll: AssignmentPoll;
  #settings: Settings;
  #server: MetricsServer | null = null;
  #assignment: AgentAssignment | null = null;
  #isIsolated = false;
  #isolatedRuns = 0;
  #agentErrors = 0;
  #isReloadGood = true;

  /** Starts everything. Rejects with `ConfigError` when the address, the spool or a named file cannot be used. */
  static async start(config: AgentConfig, deps: AgentDeps): Promise<Agent> {
    const holder: { agent: Agent | null } = { agent: null };
    const spool = await Spool.open({
      directory: config.spoolDirectory,
      maxBytes: config.spool.max_size,
      maxAgeMs: config.spool.max_age,
      batchIntervalMs: config.batch_interval,
      clock: deps.clock,
      logger: deps.logger.child({ component: 'spool' }),
      pid: deps.pid,
      agent: () => holder.agent?.name ?? '',
      status: () => holder.agent?.status(),
    });
    const eventSpool = EventSpool.open({
      directory: join(config.spoolDirectory, 'events'),
      maxBytes: config.spool.max_size / EVENTS_SHARE,
      maxAgeMs: config.spool.max_age,
      clock: deps.clock,
      logger: deps.logger.child({ component: 'event-spool' }),
    });
    const agent = new Agent(config, { spool, eventSpool }, deps);
    holder.agent = agent;
    await agent.#begin();
    return agent;
  }

  private constructor(config: AgentConfig, { spool, eventSpool }: Spools, deps: AgentDeps) {
    const { clock, logger, random } = deps;
    this.#deps = deps;
    this.#startedAtMs = clock.nowMs();
    this.#settings = this.#settingsOf(config);
    this.#spool = spool;
    this.#eventSpool = eventSpool;
    this.#scheduler = new Scheduler({ clock, limits: limitsOf(config), run: (check) => this.#run(check) });
    const client = () => this.#settings.client;
    const delivering = { client, clock, random, logger: logger.child({ component: 'delivery' }) };
    this.#delivery = new Delivery({ ...delivering, spool, to: TO_BATCHES });
    this.#eventDelivery = new Delivery({ ...delivering, spool: eventSpool, to: TO_EVENTS });
    this.#assignmentPoll = new AssignmentPoll({
      client,
      cachePath: join(config.spoolDirectory, 'assignment.json'),
      expectedName: config.name,
      clock,
      random,
      logger: logger.child({ component: 'assignment' }),
      onChange: (assignment) => this.#assign(assignment),
    });
  }

  /** The name that the collector knows this agent by; the configured one, or empty, while it is not known. */
  get name(): string {
    return this.#assignment?.agent ?? this.#settings.config.name ?? '';
  }

  /** Port on which the metrics are served. */
  get port(): number {
    return this.#server?.port ?? 0;
  }

  status(): AgentStatus {
    const { runs, lateRuns } = this.#scheduler.counts;
    const spool = this.#spool.state;
    return {
      at_ms: this.#deps.clock.nowMs(),
      version: VERSION,
      started_at_ms: this.#startedAtMs,
      checks: this.#assignment?.checks.length ?? 0,
      runs,
      late_runs: lateRuns,
      isolated: this.#isIsolated,
      isolated_runs: this.#isolatedRuns,
      agent_errors: this.#agentErrors,
      spool_bytes: spool.bytes,
      spool_batches: spool.batches,
      spool_oldest_at_ms: spool.oldestAtMs,
      dropped_observations: spool.droppedObservations,
      refused_batches: spool.refusedBatches,
    };
  }

  /** Takes another configuration, as far as that goes without a restart. Throws `ConfigError` and changes nothing then. */
  reload(load: () => AgentConfig): void {
    const { logger } = this.#deps;
    this.#isReloadGood = false;
    const before = this.#settings;
    const config = load();
    this.#settings = this.#settingsOf(config);
    this.#isReloadGood = true;
    this.#scheduler.limits = limitsOf(config);
    void before.client.close();
    // Perhaps a token was mended: nobody should have to wait for the end of a pause to see it.
    void this.#delivery.flush();
    void this.#eventDelivery.flush();
    const fixed = ['listen', 'name', 'spool', 'batch_interval'] as const;
    const changed = fixed.filter((key) => JSON.stringify(config[key]) !== JSON.stringify(before.config[key]));
    if (changed.length > 0) logger.warn({ keys: changed }, 'changed settings that take effect after a restart only');
    logger.info('configuration reloaded');
  }

  /** Ends within ten seconds: no new runs, the last batch closed, and delivered when the collector is there. */
  async stop(): Promise<void> {
    const { clock, logger } = this.#deps;
    this.#assignmentPoll.stop();
    const idle = this.#scheduler.stop();
    await atMost(STOP_RUNS_MS, idle, clock);
    await endCommands(clock);
    await atMost(STOP_ENDED_MS, idle, clock);
    await this.#keeper.retain([]);
    await this.#spool.closeBatch();
    await atMost(STOP_DELIVERY_MS, Promise.all([this.#delivery.flush(), this.#eventDelivery.flush()]), clock);
    this.#delivery.stop();
    this.#eventDelivery.stop();
    await Promise.all([this.#settings.client.close(), this.#server?.close(), this.#spool.close()]);
    logger.info({ waiting_batches: this.#spool.state.batches }, 'agent stopped');
  }

  async #begin(): Promise<void> {
    const { config } = this.#settings;
    this.#server = await serveMetrics(config.listen, () => this.#page());
    this.#deps.logger.info({ version: VERSION, listen: `${config.listen.host}:${this.port}` }, 'agent started');
    if (/^http:/i.test(config.collector.url) && !isLoopback(config.collector.url)) {
      this.#deps.logger.warn('the token goes to the collector unencrypted: its url should be https');
    }
    if (config.isolation !== 'off' && config.isolation.canaries === undefined && isLoopback(config.collector.url)) {
      this.#deps.logger.warn('collector is on this host: without isolation.canaries a lost network looks like outages');
    }
    await this.#sweep();
    await this.#assignmentPoll.start();
    this.#delivery.wake();
    this.#eventDelivery.wake();
  }

  /** Before any check runs. What cannot be removed is said, and no reason not to measure. */
  async #sweep(): Promise<void> {
    const { scratch } = this.#settings.config;
    try {
      await sweepScratch(scratch);
    } catch (error) {
      if (!isSystemError(error)) throw error;
      this.#deps.logger.error({ err: error, ...scratch }, 'scratch folder of an earlier start cannot be removed');
    }
  }

  #settingsOf(config: AgentConfig): Settings {
    const { clock, env } = this.#deps;
    const trust = lazyTrust(config);
    const { isolation, collector, token } = config;
    return {
      config,
      running: {
        clock,
        trust,
        eventsOf: (check) => this.#eventSpool.sinkOf(check),
        keeper: this.#keeper,
        allowed: createAllowance(config, env),
      },
      client: createCollectorClient({ url: collector.url, token, trust, clock }),
      isolation:
        isolation === 'off'
          ? neverIsolated
          : createIsolation({ clock, canaries: isolation.canaries ?? null, collector: addressOf(collector.url) }),
    };
  }

  /** What a check needs is loaded before it is due, or its first run would seem slow. */
  async #schedule(assignment: AgentAssignment): Promise<void> {
    await loadProbes(assignment.checks.map(({ probe }) => probe.type));
    if (this.#assignment === assignment) this.#scheduler.update(assignment.checks);
  }

  #assign(assignment: AgentAssignment): void {
    this.#assignment = assignment;
    this.#metrics.update(assignment.checks);
    void this.#schedule(assignment);
    void this.#keeper.retain(assignment.checks);
  }

  async #run(check: Check): Promise<void> {
    const { logger } = this.#deps;
    const { running, isolation } = this.#settings;
    const beganIsolated = this.#isIsolated;
    const { observation, detail, error } = await runCheck(check, running);
    if (error !== null) {
      this.#agentErrors++;
      logger.error({ err: error, check: check.id }, 'run failed by a fault of the agent');
    }
    let result = observation;
    if (observation.outcome === 'up') this.#isIsolated = false;
    if (observation.outcome === 'down') {
      this.#isIsolated = await isolation.isIsolated();
      // What such a run sent while cut off is lost, even if the network is back by the time it fails.
      if (this.#isIsolated || beganIsolated) {
        this.#isolatedRuns++;
        result = asIsolated(observation);
      }
    }
    this.#spool.append(result);
    this.#metrics.record(result);
    // Only what is in the spool is logged: whoever counts these lines counts what has to arrive.
    const { atMs, outcome, reason } = result;
    logger.debug({ check: check.id, atMs, outcome, reason, detail }, 'run');
  }

  #page(): string {
    const own = ownMetrics({
      status: this.status(),
      scheduler: this.#scheduler.counts,
      spool: this.#spool.state,
      delivery: this.#delivery.state,
      eventSpool: this.#eventSpool.state,
      eventDelivery: this.#eventDelivery.state,
      usage: this.#deps.usage(),
      refusedChecks: this.#assignment?.refused.length ?? 0,
      isReloadGood: this.#isReloadGood,
    });
    return this.#metrics.render(this.name, own);
  }
}

function limitsOf({ concurrency, max_repositories, max_backup_tests }: AgentConfig): PlaceLimits {
  return { runs: concurrency, repositories: max_repositories, slowRepositories: max_backup_tests };
}

/** Waits for the work, but no longer than this; the timer does not outlive the wait. */
async function atMost(limitMs: number, work: Promise<unknown>, clock: Clock): Promise<void> {
  const isDone = new AbortController();
  await Promise.race([work, clock.sleep(limitMs, isDone.signal)]);
  isDone.abort();
}

function isLoopback(url: string): boolean {
  return /^(?:localhost|127\.[\d.]+|::1)$/.test(addressOf(url).host);
}

/** The system's roots are read when the first TLS connection wants them: an agent without one saves their memory. */
function lazyTrust(settings: TrustSettings): Trust {
  // A file that the operator named is read at once, so that a mistake shows at the start.
  let trust = settings.caFile === null ? null : createTrust(settings);
  return {
    get secureContext() {
      trust ??= createTrust(settings);
      return trust.secureContext;
    },
  };
}
