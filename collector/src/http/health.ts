import type { Server } from './server.ts';

/** What `/healthz` and `/readyz` need. */
export interface HealthOptions {
  /** Why the collector cannot answer for its figures yet, or no longer; `null` when it can. */
  readonly unready: () => string | null;
}

/** `/healthz`: the process answers. `/readyz`: its figures are whole, and it takes batches. */
export function registerHealth(server: Server, { unready }: HealthOptions): void {
  server.get('/healthz', (_request, reply) => reply.type('text/plain; charset=utf-8').send('ok\n'));
  server.get('/readyz', (_request, reply) => {
    const why = unready();
    return reply
      .code(why === null ? 200 : 503)
      .type('text/plain; charset=utf-8')
      .send(`${why ?? 'ready'}\n`);
  });
}
