import { createServer, type Server } from 'node:http';
import { configErrorAt, errorCode } from '@nines/shared/errors.ts';
import { EXPOSITION_CONTENT_TYPE } from '@nines/shared/exposition.ts';
import type { Address } from './canary.ts';

export interface MetricsServer {
  readonly port: number;
  close(): Promise<void>;
}

/** Serves `/metrics` and `/healthz`. Rejects with `ConfigError` when the address is taken or not this host's. */
export function serveMetrics({ host, port }: Address, render: () => string): Promise<MetricsServer> {
  const pages = new Map([
    ['/metrics', () => ({ type: EXPOSITION_CONTENT_TYPE, text: render() })],
    ['/healthz', () => ({ type: 'text/plain; charset=utf-8', text: 'ok\n' })],
  ]);
  const server = createServer((request, response) => {
    const page = pages.get(request.url?.split('?')[0] ?? '');
    const isReading = request.method === 'GET' || request.method === 'HEAD';
    if (page === undefined || !isReading) {
      response.writeHead(page === undefined ? 404 : 405, { 'content-type': 'text/plain; charset=utf-8' });
      response.end(page === undefined ? 'see /metrics\n' : 'only GET\n');
      return;
    }
    const { type, text } = page();
    response.writeHead(200, { 'content-type': type, 'content-length': Buffer.byteLength(text) });
    response.end(request.method === 'HEAD' ? '' : text);
  });
  return listen(server, { host, port });
}

function listen(server: Server, { host, port }: Address): Promise<MetricsServer> {
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
            server.closeAllConnections();
          }),
      });
    });
  });
}
