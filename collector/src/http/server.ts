import type { Server as HttpServer } from 'node:http';
import type { Socket } from 'node:net';
import { type Clock, systemClock } from '@nines/shared/time/clock.ts';
import Fastify, { type FastifyInstance, type FastifyReply } from 'fastify';
import type { Logger } from 'pino';
import { type ErrorAnswer, errorBody, RequestError, toErrorAnswer } from './errors.ts';

/** What every route of the server shares. */
export interface ServerOptions {
  /** Hears of every error that is ours. A store that fails says so itself, once, not for every request. */
  readonly log: Pick<Logger, 'error'>;
  /** Times how long a refused client is waited for. */
  readonly clock?: Pick<Clock, 'after'>;
}

export type Server = FastifyInstance<HttpServer>;

/** A request's body, unless a route says otherwise, in bytes. */
const BODY_LIMIT = 2 ** 20;
/** A client that has not sent its whole request by then is cut off: nobody holds a connection by dripping bytes. */
const REQUEST_TIMEOUT_MS = 120_000;
/** Longer than the minute for which proxies and agents keep a connection, so that it is not us who cut it. */
const KEEP_ALIVE_MS = 75_000;

/**
 * The HTTP server without its routes, and the one place where an error becomes a status: every error is answered as
 * `{ "error": { "code", "message" } }`.
 */
export function createServer({ log, clock = systemClock }: ServerOptions): Server {
  const server: Server = Fastify({
    logger: false,
    bodyLimit: BODY_LIMIT,
    requestTimeout: REQUEST_TIMEOUT_MS,
    keepAliveTimeout: KEEP_ALIVE_MS,
    forceCloseConnections: 'idle',
    // What still arrives while the server closes is served: fastify's own refusal has another form than our errors.
    return503OnClosing: false,
    clientErrorHandler: (error, socket) => refuseConnection(error, socket, clock),
    frameworkErrors: (error, _request, reply) => sendError(reply, toErrorAnswer(error)),
  });
  server.setErrorHandler((error, request, reply) => {
    const answer = toErrorAnswer(error);
    const { method, routeOptions } = request;
    if (answer.code === 'internal') log.error({ err: error, method, route: routeOptions.url }, 'request failed');
    sendError(reply, answer);
  });
  server.setNotFoundHandler((request) => {
    throw new RequestError('not-found', `there is no ${request.method} ${request.url.split('?')[0]?.slice(0, 200)}`);
  });
  return server;
}

const JSON_TYPE = 'application/json; charset=utf-8';

function sendError(reply: FastifyReply, answer: ErrorAnswer): void {
  void reply.code(answer.status).headers(answer.headers).type(JSON_TYPE).send(errorBody(answer));
}

/** How long a refused client gets to read why. */
const LINGER_MS = 1_000;

/** What is not even HTTP, or never ended: there is no request to answer, so it is written by hand. */
function refuseConnection(error: Error & { code?: string }, socket: Socket, clock: Pick<Clock, 'after'>): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const body = errorBody({ code: 'bad-request', message: 'this is not a complete HTTP request' });
  socket.end(
    `HTTP/1.1 400 Bad Request\r\ncontent-type: ${JSON_TYPE}\r\ncontent-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`,
  );
  // A client that goes on dripping bytes would keep a half-closed connection for ever.
  clock.after(LINGER_MS, () => socket.destroy());
}
