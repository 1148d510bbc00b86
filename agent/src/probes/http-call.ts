import { HttpExchange } from './http-exchange.ts';
import { redirectOf } from './http-redirect.ts';
import { destinationOf } from './http-request.ts';
import { partOf } from './part-context.ts';
import type { ProbeContext } from './probe-run.ts';

/** A question to a programming interface. */
export interface HttpCall {
  readonly url: URL;
  readonly method: 'GET' | 'POST';
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Buffer;
  readonly tls: { readonly verify: boolean; readonly server_name?: string | undefined };
  /** An answer that is longer is refused: half a list is no list. */
  readonly maxBody: number;
}

export interface HttpReply {
  readonly status: number;
  readonly text: string;
  /** Where the answer sends whoever asked; `null` when it is no redirect. */
  readonly location: string | null;
}

/**
 * Asks once, over a connection of its own, and gives the whole answer whatever its status. Redirects are not followed:
 * they would carry secrets elsewhere. Rejects as probes do, and with a plain error for an answer that is too long.
 */
export async function callHttp(call: HttpCall, context: ProbeContext): Promise<HttpReply> {
  const { url, tls } = call;
  const destination = destinationOf(url, { tls }, tls.server_name);
  const exchange = new HttpExchange(
    {
      hop: { destination, method: call.method, headers: [], body: call.body ?? null },
      headers: Object.entries({ host: url.host, 'accept-encoding': 'identity', ...call.headers }).flat(),
      family: 0,
      offersHttp2: false,
      stopsAtRedirect: false,
      maxBody: call.maxBody,
      keepsBody: true,
    },
    // The phases of a question are no values of the probe that asks it.
    partOf(context, {}),
  );
  context.onDeadline(() => exchange.abandon());
  await exchange.run();
  if (exchange.isCut) throw new Error(`${url.origin} answered with more than ${call.maxBody} bytes`);
  const { status, headers, body } = exchange;
  return { status, text: body.toString('utf8'), location: redirectOf(status, headers) };
}
