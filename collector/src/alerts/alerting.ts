import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Clock } from '@nines/shared/time/clock.ts';
import type { Logger } from 'pino';
import type { AlertsConfig } from '../config/alerts.ts';
import type { ProgramMetrics } from '../metrics/program.ts';
import type { AlertStore } from '../store/alerts.ts';
import type { Alert, AlertState } from './alert.ts';
import type { Channel } from './channel.ts';
import type { Snapshot } from './finding.ts';
import { dueNotices } from './notices/due.ts';
import type { Notice, PostedNotice } from './notices/notice.ts';
import { Outbox, type SendNotice } from './notices/outbox.ts';
import { channelOf } from './receivers.ts';
import { type Memory, stepping } from './step.ts';
import { Teller } from './teller.ts';

export interface AlertingOptions {
  readonly store: AlertStore;
  readonly clock: Pick<Clock, 'nowMs' | 'after'>;
  readonly log: Pick<Logger, 'info' | 'warn' | 'error'>;
  readonly metrics: Pick<ProgramMetrics, 'alerts' | 'alertsQuiet' | 'alertMessages' | 'alertNotices'>;
  readonly config: () => AlertsConfig;
  /** Aborted when it stops: what is under way is broken off. */
  readonly stopping: AbortController;
  /** How things stand now. */
  readonly snapshot: () => Promise<Snapshot>;
  /** Whether somebody said that they are on it. */
  readonly isAcknowledged: (alertId: string) => boolean;
  /** Where people reach the pages, without a trailing slash; `null` when the configuration does not say. */
  readonly publicUrl: () => string | null;
}

/** A write is handed to another thread whole, which takes time of this one. */
const ALERTS_A_WRITE = 500;

const STATES: readonly AlertState[] = ['pending', 'firing', 'resolved'];

/** Looks at how things stand, remembers what is wrong, and tells the receivers. */
export class Alerting {
  readonly #options: AlertingOptions;
  readonly #tellers = new Map<string, Teller>();
  readonly #outbox: Outbox;
  #alerts = new Map<string, Alert>();
  #traces: Memory['traces'] = new Map();
  /** What the store has: pending ones it never gets, after a restart they have to hold from the beginning again. */
  #stored: ReadonlyMap<string, Alert> = new Map();
  /** Notices that could not be written yet. */
  #unwritten: readonly Notice[] = [];
  #saving: Promise<void> = Promise.resolve();

