import { errorMessage } from '@nines/shared/errors.ts';
import type { Clock } from '@nines/shared/time/clock.ts';
import type { Logger } from 'pino';
import { exchange, Refusal } from '../alerts/exchange.ts';
import type { Plan } from '../config/plan.ts';
import { countedEntry } from '../evaluate/journal-reader.ts';
import type { RemoteMetrics } from '../metrics/remote-write.ts';
import type { RemoteWriteStore } from '../store/remote-write.ts';
import type { JournalEntry } from '../store/store.ts';
import { REMOTE_PROTOCOLS } from './protocols.ts';
import type { RemoteReceiver } from './receiver.ts';
import { type RemoteSeries, remoteSeries } from './series.ts';

export interface RemoteWriterOptions {
  readonly store: RemoteWriteStore;
  readonly clock: Pick<Clock, 'nowMs' | 'after'>;
  readonly log: Pick<Logger, 'warn'>;
  readonly metrics: RemoteMetrics;
  readonly plan: () => Pick<Plan, 'check' | 'locationOf'>;
  readonly maxSkewMs: number;
}

/** A request has about so many samples; receivers refuse much larger ones. */
const SAMPLES_A_REQUEST = 5_000;

/**
 * Sends what agents delivered to one receiver, batch by batch in the order of arrival, each sample at its run's own
 * instant. What a receiver has not taken waits in the store, sealed or not: at least once, and the same sample twice is
 * one sample to it.
 */
export class RemoteWriter {
  readonly #receiver: RemoteReceiver;
  readonly #options: RemoteWriterOptions;
  readonly #ending = new AbortController();
  #position: number;

  constructor(receiver: RemoteReceiver, position: number, options: RemoteWriterOptions) {
    this.#receiver = receiver;
    this.#position = position;
    this.#options = options;
  }

  /** Sends one request, when there is something to send; resolves with whether there is more. Rejects when it has to be tried again. */
  async step(): Promise<boolean> {
    const { store, metrics, clock } = this.#options;
    const { name: receiver, maxAgeMs } = this.#receiver;
    const { batches, position, oldestMs } = await this.#gather();
    const behindMs = oldestMs === null ? 0 : Math.max(0, clock.nowMs() - oldestMs);
    metrics.behind.set({ receiver }, behindMs / 1_000);
    if (behindMs > maxAgeMs) return this.#giveUp(clock.nowMs() - maxAgeMs);
    if (position === this.#position) return false;
    await this.#sendAll(batches);
    await store.markSent(receiver, position);
    this.#position = position;
    return true;
  }

  async #giveUp(receivedBeforeMs: number): Promise<boolean> {
    const { store, metrics, log } = this.#options;
    const { name: receiver } = this.#receiver;
    const { position, batches } = await store.giveUp(receiver, receivedBeforeMs);
    metrics.givenUp.inc({ receiver }, batches);
    log.warn({ receiver, batches }, 'remote write gave up what was not taken within max_age');
    this.#position = position;
    return true;
  }

  stop(): void {
    this.#ending.abort(new Error('the collector is stopping'));
  }

  async #gather() {
    const batches: (readonly RemoteSeries[])[] = [];
    let [samples, position] = [0, this.#position];
    let oldestMs: number | null = null;
    for await (const entry of this.#options.store.unsent(this.#position)) {
      oldestMs ??= entry.receivedAtMs;
      const series = this.#seriesOf(entry);
      if (series.length > 0) batches.push(series);
      samples += countSamples(series);
      position = entry.position;
      if (samples >= SAMPLES_A_REQUEST) break;
    }
    return { batches, position, oldestMs };
  }

  /**
   * One request for all of them. A receiver refuses a request as a whole for one sample that it does not want, such as one
   * that an agent delivered late: then each batch by itself, so that the late one alone is lost to it.
   */
  async #sendAll(batches: readonly (readonly RemoteSeries[])[]): Promise<void> {
    const all = batches.flat();
    if (all.length === 0) return;
    const result = await this.#send(all);
    if (result === 'refused' && batches.length > 1) {
      for (const batch of batches) await this.#sendAll([batch]);
      return;
    }
    this.#options.metrics.samples.inc({ receiver: this.#receiver.name, result }, countSamples(all));
  }

  /** As the head counts it: runs of an agent whose clock is wrong are moved, and neither up nor down. */
  #seriesOf(entry: JournalEntry): RemoteSeries[] {
    const { plan, maxSkewMs } = this.#options;
    const { agent, checks } = countedEntry(entry, maxSkewMs);
    const location = plan().locationOf(agent);
    return checks.flatMap((columns) => {
      const probe = plan().check(columns.check)?.probe.type ?? null;
      return remoteSeries(columns, { agent, location, probe, external: this.#receiver.labels });
    });
  }

  /** `refused`: the receiver will never take it (too old for it, out of order). */
  async #send(series: readonly RemoteSeries[]): Promise<'taken' | 'refused'> {
    const { name, url, version, headers } = this.#receiver;
    const protocol = REMOTE_PROTOCOLS[version];
    const body = protocol.encode(series);
    const message = { url, headers: { ...headers, ...protocol.headers }, body };
    try {
      await exchange(this.#receiver, message, { clock: this.#options.clock, signal: this.#ending.signal });
      return 'taken';
    } catch (error) {
      if (!(error instanceof Refusal) || !isFinal(error.status)) throw error;
      this.#options.log.warn({ receiver: name, why: errorMessage(error) }, 'remote write refused for ever');
      return 'refused';
    }
  }
}

function countSamples(series: readonly RemoteSeries[]): number {
  return series.reduce((count, { samples }) => count + samples.length, 0);
}

/** As the protocol has it: 4xx is final but for "too many requests"; who may not write yet may tomorrow. */
function isFinal(status: number): boolean {
  return status >= 400 && status < 500 && ![401, 403, 404, 408, 429].includes(status);
}
