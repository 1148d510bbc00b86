import type { Clock } from '@nines/shared/time/clock.ts';
import type { Logger } from 'pino';
import { backOffMs, retryAfterMs } from './back-off.ts';
import { type Answer, type CollectorClient, DeliveryError, MAX_IN_FLIGHT } from './collector-client.ts';
import type { PendingBatch } from './spool/pending.ts';

/**
 * What an answer means for the batch. `stored`: forget it. `refused`: it can never be stored. `denied`, `busy`, `away`:
 * nothing is wrong with it, try again. `failed`: it may be this batch that the collector cannot cope with, so others
 * go first.
 */
type Meaning = 'stored' | 'refused' | 'denied' | 'busy' | 'away' | 'failed';

const MEANINGS: Readonly<Record<number, Meaning>> = {
  200: 'stored',
  400: 'refused',
  413: 'refused',
  415: 'refused',
  422: 'refused',
  401: 'denied',
  403: 'denied',
  404: 'denied',
  405: 'denied',
  408: 'away',
  429: 'busy',
  502: 'away',
  503: 'busy',
  504: 'away',
};

/** What waits to be delivered. Each batch that is taken has to be delivered, refused or given back. */
export interface Outbox {
  /** Called whenever something is ready for delivery. */
  onBatch: () => void;
  readonly state: { readonly batches: number };
  /** The newest that is not under way. */
  take(): PendingBatch | null;
  /** Its body, packed with zstd; `null` when it cannot be read, and then it is gone and counted. */
  read(batch: PendingBatch): Promise<Uint8Array | null>;
  /** The collector has it. */
  delivered(batch: PendingBatch): Promise<void>;
  /** The collector will never take it. */
  refused(batch: PendingBatch): Promise<void>;
  /** Not now; `isDeferred` puts it behind all others. */
  giveBack(batch: PendingBatch, isDeferred: boolean): void;
}

/** Where batches go, and the keys of an answer by which the collector says that it has stored one. */
export interface Destination {
  readonly path: string;
  readonly acknowledgedBy: Readonly<Record<string, 'number' | 'boolean'>>;
}

export const TO_BATCHES: Destination = {
  path: 'api/v1/batches',
  acknowledgedBy: { stored: 'number', duplicate: 'boolean' },
};

export const TO_EVENTS: Destination = {
  path: 'api/v1/events',
  acknowledgedBy: { stored: 'number', unchanged: 'number' },
};

export interface DeliveryOptions {
  readonly spool: Outbox;
  readonly to: Destination;
  /** The client of the moment: a reload may change it. */
  readonly client: () => CollectorClient;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Evenly in `[0, 1)`. */
  readonly random: () => number;
}

export interface DeliveryState {
  readonly deliveredBatches: number;
  /** Observations, or events, in them. */
  readonly deliveredItems: number;
  readonly failures: number;
  /** Whether the last attempt succeeded; `null` before the first. */
  readonly isReachable: boolean | null;
}

/**
 * Carries batches from the spool to the collector, newest first, at least once. While all goes well several are under
 * way; after a failure one at a time tries, after a pause with jitter.
 */
export class Delivery {
  readonly #options: DeliveryOptions;
  #inFlight = 0;
  #failuresInARow = 0;
  #cancelPause: (() => void) | null = null;
  #isStopped = false;
  #lastProblem: string | null = null;
  #whenQuiet: (() => void)[] = [];
  #deliveredBatches = 0;
  #deliveredItems = 0;
  #failures = 0;
  #isReachable: boolean | null = null;

  constructor(options: DeliveryOptions) {
    this.#options = options;
    options.spool.onBatch = () => this.wake();
  }

  get state(): DeliveryState {
    return {
      deliveredBatches: this.#deliveredBatches,
      deliveredItems: this.#deliveredItems,
      failures: this.#failures,
      isReachable: this.#isReachable,
    };
  }

