import type { EventStore, EventsPut, ReceivedEvents } from '../events.ts';
import type { StoreThreads } from './store-threads.ts';

/** What an event takes in the journal of the file, its two indexes included, more or less. */
const EVENT_BYTES = 600;

/** So many events are read at a time: some milliseconds of the reading thread. */
const EVENTS_A_PAGE = 500;

/** The verbs of events: written in groups, read a page at a time. */
export function eventVerbs(threads: StoreThreads): EventStore {
  const groups = threads.grouped<ReceivedEvents, EventsPut>({
    write: (group) => writeEvents(threads, group),
    bytesOf: ({ events }) => events.length * EVENT_BYTES,
  });
  return {
    putEvents: async (received) => {
      threads.writing();
      return groups.append(received);
    },
    events: async function* (request) {
      let { after, limit: wanted = Number.POSITIVE_INFINITY } = request;
      while (wanted > 0) {
        const limit = Math.min(wanted, EVENTS_A_PAGE);
        const page = await threads.reading().ask('events', { ...request, ...(after && { after }), limit });
        yield* page;
        if (page.length < limit) return;
        wanted -= page.length;
        after = page.at(-1);
      }
    },
    eventStreams: async () => threads.reading().ask('eventStreams', null),
  };
}

async function writeEvents(threads: StoreThreads, requests: readonly ReceivedEvents[]): Promise<readonly EventsPut[]> {
  const answers = await threads.write((writer) => writer.ask('putEvents', requests));
  const stored = answers.reduce((sum, answer) => sum + answer.stored, 0);
  threads.noteWritten(stored * EVENT_BYTES, stored);
  return answers;
}
