import type { Clock } from '@nines/shared/time/clock.ts';
import type { FastifyReply } from 'fastify';
import type { Heartbeats } from '../heartbeat/heartbeats.ts';
import { isRunId, readSignal, type Signal } from '../heartbeat/signal.ts';
import type { Server } from './server.ts';

/** What `/ping/KEY` needs. */
export interface PingOptions {
  readonly heartbeats: Pick<Heartbeats, 'find' | 'signal'>;
  readonly clock: Pick<Clock, 'nowMs'>;
}

/** What is taken of a body, in bytes; nothing of it is kept, but clients ask how much they may send. */
const BODY_LIMIT = 10_000;

interface PingParams {
  readonly key: string;
  /** A signal, or which of the heartbeats that share the key. */
  readonly next?: string;
  readonly signal?: string;
}

/**
 * Registers the dead-man switch that clients of healthchecks.io understand (its "Pinging API"): plain answers, whatever
 * method and body. The answer comes once the signal is on disk.
 */
export function registerPing(server: Server, { heartbeats, clock }: PingOptions): void {
  const answer = async (params: PingParams, query: unknown, reply: FastifyReply): Promise<FastifyReply> => {
    reply.type('text/plain; charset=utf-8').header('ping-body-limit', String(BODY_LIMIT));
    const { slug, signal } = readPath(params);
    if (signal === null) return reply.code(400).send('invalid url format');
    const runId = readRunId(query);
    if (runId === undefined) return reply.code(400).send('invalid uuid format');
    const heartbeat = heartbeats.find(params.key, slug);
    if (heartbeat === null) return reply.code(404).send('not found');
    if (heartbeat === 'ambiguous') return reply.code(409).send('ambiguous slug');
    if (signal.kind !== 'log') await heartbeats.signal(heartbeat, { signal, runId, atMs: clock.nowMs() });
    return reply.send('OK');
  };
  server.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    // Whatever a job prints may be sent along: read, so that the connection can go on, and let go.
    scope.addContentTypeParser('*', (_request, body, done) => {
      body.resume();
      body.once('end', () => done(null));
      body.once('error', done);
    });
    for (const url of ['/ping/:key', '/ping/:key/:next', '/ping/:key/:next/:signal']) {
      scope.route<{ Params: PingParams }>({
        method: ['GET', 'HEAD', 'POST'],
        url,
        handler: ({ params, query }, reply) => answer(params, query, reply),
      });
    }
  });
}

/**
 * `KEY`, `KEY/SIGNAL`, `KEY/SLUG` or `KEY/SLUG/SIGNAL`, as clients write it: a number that is no exit status, or what
 * follows a slug and is no signal, is a mistake (`signal` is `null`).
 */
function readPath({ next, signal }: PingParams): { readonly slug: string | null; readonly signal: Signal | null } {
  if (next === undefined) return { slug: null, signal: readSignal(null) };
  if (signal !== undefined) return { slug: next, signal: readSignal(signal) };
  const own = readSignal(next);
  if (own !== null || /^\d+$/.test(next)) return { slug: null, signal: own };
  return { slug: next, signal: readSignal(null) };
}

/** `rid` of the address: `null` when there is none, `undefined` when it is no UUID. */
function readRunId(query: unknown): string | null | undefined {
  const rid = typeof query === 'object' && query !== null && 'rid' in query ? query.rid : null;
  if (rid === null) return null;
  return typeof rid === 'string' && isRunId(rid) ? rid.toLowerCase() : undefined;
}
