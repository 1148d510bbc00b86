import { errorCode, errorMessage } from '@nines/shared/errors.ts';
import type { Clock } from '@nines/shared/time/clock.ts';
import { SENT_AT_HEADER } from '@nines/shared/wire.ts';
import type { Dispatcher } from 'undici';
import Pool from 'undici/lib/dispatcher/pool.js';
import type { Trust } from './probes/probe-run.ts';

/** Batches that are under way at the same time, at most. */
export const MAX_IN_FLIGHT = 4;
/** A collector that has not answered by then is taken for away. */
const DEADLINE_MS = 30_000;
/** Longer than the pause between two batches, so that one connection serves them all. */
const KEEP_ALIVE_MS = 70_000;
const MAX_ANSWER_BYTES = 32 * 2 ** 20;

/** The collector could not be asked: no connection, no answer in time, an answer cut short. */
export class DeliveryError extends Error {
  readonly code: string;

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'DeliveryError';
    this.code = code;
  }
}

export interface Question {
  readonly method: 'GET' | 'POST';
  /** Below the collector's address, without a leading slash. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
}

export interface Answer {
  readonly status: number;
  /** By lower-case name; the last of several. */
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
}

/** Connections to the collector, kept alive. */
export interface CollectorClient {
  /** Rejects with `DeliveryError` and nothing else. */
  ask(question: Question): Promise<Answer>;
  close(): Promise<void>;
}

export interface CollectorClientOptions {
  readonly url: string;
  readonly token: string;
  readonly trust: Trust;
  readonly clock: Clock;
}

export function createCollectorClient({ url, token, trust, clock }: CollectorClientOptions): CollectorClient {
  const base = new URL(url.endsWith('/') ? url : `${url}/`);
  const pool = new Pool(base.origin, {
    connections: MAX_IN_FLIGHT,
    allowH2: false,
    keepAliveTimeout: KEEP_ALIVE_MS,
    // Only the one deadline below is exact; undici's own timers are switched off.
    headersTimeout: 0,
    bodyTimeout: 0,
    connect: base.protocol === 'https:' ? { secureContext: trust.secureContext } : {},
  });
  return {
    ask(question) {
      const request: Dispatcher.DispatchOptions = {
        method: question.method,
        path: base.pathname + question.path,
        headers: {
          authorization: `Bearer ${token}`,
          [SENT_AT_HEADER]: String(clock.nowMs()),
          ...question.headers,
        },
        body: question.body ?? null,
      };
      return new Promise((resolve, reject) => {
        const exchange = new Exchange(resolve, reject);
        exchange.cancelDeadline = clock.after(DEADLINE_MS, () => exchange.abort());
        pool.dispatch(request, exchange);
      });
    },
    close: () => pool.destroy(),
  };
}

/** One question and its answer, as undici's callbacks tell it. */
class Exchange implements Dispatcher.DispatchHandler {
  cancelDeadline: () => void = () => {};
  readonly #resolve: (answer: Answer) => void;
  readonly #reject: (error: DeliveryError) => void;
  readonly #chunks: Buffer[] = [];
  #bytes = 0;
  #status = 0;
  #headers: Record<string, string> = {};
  #controller: Dispatcher.DispatchController | null = null;

  constructor(resolve: (answer: Answer) => void, reject: (error: DeliveryError) => void) {
    this.#resolve = resolve;
    this.#reject = reject;
  }

  abort(): void {
    const error = new DeliveryError('ETIMEDOUT', `no answer within ${DEADLINE_MS} ms`);
    this.#controller?.abort(error);
    this.#reject(error);
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
  }

  onResponseStart(
    _controller: Dispatcher.DispatchController,
    status: number,
    headers: Record<string, string | string[] | undefined>,
  ): void {
    this.#status = status;
    for (const name in headers) {
      const value = headers[name];
      this.#headers[name] = (Array.isArray(value) ? value.at(-1) : value) ?? '';
    }
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#bytes += chunk.length;
    if (this.#bytes > MAX_ANSWER_BYTES) controller.abort(new DeliveryError('EMSGSIZE', 'answer too long'));
    else this.#chunks.push(chunk);
  }

  onResponseEnd(): void {
    this.cancelDeadline();
    const text = Buffer.concat(this.#chunks).toString('utf8');
    this.#resolve({ status: this.#status, headers: this.#headers, text });
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.cancelDeadline();
    if (error instanceof DeliveryError) this.#reject(error);
    else this.#reject(new DeliveryError(errorCode(error) ?? 'failed', errorMessage(error), { cause: error }));
  }
}

/** Where the collector listens: host and port of its address. */
export function addressOf(url: string): { readonly host: string; readonly port: number } {
  const { hostname, port, protocol } = new URL(url);
  const defaultPort = protocol === 'https:' ? 443 : 80;
  return { host: hostname.replace(/^\[|\]$/g, ''), port: port === '' ? defaultPort : Number(port) };
}