  constructor(options: AlertingOptions) {
    const { metrics, stopping } = options;
    this.#options = options;
    this.#outbox = new Outbox({
      ...options,
      signal: stopping.signal,
      onAttempt: (receiver, result) => metrics.alertMessages.inc({ receiver, result }),
    });
  }

  /** Takes over what was firing, and what was not told, before this start. Rejects with `StoreError`. */
  async load(): Promise<void> {
    this.#stored = new Map((await this.#options.store.alerts()).map((alert) => [alert.key, alert]));
    this.#alerts = new Map(this.#stored);
    await this.#outbox.load();
  }

  /** All of them, the oldest first. */
  all(): readonly Alert[] {
    return [...this.#alerts.values()].sort((a, b) => a.sinceMs - b.sinceMs);
  }

  /** Those that fire, the oldest first. */
  firing(): readonly Alert[] {
    return this.all().filter(({ state }) => state === 'firing');
  }

  /** What was not taken in yet or was given up. */
  undelivered(): readonly PostedNotice[] {
    return this.#outbox.undelivered();
  }

  /** One look, and `false`: that was all. Resolves when it is remembered; receivers are told behind it. A full disk keeps nobody from being told. */
  async look(): Promise<boolean> {
    const snapshot = await this.#options.snapshot();
    const { settings, receivers } = this.#options.config();
    const before = this.#alerts;
    const memory = { alerts: before, traces: this.#traces };
    const steps = stepping(memory, snapshot, { settings, receivers: receivers.map(({ name }) => name) });
    let part = steps.next();
    for (; part.done !== true; part = steps.next()) await nextTurn();
    this.#alerts = new Map(part.value.alerts);
    this.#traces = part.value.traces;
    this.#report(before);
    const channels = new Map(receivers.map((receiver) => [receiver.name, channelOf(receiver)]));
    const notices = this.#makeNotices(channels, snapshot.nowMs);
    this.#outbox.add(notices);
    await this.#save(notices);
    this.#tell(channels);
    this.#countNotices();
    return false;
  }

  /** Messages under way are broken off, or one that hangs would hold up the end; they are sent at the next start. */
  stop(): void {
    this.#options.stopping.abort();
  }

  #report(before: ReadonlyMap<string, Alert>): void {
    const { log, metrics } = this.#options;
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
  }

  #countNotices(): void {
    const { alertNotices } = this.#options.metrics;
    for (const [receiver, { waiting, dead }] of this.#outbox.counts()) {
      alertNotices.set({ receiver, state: 'waiting' }, waiting);
      alertNotices.set({ receiver, state: 'dead' }, dead);
    }
  }

  /** Who is told by notices, of what; that it was told is remembered with the notice, in one transaction. */
  #makeNotices(channels: ReadonlyMap<string, Channel>, nowMs: number): Notice[] {
    const { isAcknowledged } = this.#options;
    const made: Notice[] = [];
    for (const [name, channel] of channels) {
      if (channel.tells !== 'notices') continue;
      const reader = { name, terms: channel.terms };
      const { notices, told } = dueNotices(this.#alerts.values(), { reader, nowMs, isAcknowledged });
      for (const alert of told) this.#alerts.set(alert.key, alert);
      made.push(...notices);
    }
    return made;
  }

  #tell(channels: ReadonlyMap<string, Channel>): void {
    const { stopping, config, clock, publicUrl } = this.#options;
    if (stopping.signal.aborted) return;
    const { everyMs } = config();
    const alerts = [...this.#alerts.values()];
    const senders = new Map<string, SendNotice>();
    for (const [name, channel] of channels) {
      if (channel.tells === 'states') void this.#tellerOf(name).tell({ name, channel }, alerts, everyMs);
      else {
        senders.set(name, (notice, signal) =>
          channel.tell(notice, { nowMs: clock.nowMs(), publicUrl: publicUrl() }, { clock, signal }),
        );
      }
    }
    this.#outbox.pump(senders);
  }

  #tellerOf(name: string): Teller {
    const known = this.#tellers.get(name);
    if (known !== undefined) return known;
    const { clock, log, metrics, stopping } = this.#options;
    const teller = new Teller({
      clock,
      signal: stopping.signal,
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
    const atMs = this.#options.clock.nowMs();
    for (const { key, state, sinceMs } of alerts) {
      const now = this.#alerts.get(key);
      // It may have gone on meanwhile; another outage of the same name was not told of.
      if (now === undefined || now.sinceMs !== sinceMs || now.told[receiver]?.state === state) continue;
      this.#alerts.set(key, { ...now, told: { ...now.told, [receiver]: { state, atMs } } });
    }
    void this.#save([]);
  }

  /** Writes what differs from what the store has, one write after the other; what fails is written the next time. */
  #save(notices: readonly Notice[]): Promise<void> {
    this.#saving = this.#saving.then(async () => {
      const wanted = new Map([...this.#alerts].filter(([, { state }]) => state !== 'pending'));
      const put = [...wanted.values()].filter((alert) => this.#stored.get(alert.key) !== alert);
      const remove = [...this.#stored.keys()].filter((key) => !this.#alerts.has(key));
      this.#unwritten = [...this.#unwritten, ...notices];
      if (put.length === 0 && remove.length === 0 && this.#unwritten.length === 0) return;
      try {
        // What has to be told first: torn after it, somebody is told twice, and not never.
        const first = { put: put.slice(0, ALERTS_A_WRITE), remove, notices: this.#unwritten };
        await this.#options.store.changeAlerts(first);
        this.#unwritten = [];
        for (let from = ALERTS_A_WRITE; from < put.length; from += ALERTS_A_WRITE) {
          await this.#options.store.changeAlerts({
            put: put.slice(from, from + ALERTS_A_WRITE),
            remove: [],
            notices: [],
          });
        }
        this.#stored = wanted;
      } catch (err) {
        this.#options.log.warn({ err }, 'alerts not remembered; a restart now would page again');
      }
    });
    return this.#saving;
  }
}
