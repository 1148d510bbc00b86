import type { Clock } from '@nines/shared/time/clock.ts';
import { type Batch, countObservations, MAX_SENT_BYTES, SENT_AT_HEADER } from '@nines/shared/wire.ts';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { ContentEncoding, JournalEntry, Store } from '../store/store.ts';
import type { Authenticator } from './authenticate.ts';
import { decodeBatch, readEncoding, readSentAt } from './decode.ts';
import { type ErrorCode, Forbidden, RequestError, toErrorAnswer } from './errors.ts';
import type { Server } from './server.ts';

/** What `POST /api/v1/batches` needs. */
export interface IngestOptions {
  readonly store: Pick<Store, 'append'>;
  readonly authenticator: Pick<Authenticator, 'agentOf'>;
  readonly clock: Pick<Clock, 'nowMs'>;
  /** Called once for each batch that is now on disk and was not before, in order of position. */
  readonly onStored: (entry: JournalEntry) => void;
  /** Called for each request that stored nothing: with `duplicate`, or the code of the refusal. */
  readonly onNotStored?: (result: 'duplicate' | ErrorCode) => void;
  /** Bodies that are being received or written, together, in bytes; beyond it a request is answered 429. */
  readonly maxPendingBytes?: number;
}

/** Room for a thousand agents that come back at once with ordinary batches. */
const MAX_PENDING_BYTES = 128 * 2 ** 20;

/** What is known of a request before its body is read. */
interface Admission {
  readonly agent: string;
  readonly encoding: ContentEncoding;
  readonly sentAtMs: number | null;
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Set by the ingest route's first hook. */
    admission: Admission | null;
  }
}

/** Registers `POST /api/v1/batches`, which answers only once a batch is on disk for good. */
export function registerIngest(server: Server, options: IngestOptions): void {
  const { authenticator, maxPendingBytes = MAX_PENDING_BYTES } = options;
  const pending = { bytes: 0 };
  server.decorateRequest('admission', null);
  server.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser(
      'application/json',
      { parseAs: 'buffer', bodyLimit: MAX_SENT_BYTES },
      (_request, body, done) => done(null, body),
    );
    scope.route({
      method: 'POST',
      url: '/api/v1/batches',
      bodyLimit: MAX_SENT_BYTES,
      onRequest: (request, reply, done) => {
        request.admission = admit(request, authenticator);
        reserve(request, reply, { pending, maxPendingBytes });
        done();
      },
      onError: (_request, _reply, error, done) => {
        options.onNotStored?.(toErrorAnswer(error).code);
        done();
      },
      handler: (request, reply) => ingest(request, reply, options),
    });
  });
}

/** Everything that can be refused without reading the body, the token first. */
function admit({ headers }: FastifyRequest, authenticator: Pick<Authenticator, 'agentOf'>): Admission {
  return {
    agent: authenticator.agentOf(headers.authorization),
    encoding: readEncoding(headers['content-encoding']),
    sentAtMs: readSentAt(headers[SENT_AT_HEADER]),
  };
}

interface Room {
  readonly pending: { bytes: number };
  readonly maxPendingBytes: number;
}

/** Holds room for the body until the connection is done with it, however that ends. */
function reserve({ headers }: FastifyRequest, { raw }: FastifyReply, { pending, maxPendingBytes }: Room): void {
  // A body of unannounced length may become the largest that is allowed.
  const bytes = Number(headers['content-length'] ?? MAX_SENT_BYTES);
  if (bytes > MAX_SENT_BYTES) throw new RequestError('too-large', `a body has at most ${MAX_SENT_BYTES} bytes as sent`);
  if (pending.bytes + bytes > maxPendingBytes) {
    throw new RequestError('busy', 'too much is being written at the moment; send it again shortly');
  }
  pending.bytes += bytes;
  raw.once('close', () => {
    pending.bytes -= bytes;
  });
}

async function ingest(request: FastifyRequest, reply: FastifyReply, options: IngestOptions): Promise<FastifyReply> {
  const { admission, body } = request;
  if (admission === null) throw new Error('the hook of this route did not run');
  if (!(body instanceof Uint8Array)) throw new RequestError('unsupported-media-type', 'a batch is application/json');
  const receivedAtMs = options.clock.nowMs();
  const { encoding, sentAtMs } = admission;
  const skewMs = sentAtMs === null ? null : receivedAtMs - sentAtMs;
  const batch = decodeBatch(body, encoding);
  requireOwn(batch, admission.agent);
  const { position, duplicate } = await options.store.append({ batch, body, encoding, receivedAtMs, skewMs });
  if (duplicate) options.onNotStored?.('duplicate');
  else options.onStored({ position, batch, receivedAtMs, skewMs });
  const stored = duplicate ? 0 : countObservations(batch);
  return reply.header('content-type', 'application/json').send(`{"stored":${stored},"duplicate":${duplicate}}`);
}

function requireOwn({ agent }: Batch, own: string): void {
  if (agent !== own) throw new Forbidden(`the token is agent ${own}'s, the batch says ${agent}`);
}
