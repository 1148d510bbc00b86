import type { IncomingHttpHeaders } from 'node:http';
import { MAX_SENT_BYTES } from '@nines/shared/wire.ts';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type ErrorCode, RequestError, toErrorAnswer } from './errors.ts';
import type { Server } from './server.ts';

/** A route that stores what is posted to it. `Admitted` is what is known of a request before its body is read. */
export interface SentBodyRoute<Admitted> {
  readonly url: string;
  /** Everything that can be refused without reading the body, the token first. Throws `RequestError`. */
  readonly admit: (headers: IncomingHttpHeaders) => Admitted;
  /** Stores the body, as it was sent; resolves with the answer's JSON once it is on disk for good. */
  readonly store: (body: Uint8Array, admitted: Admitted) => Promise<string>;
  /** Called for each request that stored nothing because it was refused. */
  readonly onRefused: (code: ErrorCode) => void;
  /** Bodies that are being received or written, together, in bytes; beyond it a request is answered 429. */
  readonly maxPendingBytes: number;
}

/** Registers a `POST` of packed JSON whose memory is bounded, however many send at once. */
export function registerSentBody<Admitted extends object>(server: Server, route: SentBodyRoute<Admitted>): void {
  const { url, admit, store, onRefused, maxPendingBytes } = route;
  const room = { pendingBytes: 0, maxPendingBytes };
  const admissions = new WeakMap<FastifyRequest, Admitted>();
  server.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser(
      'application/json',
      { parseAs: 'buffer', bodyLimit: MAX_SENT_BYTES },
      (_request, body, done) => done(null, body),
    );
    scope.route({
      method: 'POST',
      url,
      bodyLimit: MAX_SENT_BYTES,
      onRequest: (request, reply, done) => {
        admissions.set(request, admit(request.headers));
        reserve(request, reply, room);
        done();
      },
      onError: (_request, _reply, error, done) => {
        onRefused(toErrorAnswer(error).code);
        done();
      },
      handler: async (request, reply) => {
        const { body } = request;
        const admitted = admissions.get(request);
        if (admitted === undefined) throw new Error('the hook of this route did not run');
        if (!(body instanceof Uint8Array)) throw new RequestError('unsupported-media-type', 'send application/json');
        return reply.header('content-type', 'application/json').send(await store(body, admitted));
      },
    });
  });
}

interface Room {
  pendingBytes: number;
  readonly maxPendingBytes: number;
}

/** Holds room for the body until the connection is done with it, however that ends. */
function reserve({ headers }: FastifyRequest, { raw }: FastifyReply, room: Room): void {
  // A body of unannounced length may become the largest that is allowed.
  const bytes = Number(headers['content-length'] ?? MAX_SENT_BYTES);
  if (bytes > MAX_SENT_BYTES) throw new RequestError('too-large', `a body has at most ${MAX_SENT_BYTES} bytes as sent`);
  if (room.pendingBytes + bytes > room.maxPendingBytes) {
    throw new RequestError('busy', 'too much is being written at the moment; send it again shortly');
  }
  room.pendingBytes += bytes;
  raw.once('close', () => {
    room.pendingBytes -= bytes;
  });
}