  /** Delivers what waits, unless a pause is on. */
  wake(): void {
    const limit = this.#isReachable === true ? MAX_IN_FLIGHT : 1;
    while (!this.#isStopped && this.#cancelPause === null && this.#inFlight < limit) {
      const batch = this.#options.spool.take();
      if (batch === null) break;
      this.#inFlight++;
      void this.#deliver(batch).then(() => {
        this.#inFlight--;
        this.wake();
      });
    }
    if (this.#inFlight === 0) for (const resolve of this.#whenQuiet.splice(0)) resolve();
  }

  /** One last attempt without waiting for a pause; resolves when nothing is under way: all delivered, or the first failure. */
  async flush(): Promise<void> {
    this.#cancelPause?.();
    this.#cancelPause = null;
    await new Promise<void>((resolve) => {
      this.#whenQuiet.push(resolve);
      this.wake();
    });
  }

  /** Starts nothing any more. */
  stop(): void {
    this.#isStopped = true;
    this.#cancelPause?.();
  }

  async #deliver(batch: PendingBatch): Promise<void> {
    const { spool } = this.#options;
    const body = await spool.read(batch);
    if (body === null) return;
    const answer = await this.#post(body);
    const meaning = answer instanceof DeliveryError ? 'away' : meaningOf(answer, this.#options.to);
    if (meaning === 'stored') {
      this.#deliveredBatches++;
      this.#deliveredItems += batch.name.items;
      this.#succeed();
      await spool.delivered(batch);
    } else if (meaning === 'refused') {
      this.#options.logger.error({ ...batch.name, answer: describe(answer) }, 'collector refuses a batch for ever');
      this.#succeed();
      await spool.refused(batch);
    } else {
      spool.giveBack(batch, meaning === 'failed');
      this.#fail(meaning, answer);
    }
  }

  async #post(body: Uint8Array): Promise<Answer | DeliveryError> {
    try {
      return await this.#options.client().ask({
        method: 'POST',
        path: this.#options.to.path,
        headers: { 'content-type': 'application/json', 'content-encoding': 'zstd' },
        body,
      });
    } catch (error) {
      if (error instanceof DeliveryError) return error;
      throw error;
    }
  }

  #succeed(): void {
    if (this.#lastProblem !== null) {
      this.#options.logger.info(
        { waiting_batches: this.#options.spool.state.batches },
        'collector takes batches again',
      );
    }
    this.#failuresInARow = 0;
    this.#lastProblem = null;
    this.#isReachable = true;
  }

  #fail(meaning: Meaning, answer: Answer | DeliveryError): void {
    const { clock, logger, random } = this.#options;
    this.#failures++;
    this.#isReachable = false;
    const problem = describe(answer);
    if (problem !== this.#lastProblem) {
      logger[meaning === 'denied' ? 'error' : 'warn']({ answer: problem }, 'batch not delivered, will be tried again');
    }
    this.#lastProblem = problem;
    // Several that were under way together count as one failure.
    if (this.#cancelPause !== null || this.#isStopped) return;
    this.#failuresInARow++;
    const askedMs = answer instanceof DeliveryError ? null : retryAfterMs(answer.headers['retry-after'], clock.nowMs());
    const pauseMs = (askedMs ?? 0) + backOffMs(this.#failuresInARow, random());
    this.#cancelPause = clock.after(pauseMs, () => {
      this.#cancelPause = null;
      this.wake();
    });
  }
}

/** Only the collector itself may condemn or acknowledge: a proxy's page with the same status says nothing about the batch. */
function meaningOf(answer: Answer, to: Destination): Meaning {
  const meaning = MEANINGS[answer.status] ?? 'failed';
  if (meaning === 'stored') return isAcknowledgement(answer.text, to) ? 'stored' : 'failed';
  if (meaning === 'refused') return errorCodeIn(answer.text) === null ? 'failed' : 'refused';
  return meaning;
}

function isAcknowledgement(text: string, { acknowledgedBy }: Destination): boolean {
  const value = parseObject(text);
  return Object.entries(acknowledgedBy).every(([key, type]) => typeof value?.[key] === type);
}

/** The `code` of the collector's `{ "error": { "code", "message" } }`; `null` when the text is not that. */
function errorCodeIn(text: string): string | null {
  const error = parseObject(text)?.error;
  return typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string'
    ? error.code
    : null;
}

function describe(answer: Answer | DeliveryError): string {
  if (answer instanceof DeliveryError) return answer.code;
  const code = errorCodeIn(answer.text);
  return code === null ? String(answer.status) : `${answer.status} ${code}`;
}

function parseObject(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text);
    // Safe: an object that is no array has string keys, and the values stay unknown.
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : null;
  } catch {
    return null;
  }
}
