import type { Clock } from '@nines/shared/time/clock.ts';
import type { Logger } from 'pino';
import type { Contract } from '../../sla/contract.ts';
import type { QuietWindow } from '../quiet/windows.ts';
import type { Receiver } from '../receiver.ts';
import { channelOf } from '../receivers.ts';
import { type MirrorWanted, SilenceMirror } from './mirror.ts';
import { silencesOf } from './silence.ts';

export interface SilencingOptions {
  readonly clock: Pick<Clock, 'nowMs' | 'after'>;
  readonly log: Pick<Logger, 'warn'>;
  /** Breaks off what is under way. */
  readonly signal: AbortSignal;
}

/** What is quiet, and of whom. */
export interface SilencingRequest {
  readonly receivers: readonly Receiver[];
  readonly windows: readonly QuietWindow[];
  /** The versions that bind. */
  readonly contracts: readonly Contract[];
  readonly isOurs: MirrorWanted['isOurs'];
}

/** Mirrors quiet windows to every receiver that has silences of its own, beside everything else. */
export class Silencing {
  readonly #options: SilencingOptions;
  readonly #mirror = new SilenceMirror();
  #isBusy = false;
  #failing: ReadonlySet<string> = new Set();

  constructor(options: SilencingOptions) {
    this.#options = options;
  }

  /** One pass, unless the last one is still under way. Never rejects. */
  async mirror({ receivers, windows, contracts, isOurs }: SilencingRequest): Promise<void> {
    const { clock, log, signal } = this.#options;
    if (this.#isBusy || signal.aborted) return;
    this.#isBusy = true;
    const peers = receivers.flatMap((receiver) => {
      const channel = channelOf(receiver);
      return channel.tells === 'states' ? [{ name: receiver.name, silences: channel.silences({ clock, signal }) }] : [];
    });
    const nowMs = clock.nowMs();
    const objectives = contracts.flatMap((contract) => contract.objectives);
    const silences = windows.filter(({ toMs }) => toMs > nowMs).flatMap((window) => silencesOf(window, objectives));
    const failed = await this.#mirror.pass(peers, { nowMs, silences, isOurs });
    for (const [receiver, err] of failed) {
      if (!this.#failing.has(receiver) && !signal.aborted)
        log.warn({ err, receiver }, 'maintenance not mirrored as a silence; it is tried again');
    }
    this.#failing = new Set(failed.keys());
    this.#isBusy = false;
  }
}
