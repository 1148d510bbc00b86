import { countObservations } from '@nines/shared/observation.ts';
import type { Clock } from '@nines/shared/time/clock.ts';
import { type Batch, type CheckColumns, SENT_AT_HEADER } from '@nines/shared/wire.ts';
import type { ContentEncoding, JournalEntry, Store } from '../store/store.ts';
import type { Authenticator } from './authenticate.ts';
import { decodeBatch, readEncoding, readSentAt } from './decode.ts';
import { type ErrorCode, Forbidden, RequestError } from './errors.ts';
import { registerSentBody } from './sent-body.ts';
import type { Server } from './server.ts';

/** What `POST /api/v1/batches` needs. */
export interface IngestOptions {
  readonly store: Pick<Store, 'append'>;
  readonly authenticator: Pick<Authenticator, 'agentOf'>;
  readonly clock: Pick<Clock, 'nowMs'>;
  /** Why an agent may not speak for a check in this way; `null` when it may. */
  readonly objectionTo: (agent: string, columns: CheckColumns) => string | null;
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

/** Registers `POST /api/v1/batches`, which answers only once a batch is on disk for good. */
export function registerIngest(server: Server, options: IngestOptions): void {
  const { authenticator, onNotStored = () => {}, maxPendingBytes = MAX_PENDING_BYTES } = options;
  registerSentBody<Admission>(server, {
    url: '/api/v1/batches',
    maxPendingBytes,
    admit: (headers) => ({
      agent: authenticator.agentOf(headers.authorization),
      encoding: readEncoding(headers['content-encoding']),
      sentAtMs: readSentAt(headers[SENT_AT_HEADER]),
    }),
    store: (body, admission) => ingest(body, admission, { ...options, onNotStored }),
    onRefused: onNotStored,
  });
}

async function ingest(
  body: Uint8Array,
  { agent, encoding, sentAtMs }: Admission,
  { store, clock, objectionTo, onStored, onNotStored }: Required<Pick<IngestOptions, 'onNotStored'>> & IngestOptions,
): Promise<string> {
  const receivedAtMs = clock.nowMs();
  const skewMs = sentAtMs === null ? null : receivedAtMs - sentAtMs;
  const batch = decodeBatch(body, encoding);
  requireOwn(batch, agent);
  for (const columns of batch.checks) {
    const objection = objectionTo(agent, columns);
    if (objection !== null) throw new RequestError('not-assigned', objection);
  }
  const { position, duplicate } = await store.append({ batch, receivedAtMs, skewMs });
  if (duplicate) onNotStored('duplicate');
  else onStored({ position, batch, receivedAtMs, skewMs });
  return `{"stored":${duplicate ? 0 : countObservations(batch)},"duplicate":${duplicate}}`;
}

function requireOwn({ agent }: Batch, own: string): void {
  if (agent !== own) throw new Forbidden(`the token is agent ${own}'s, the batch says ${agent}`);
}
