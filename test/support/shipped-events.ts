import { zstdDecompressSync } from 'node:zlib';
import { EventSpool } from '../../agent/src/event-spool.ts';
import { type Event, parseEvents } from '../../shared/src/event.ts';
import { systemClock } from '../../shared/src/time/clock.ts';
import { quiet } from './agent-parts.ts';

export function openEventSpool(directory: string): EventSpool {
  return EventSpool.open({ directory, maxBytes: 2 ** 30, maxAgeMs: 1e12, clock: systemClock, logger: quiet });
}

/** All that waits for delivery, oldest first, as the collector would read it; after that, nothing waits any more. */
export async function takeShipped(spool: EventSpool): Promise<Event[]> {
  const shipped: Event[][] = [];
  for (let batch = spool.take(); batch !== null; batch = spool.take()) {
    const body = zstdDecompressSync((await spool.read(batch)) ?? '');
    shipped.unshift(parseEvents(body.toString(), 'pbx1'));
    await spool.delivered(batch);
  }
  return shipped.flat();
}
