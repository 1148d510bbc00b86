import { promisify } from 'node:util';
import { constants, gzip } from 'node:zlib';
import { EXPOSITION_CONTENT_TYPE } from '@nines/shared/exposition.ts';
import type { Server } from './server.ts';

const compress = promisify(gzip);

/** Registers `GET /metrics`; `write` makes the page. Level 1, because a higher one costs more than the page itself. */
export function registerMetrics(server: Server, write: () => Promise<string>): void {
  server.get('/metrics', async (request, reply) => {
    const page = await write();
    reply.type(EXPOSITION_CONTENT_TYPE).header('vary', 'accept-encoding');
    if (!/\bgzip\b/.test(request.headers['accept-encoding'] ?? '')) return reply.send(page);
    return reply.header('content-encoding', 'gzip').send(await compress(page, { level: constants.Z_BEST_SPEED }));
  });
}
