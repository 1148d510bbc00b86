import type { Server as HttpServer, RequestListener } from 'node:http';
import { createRequire } from 'node:module';
import { createServer, type Server, type Socket } from 'node:net';
import { configErrorAt, errorCode } from '@nines/shared/errors.ts';
import { EXPOSITION_CONTENT_TYPES } from '@nines/shared/exposition.ts';
import type { Address } from './canary.ts';

export interface MetricsServer {
  readonly port: number;
  close(): Promise<void>;
}

const PLAIN_TEXT = 'text/plain; charset=utf-8';

/** Serves `/metrics` and `/healthz`. Rejects with `ConfigError` when the address is taken or not this host's. */
export function serveMetrics(address: Address, render: () => string): Promise<MetricsServer> {
  const pages = new Map([
    ['/metrics', () => ({ type: EXPOSITION_CONTENT_TYPES.prometheus, text: render() })],
    ['/healthz', () => ({ type: PLAIN_TEXT, text: 'ok\n' })],
  ]);
  const answer: RequestListener = (request, response) => {
    const page = pages.get(request.url?.split('?')[0] ?? '');
    const isReading = request.method === 'GET' || request.method === 'HEAD';
    if (page === undefined) {
      response.writeHead(404, { 'content-type': PLAIN_TEXT }).end('see /metrics\n');
      return;
    }
    if (!isReading) {
      response.writeHead(405, { 'content-type': PLAIN_TEXT, allow: 'GET, HEAD' }).end('only GET\n');
      return;
    }
    const { type, text } = page();
    response.writeHead(200, { 'content-type': type, 'content-length': Buffer.byteLength(text) });
    response.end(request.method === 'HEAD' ? '' : text);
  };
  return listen(whenFirstAsked(answer), address);
}

/**
 * Made when somebody asks: many agents are never scraped. Not imported, because an import reads every export of
 * `node:http`, and with them loads the fetch and WebSocket that Node brings: 3 MB that nothing here uses.
 */
function whenFirstAsked(answer: RequestListener): (socket: Socket) => void {
  let server: HttpServer | null = null;
  return (socket) => {
    server ??= requireHttp().createServer(answer);
    server.emit('connection', socket);
  };
}

/** Safe: it is what an import of `node:http` would give. */
function requireHttp(): typeof import('node:http') {
  return createRequire(import.meta.url)('node:http') as typeof import('node:http');
}

function listen(serve: (socket: Socket) => void, { host, port }: Address): Promise<MetricsServer> {
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    serve(socket);
  });
  return new Promise((resolve, reject) => {
    server.once('error', (error) => {
      const why = errorCode(error) === 'EADDRINUSE' ? 'already in use' : error.message;
      reject(configErrorAt(`${host}:${port}`, why, 'listen'));
    });
    server.listen({ host, port }, () => {
      const address = server.address();
      resolve({
        port: typeof address === 'object' && address !== null ? address.port : port,
        close: () =>
          new Promise((done) => {
            server.close(() => done());
            for (const socket of sockets) socket.destroy();
          }),
      });
    });
  });
}
