import { request as requestPlain } from 'node:http';
import { request as requestTls } from 'node:https';
import type { Clock } from '@nines/shared/time/clock.ts';
import type { Connection } from './receiver.ts';

export interface ExchangeTools {
  readonly clock: Pick<Clock, 'after'>;
  /** Breaks it off. */
  readonly signal?: AbortSignal;
}

/** What is asked of a receiver. A body is JSON unless the headers say otherwise. */
export interface Message {
  readonly method?: 'GET' | 'POST' | 'DELETE';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array | null;
}

/** The receiver answered, and not with 2xx. */
export class Refusal extends Error {
  readonly status: number;

  constructor(status: number, text: string) {
    super(`answered ${status}${text === '' ? '' : `: ${text}`}`);
    this.name = 'Refusal';
    this.status = status;
  }
}

/** An answer is read so far: a list of a thousand silences has room in it. */
const MAX_ANSWER_BYTES = 8 * 2 ** 20;
/** What of a refusal goes into logs. */
const SHOWN_CHARACTERS = 200;

/**
 * Asks within the connection's timeout, over a connection of its own. Resolves with the text of an answer of 2xx, rejects
 * with `Refusal` for another one. Node's own client and not `fetch`: that one takes no private certificate authority.
 */
export function exchange(
  { ca, basicAuth, timeoutMs }: Connection,
  { method = 'POST', url, headers, body }: Message,
  { clock, signal }: ExchangeTools,
): Promise<string> {
  const deadline = new AbortController();
  const cancel = clock.after(timeoutMs, () => deadline.abort(new Error(`no answer within ${timeoutMs} ms`)));
  const request = url.startsWith('https:') ? requestTls : requestPlain;
  const answered = new Promise<string>((resolve, reject) => {
    const fail = (error: unknown) => reject(deadline.signal.aborted ? deadline.signal.reason : error);
    const outgoing = request(url, {
      method,
      agent: false,
      signal: signal === undefined ? deadline.signal : AbortSignal.any([deadline.signal, signal]),
      headers: {
        ...(body === null ? {} : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }),
        ...headers,
      },
      ...(basicAuth === null ? {} : { auth: `${basicAuth.username}:${basicAuth.password}` }),
      ...(ca === null ? {} : { ca }),
    });
    outgoing.once('error', fail);
    outgoing.once('response', (response) => {
      const { statusCode = 0 } = response;
      const chunks: Buffer[] = [];
      let bytes = 0;
      response.on('data', (chunk: Buffer) => {
        bytes += chunk.length;
        if (bytes <= MAX_ANSWER_BYTES) chunks.push(chunk);
      });
      response.once('error', fail);
      response.once('end', () => {
        const text = Buffer.concat(chunks).toString();
        if (statusCode >= 200 && statusCode < 300) resolve(text);
        else reject(new Refusal(statusCode, text.trim().slice(0, SHOWN_CHARACTERS)));
      });
    });
    outgoing.end(body ?? undefined);
  });
  return answered.finally(cancel);
}
