import { pipeline, Readable } from 'node:stream';
import { constants, createGzip, type Gzip } from 'node:zlib';
import { EXPOSITION_CONTENT_TYPES, type ExpositionFormat } from '@nines/shared/exposition.ts';
import accepts from 'accepts';
import type { Server } from './server.ts';

/** Makes the page, piece by piece. */
export type Scrape = (format: ExpositionFormat) => Promise<AsyncIterable<Uint8Array>>;

/** Level 1, because a higher one costs more than the page itself; pieces large enough that zlib's threads are worth it. */
const GZIP = { level: constants.Z_BEST_SPEED, chunkSize: 256 * 1024 } as const;

/** So much is written while what was written before is packed. */
const AHEAD_BYTES = 2 ** 20;

/** Types without their character set, which clients do not name; the first is for those who take anything. */
const OFFERED = (['prometheus', 'openmetrics'] as const).map((format) => ({
  format,
  type: EXPOSITION_CONTENT_TYPES[format].replace(/; charset=.*$/, ''),
}));

/** The page on its way, a little of it written ahead. */
export function streamOf(pieces: AsyncIterable<Uint8Array>): Readable {
  return Readable.from(pieces, { objectMode: false, highWaterMark: AHEAD_BYTES });
}

/** The same packed, on zlib's own thread. A reader that goes away ends both; there is nobody left to tell of it. */
export function packed(page: Readable): Gzip {
  return pipeline(page, createGzip(GZIP), () => {});
}

/** Registers `GET /metrics` in the format and packing that the scraper prefers. */
export function registerMetrics(server: Server, scrape: Scrape): void {
  server.get('/metrics', async (request, reply) => {
    const accepted = accepts(request.raw);
    const wanted = accepted.type(OFFERED.map(({ type }) => type));
    const format = OFFERED.find(({ type }) => type === wanted)?.format ?? 'prometheus';
    const page = streamOf(await scrape(format));
    reply.type(EXPOSITION_CONTENT_TYPES[format]).header('vary', 'accept, accept-encoding');
    if (accepted.encoding(['gzip', 'identity']) !== 'gzip') return reply.send(page);
    return reply.header('content-encoding', 'gzip').send(packed(page));
  });
}
