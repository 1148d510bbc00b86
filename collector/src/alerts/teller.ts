import type { Clock } from '@nines/shared/time/clock.ts';
import type { Alert } from './alert.ts';
import { exchange } from './exchange.ts';
import type { Receiver } from './receiver.ts';
import { RECEIVER_KINDS } from './receivers.ts';

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

/** Tells one receiver, apart from all others: one that hangs or is away delays nobody. */
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
  async tell(receiver: Receiver, alerts: readonly Alert[], everyMs: number): Promise<void> {
    const { clock, signal, onTold, onFailed } = this.#options;
    if (this.#isBusy || clock.nowMs() < this.#retryAtMs) return;
    this.#isBusy = true;
    const due = alerts.filter((alert) => this.#isDue(receiver, alert)).slice(0, ALERTS_A_MESSAGE);
    try {
      if (due.length === 0) return;
      const nowMs = clock.nowMs();
      const message = RECEIVER_KINDS[receiver.kind].messageOf(receiver, due, { nowMs, everyMs });
      await exchange(receiver, message, { clock, signal });
      if (signal.aborted) return;
      for (const { key } of due) this.#sentAtMs.set(key, nowMs);
      this.#failures = 0;
      onTold(receiver.name, due);
    } catch (error) {
      if (signal.aborted) return;
      this.#retryAtMs = clock.nowMs() + Math.min(FIRST_RETRY_MS * 2 ** this.#failures, LAST_RETRY_MS);
      onFailed(receiver.name, error, this.#failures++ === 0);
    } finally {
      this.#isBusy = false;
    }
  }

  #isDue({ name, kind }: Receiver, { key, state, told }: Alert): boolean {
    if (state === 'pending') return false;
    const { resendMs } = RECEIVER_KINDS[kind];
    if (told[name] !== state) return true;
    return resendMs !== null && this.#options.clock.nowMs() - (this.#sentAtMs.get(key) ?? 0) >= resendMs;
  }
}
