import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import accepts from 'accepts';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { type Assets, loadAssets } from '../web/assets.ts';
import type { LatencySeries, PageModel } from '../web/page-model.ts';
import {
  renderContractPage,
  renderFragment,
  renderNotFound,
  renderPage,
  renderSectionFragment,
  renderSectionPage,
} from '../web/render.ts';
import type { ContractPage } from '../web/render-contract.ts';
import type { Section, SectionView } from '../web/section.ts';
import { SECTIONS } from '../web/sections.ts';
import { RequestError } from './errors.ts';

/** Where the pages get what they show. */
export interface PageSource {
  model(): Promise<PageModel>;
  /** A page about one part of the house. */
  section(section: Section): Promise<SectionView>;
  /** `null` when there is no such contract. */
  contract(id: string): Promise<ContractPage | null>;
  /** The last 24 hours of a check; `null` when there is no such check. */
  series(checkId: string): Promise<LatencySeries | null>;
}

/** The type of every page. */
export const HTML = 'text/html; charset=utf-8';
/** What every page says about itself to browsers. */
export const PAGE_HEADERS = {
  'content-security-policy':
    "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'same-origin',
};

/** Adds `/`, `/fragment`, the pages of `SECTIONS`, `/contracts/:id`, `/checks/:id/latency.json`, `/assets/…`, and a page for people whom nothing else answers. */
export function registerPages(server: FastifyInstance, source: PageSource): void {
  // A broken installation is found now, and not by the first reader.
  loadAssets();
  server.get('/', async (request, reply) => {
    return send(
      request,
      reply.type(HTML).header('cache-control', 'no-cache'),
      renderPage(await source.model(), loadAssets()),
    );
  });
  server.get('/fragment', async (request, reply) => {
    const body = renderFragment(await source.model(), loadAssets());
    return send(request, reply.type(HTML).header('cache-control', 'no-store'), body);
  });
  for (const section of SECTIONS) registerSection(server, section, source);
  server.get<{ Params: { id: string } }>('/contracts/:id', async (request, reply) => {
    const page = await source.contract(request.params.id);
    if (page === null) return sendNotFoundPage(request, reply);
    const body = renderContractPage(page, loadAssets());
    return send(request, reply.type(HTML).header('cache-control', 'no-cache'), body);
  });
  server.get<{ Params: { id: string } }>('/checks/:id/latency.json', async (request, reply) => {
    const series = await source.series(request.params.id);
    if (series === null) return sendNotFoundPage(request, reply);
    reply.type('application/json; charset=utf-8').header('cache-control', 'no-cache');
    const body = JSON.stringify({
      at_ms: series.atMs,
      mean_ms: series.meanMs,
      min_ms: series.minMs,
      max_ms: series.maxMs,
    });
    if (isFresh(request, reply, digestTag(body))) return reply.code(304).send();
    return send(request, reply, body);
  });
  server.get<{ Params: { digest: string; name: string } }>('/assets/:digest/:name', async (request, reply) =>
    sendAsset(loadAssets(), request, reply),
  );
  server.get('/*', async (request, reply) => {
    const isPerson = request.headers.accept?.includes('text/html') === true && !request.url.startsWith('/api/');
    if (!isPerson) throw new RequestError('not-found', `there is no ${pathOf(request)}`);
    return sendNotFoundPage(request, reply);
  });
}

function registerSection(server: FastifyInstance, section: Section, source: PageSource): void {
  server.get(section.path, async (request, reply) => {
    const body = renderSectionPage(section, await source.section(section), loadAssets());
    return send(request, reply.type(HTML).header('cache-control', 'no-cache'), body);
  });
  server.get(`${section.path}/fragment`, async (request, reply) => {
    const body = renderSectionFragment(section, await source.section(section), loadAssets());
    return send(request, reply.type(HTML).header('cache-control', 'no-store'), body);
  });
}

/** What was asked for, as it was written: `//[` is a path too, though no URL. */
function pathOf({ url }: FastifyRequest): string {
  return (url.split('?')[0] ?? '').slice(0, 200);
}

/** Answers 404 with a page for people. */
function sendNotFoundPage(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const body = renderNotFound(pathOf(request), loadAssets());
  return send(request, reply.code(404).type(HTML).header('cache-control', 'no-store'), body);
}

function sendAsset(
  { digest, files }: Assets,
  request: FastifyRequest<{ Params: { digest: string; name: string } }>,
  reply: FastifyReply,
): Promise<FastifyReply> | FastifyReply {
  const asset = request.params.digest === digest ? files.get(request.params.name) : undefined;
  if (asset === undefined) return sendNotFoundPage(request, reply);
  reply.type(asset.type).header('cache-control', 'public, max-age=31536000, immutable');
  if (isFresh(request, reply, asset.etag)) return reply.code(304).send();
  return send(request, reply, asset.body);
}

/** Sets the `ETag`, and says whether the client holds this very version. Weak tags: gzip leaves the meaning alone. */
function isFresh(request: FastifyRequest, reply: FastifyReply, tag: string): boolean {
  reply.header('etag', `W/${tag}`);
  return (request.headers['if-none-match'] ?? '').includes(tag);
}

function digestTag(body: string): string {
  return `"${createHash('sha256').update(body).digest('hex').slice(0, 32)}"`;
}

const compress = promisify(gzip);
/** Below this the headers weigh more than what is saved. */
const MIN_COMPRESSED_LENGTH = 1_024;

/** Sends the body with `PAGE_HEADERS`, compressed off the event loop for a client that takes gzip. */
export async function send(request: FastifyRequest, reply: FastifyReply, body: string | Buffer): Promise<FastifyReply> {
  reply.headers(PAGE_HEADERS).header('vary', 'accept-encoding');
  const isWanted = accepts(request.raw).encoding(['gzip', 'identity']) === 'gzip';
  if (!isWanted || body.length < MIN_COMPRESSED_LENGTH) return reply.send(body);
  return reply.header('content-encoding', 'gzip').send(await compress(body));
}
