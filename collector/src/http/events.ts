import type { Event } from '@nines/shared/event.ts';
import type { Clock } from '@nines/shared/time/clock.ts';
import type { EventStore } from '../store/events.ts';
import type { ContentEncoding } from '../store/store.ts';
import type { Authenticator, Sender } from './authenticate.ts';
import { decodeEvents, readEncoding } from './decode.ts';
import { type ErrorCode, Forbidden, RequestError } from './errors.ts';
import { registerSentBody } from './sent-body.ts';
import type { Server } from './server.ts';

/** What `POST /api/v1/events` needs. */
export interface EventIngestOptions {
  readonly store: Pick<EventStore, 'putEvents'>;
  readonly authenticator: Pick<Authenticator, 'senderOf'>;
  readonly clock: Pick<Clock, 'nowMs'>;
  /** Why an agent may not send such an event; `null` when it may. Importers have their streams. */
  readonly objectionTo: (agent: string, event: Event) => string | null;
  /** Called with the events of each request of which something was new, once that is on disk. */
  readonly onStored?: (events: readonly Event[], stored: number) => void;
  /** Called for each request that stored nothing: with `unchanged`, or the code of the refusal. */
  readonly onNotStored?: (result: 'unchanged' | ErrorCode) => void;
  /** Bodies that are being received or written, together, in bytes; beyond it a request is answered 429. */
  readonly maxPendingBytes?: number;
}

const MAX_PENDING_BYTES = 64 * 2 ** 20;

interface Admission {
  readonly sender: Sender;
  readonly encoding: ContentEncoding;
}

/** Registers `POST /api/v1/events`, which answers only once every event is on disk for good; see `shared/EVENTS.md`. */
export function registerEventIngest(server: Server, options: EventIngestOptions): void {
  const { authenticator, onNotStored = () => {}, maxPendingBytes = MAX_PENDING_BYTES } = options;
  registerSentBody<Admission>(server, {
    url: '/api/v1/events',
    maxPendingBytes,
    admit: (headers) => ({
      sender: authenticator.senderOf(headers.authorization),
      encoding: readEncoding(headers['content-encoding']),
    }),
    store: async (body, { sender, encoding }) => {
      const events = decodeEvents(body, encoding, sender.name);
      requireAllowed(events, sender, options);
      const { stored, unchanged } = await options.store.putEvents({ events, receivedAtMs: options.clock.nowMs() });
      if (stored === 0) onNotStored('unchanged');
      else options.onStored?.(events, stored);
      return JSON.stringify({ stored, unchanged });
    },
    onRefused: onNotStored,
  });
}

/**
 * An importer's token opens its own streams only: who leaks the tickets' token has not leaked the calls. An agent's opens
 * what its checks bring: who takes over one hosting server makes no backups of another's appear.
 */
function requireAllowed(
  events: readonly Event[],
  { name, streams }: Sender,
  { objectionTo }: Pick<EventIngestOptions, 'objectionTo'>,
): void {
  for (const [index, event] of events.entries()) {
    if (streams === null) {
      const objection = objectionTo(name, event);
      if (objection !== null) throw new RequestError('not-assigned', `events[${index}]: ${objection}`);
    } else if (!streams.includes(event.stream)) {
      throw new Forbidden(`importer ${name} may not write to stream ${event.stream}`);
    }
  }
}
