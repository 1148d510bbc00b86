import {
  compareKeys,
  counts,
  type EventRequest,
  type EventStream,
  type EventsPut,
  type ReceivedEvents,
  type StoredEvent,
  touches,
} from '../../collector/src/store/events.ts';

/** The events of a `MemoryStore`. */
export class MemoryEvents {
  readonly #events = new Map<string, StoredEvent>();

  put({ events, receivedAtMs }: ReceivedEvents): EventsPut {
    let stored = 0;
    const ended: number[] = [];
    for (const [index, event] of events.entries()) {
      const key = `${event.stream} ${event.id} ${event.agent}`;
      const known = this.#events.get(key);
      if (known !== undefined && !counts(event, known)) continue;
      this.#events.set(key, { ...event, receivedAtMs });
      stored++;
      if (event.endedAtMs !== null && (known?.endedAtMs ?? null) === null) ended.push(index);
    }
    return { stored, unchanged: events.length - stored, ended };
  }

  *read({ stream, fromMs, toMs, after, limit = Number.POSITIVE_INFINITY }: EventRequest): Generator<StoredEvent> {
    const wanted = [...this.#events.values()]
      .filter((event) => event.stream === stream && touches(event, fromMs, toMs))
      .filter((event) => after === undefined || compareKeys(event, after) > 0);
    yield* wanted.sort(compareKeys).slice(0, limit);
  }

  streams(): EventStream[] {
    const streams = Map.groupBy(this.#events.values(), ({ stream }) => stream);
    return [...streams.keys()].sort().map((stream) => {
      const events = streams.get(stream) ?? [];
      const instants = events.map(({ atMs }) => atMs);
      return {
        stream,
        events: events.length,
        open: events.filter(({ endedAtMs }) => endedAtMs === null).length,
        oldestAtMs: Math.min(...instants),
        newestAtMs: Math.max(...instants),
      };
    });
  }
}
