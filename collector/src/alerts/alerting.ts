import type { Clock } from '@nines/shared/time/clock.ts';
import type { Logger } from 'pino';
import type { AlertsConfig } from '../config/alerts.ts';
import type { ProgramMetrics } from '../metrics/program.ts';
import type { AlertStore } from '../store/alerts.ts';
import type { Alert, AlertState } from './alert.ts';
import type { Snapshot } from './finding.ts';
import { type Memory, step } from './step.ts';
import { Teller } from './teller.ts';

export interface AlertingOptions {
  readonly store: AlertStore;
  readonly clock: Pick<Clock, 'nowMs' | 'after'>;
  readonly log: Pick<Logger, 'info' | 'warn' | 'error'>;
  readonly metrics: Pick<ProgramMetrics, 'alerts' | 'alertsQuiet' | 'alertMessages'>;
  readonly config: () => AlertsConfig;
  /** Aborted when it stops: what is under way is broken off. */
  readonly stopping: AbortController;
  /** How things stand now. */
  readonly snapshot: () => Promise<Snapshot>;
}

const STATES: readonly AlertState[] = ['pending', 'firing', 'resolved'];

/** Looks at how things stand, remembers what is wrong, and tells the receivers. */
export class Alerting {
  readonly #options: AlertingOptions;
  readonly #tellers = new Map<string, Teller>();
  #alerts = new Map<string, Alert>();
  #traces: Memory['traces'] = new Map();
  /** What the store has: pending ones it never gets, after a restart they have to hold from the beginning again. */
  #stored: ReadonlyMap<string, Alert> = new Map();
  #saving: Promise<void> = Promise.resolve();

  constructor(options: AlertingOptions) {
    this.#options = options;
  }

  /** Takes over what was firing before this start. Rejects with `StoreError`. */
  async load(): Promise<void> {
    this.#stored = new Map((await this.#options.store.alerts()).map((alert) => [alert.key, alert]));
    this.#alerts = new Map(this.#stored);
  }

  /** Those that fire, the oldest first. */
  firing(): readonly Alert[] {
    return [...this.#alerts.values()].filter(({ state }) => state === 'firing').sort((a, b) => a.sinceMs - b.sinceMs);
  }

  /** One look, and `false`: that was all. Resolves when it is remembered; receivers are told behind it. A full disk keeps nobody from being told. */
  async look(): Promise<boolean> {
    const { config, log, metrics } = this.#options;
    const snapshot = await this.#options.snapshot();
    const { settings, receivers } = config();
    const before = this.#alerts;
    const memory = { alerts: before, traces: this.#traces };
    const { alerts, traces } = step(memory, snapshot, { settings, receivers: receivers.map(({ name }) => name) });
    this.#alerts = new Map(alerts);
    this.#traces = traces;
    const counts = { pending: 0, firing: 0, resolved: 0 };
    let quiet = 0;
    for (const [key, { state, labels, annotations, quiet: why }] of this.#alerts) {
      counts[state]++;
      if (why !== null && state !== 'resolved') quiet++;
      const was = before.get(key)?.state;
      if (state !== was && state !== 'pending') log.info({ labels, annotations, state }, 'alert changed');
    }
    metrics.alertsQuiet.set(quiet);
    for (const state of STATES) metrics.alerts.set({ state }, counts[state]);
    await this.#save();
    this.#tell();
    return false;
  }

  /** Messages under way are broken off, or one that hangs would hold up the end; they are sent at the next start. */
  stop(): void {
    this.#options.stopping.abort();
  }

  #tell(): void {
    if (this.#options.stopping.signal.aborted) return;
    const { receivers, everyMs } = this.#options.config();
    const alerts = [...this.#alerts.values()];
    for (const receiver of receivers) void this.#tellerOf(receiver.name).tell(receiver, alerts, everyMs);
  }

  #tellerOf(name: string): Teller {
    const known = this.#tellers.get(name);
    if (known !== undefined) return known;
    const { clock, log, metrics } = this.#options;
    const teller = new Teller({
      clock,
      signal: this.#options.stopping.signal,
      onTold: (receiver, alerts) => {
        metrics.alertMessages.inc({ receiver, result: 'taken' });
        this.#noteTold(receiver, alerts);
      },
      onFailed: (receiver, err, isFirst) => {
        metrics.alertMessages.inc({ receiver, result: 'failed' });
        if (isFirst) log.error({ err, receiver }, 'alerts not taken in; they are sent again');
      },
    });
    this.#tellers.set(name, teller);
    return teller;
  }

  #noteTold(receiver: string, alerts: readonly Alert[]): void {
    for (const { key, state, sinceMs } of alerts) {
      const now = this.#alerts.get(key);
      // It may have gone on meanwhile; another outage of the same name was not told of.
      if (now === undefined || now.sinceMs !== sinceMs || now.told[receiver] === state) continue;
      this.#alerts.set(key, { ...now, told: { ...now.told, [receiver]: state } });
    }
    void this.#save();
  }

  /** Writes what differs from what the store has, one write after the other; what fails is written the next time. */
  #save(): Promise<void> {
    this.#saving = this.#saving.then(async () => {
      const wanted = new Map([...this.#alerts].filter(([, { state }]) => state !== 'pending'));
      const put = [...wanted.values()].filter((alert) => this.#stored.get(alert.key) !== alert);
      const remove = [...this.#stored.keys()].filter((key) => !this.#alerts.has(key));
      if (put.length === 0 && remove.length === 0) return;
      try {
        await this.#options.store.changeAlerts({ put, remove });
        this.#stored = wanted;
      } catch (err) {
        this.#options.log.warn({ err }, 'alerts not remembered; a restart now would page again');
      }
    });
    return this.#saving;
  }
}
