import { request as requestPlain } from 'node:http';
import { request as requestTls } from 'node:https';
import type { Clock } from '@nines/shared/time/clock.ts';
import type { Receiver } from './receiver.ts';
import type { Message } from './receivers.ts';

export interface PostTools {
  readonly clock: Pick<Clock, 'after'>;
  /** Breaks it off. */
  readonly signal?: AbortSignal;
}

/**
 * Posts a message as JSON, within the receiver's timeout, over a connection of its own. Resolves when it was answered
 * with 2xx, rejects otherwise. Node's own client and not `fetch`: that one takes no private certificate authority.
 */
export function post(receiver: Receiver, { url, headers, body }: Message, { clock, signal }: PostTools): Promise<void> {
  const { ca, basicAuth, timeoutMs } = receiver;
  const deadline = new AbortController();
  const cancel = clock.after(timeoutMs, () => deadline.abort(new Error(`no answer within ${timeoutMs} ms`)));
  const request = url.startsWith('https:') ? requestTls : requestPlain;
  const sent = new Promise<void>((resolve, reject) => {
    const outgoing = request(url, {
      method: 'POST',
      agent: false,
      signal: signal === undefined ? deadline.signal : AbortSignal.any([deadline.signal, signal]),
      headers: { ...headers, 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) },
      ...(basicAuth === null ? {} : { auth: `${basicAuth.username}:${basicAuth.password}` }),
      ...(ca === null ? {} : { ca }),
    });
    outgoing.once('error', (error) => reject(deadline.signal.aborted ? deadline.signal.reason : error));
    outgoing.once('response', (response) => {
      const { statusCode = 0 } = response;
      response.resume();
      if (statusCode >= 200 && statusCode < 300) resolve();
      else reject(new Error(`answered ${statusCode}`));
    });
    outgoing.end(body);
  });
  return sent.finally(cancel);
}
