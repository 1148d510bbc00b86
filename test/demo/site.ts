import { createServer as createHttpServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { Clock } from '@nines/shared/time/clock.ts';
import type { Identity } from './certificate.ts';
import { type Listener, listenerOf } from './listener.ts';
import type { Behaviour } from './timetable.ts';

/** A page as the site serves it on a good day. */
export interface Page {
  readonly contentType: string;
  readonly body: string;
}

export interface SiteOptions {
  readonly port: number;
  readonly pages: Readonly<Record<string, Page>>;
  /** Present: HTTPS. */
  readonly identity?: Identity;
  readonly behaviour: () => Behaviour;
  readonly clock: Clock;
}

/** A site over HTTP, or over HTTPS with the demo's own authority. */
export function createSite(options: SiteOptions): Listener {
  const { identity, port } = options;
  const answer = (request: IncomingMessage, response: ServerResponse) => void respond(request, response, options);
  const server =
    identity === undefined
      ? createHttpServer(answer)
      : createHttpsServer({ cert: identity.certificatePem, key: identity.keyPem }, answer);
  server.on('tlsClientError', () => {});
  return listenerOf(server, port);
}

function respond(request: IncomingMessage, response: ServerResponse, { pages, behaviour, clock }: SiteOptions): void {
  const now = behaviour();
  const send = () => {
    const page = pages[request.url ?? ''];
    if (now.kind === 'failing') response.writeHead(503, { 'content-type': 'text/plain' }).end('Service Unavailable\n');
    else if (page === undefined) response.writeHead(404, { 'content-type': 'text/plain' }).end('Not Found\n');
    else response.writeHead(200, { 'content-type': page.contentType }).end(page.body);
  };
  clock.after(now.kind === 'slow' ? now.delayMs : usualDelayMs(), send);
}

/** A page that is computed: 10 to 60 ms, mostly near 20. */
function usualDelayMs(): number {
  return 10 + 50 * Math.random() ** 3;
}
