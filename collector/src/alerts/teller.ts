import type { Clock } from '@nines/shared/time/clock.ts';
import type { Alert } from './alert.ts';
import type { StateChannel } from './channel.ts';

/** So many alerts go into one message. */
const ALERTS_A_MESSAGE = 1_000;

/** After a failure it is tried again after this, doubled with each failure that follows. */
const FIRST_RETRY_MS = 5_000;
const LAST_RETRY_MS = 60_000;

export interface TellerOptions {
  readonly clock: Pick<Clock, 'nowMs' | 'after'>;
  /** Breaks off what is under way; nobody is told of anything after that. */
  readonly signal: AbortSignal;
  /** These were taken in as they are. */
  readonly onTold: (receiver: string, alerts: readonly Alert[]) => void;
  /** Told at each failure; `isFirst` when the time before went well. */
  readonly onFailed: (receiver: string, error: unknown, isFirst: boolean) => void;
}

/** A receiver that is told of states. */
export interface ToldOfStates {
  readonly name: string;
  readonly channel: StateChannel;
}

/** Tells one receiver how alerts stand, apart from all others: one that hangs or is away delays nobody. */
export class Teller {
  readonly #options: TellerOptions;
  /** When each alert was last taken in since this start. */
  readonly #sentAtMs = new Map<string, number>();
  #isBusy = false;
  #failures = 0;
  #retryAtMs = Number.NEGATIVE_INFINITY;

  constructor(options: TellerOptions) {
    this.#options = options;
  }

  /** Sends what is due, unless the last message is under way or a failure is too fresh. Never rejects. */
  async tell(receiver: ToldOfStates, alerts: readonly Alert[], everyMs: number): Promise<void> {
    const { clock, signal, onTold, onFailed } = this.#options;
    if (this.#isBusy || clock.nowMs() < this.#retryAtMs) return;
    this.#isBusy = true;
    const due = alerts.filter((alert) => this.#isDue(receiver, alert));
    try {
      for (let from = 0; from < due.length; from += ALERTS_A_MESSAGE) {
        const some = due.slice(from, from + ALERTS_A_MESSAGE);
        const nowMs = clock.nowMs();
        await receiver.channel.tell(some, { nowMs, everyMs }, { clock, signal });
        if (signal.aborted) return;
        for (const { key } of some) this.#sentAtMs.set(key, nowMs);
        this.#failures = 0;
        onTold(receiver.name, some);
      }
    } catch (error) {
      if (signal.aborted) return;
      this.#retryAtMs = clock.nowMs() + Math.min(FIRST_RETRY_MS * 2 ** this.#failures, LAST_RETRY_MS);
      onFailed(receiver.name, error, this.#failures++ === 0);
    } finally {
      this.#isBusy = false;
    }
  }

  /** Of what became quiet before it was told of nobody hears; what was told of goes on, or it would end by itself. */
  #isDue({ name, channel }: ToldOfStates, { key, state, quiet, told }: Alert): boolean {
    if (state === 'pending') return false;
    const known = told[name]?.state;
    if (known !== state) return state === 'resolved' || quiet === null;
    return this.#options.clock.nowMs() - (this.#sentAtMs.get(key) ?? 0) >= channel.resendMs;
  }
}
