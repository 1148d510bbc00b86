import { type Call, callEvent } from '../../shared/src/phone/call.ts';
import { CallBook, type CallBookState } from '../../shared/src/phone/call-book.ts';
import { QueueLogCalls, type QueueLogOptions } from '../../shared/src/phone/queue-log-calls.ts';
import { parseQueueLogLine } from '../../shared/src/phone/queue-log-line.ts';

/** A call as it is sent. */
export type CallEvent = ReturnType<typeof callEvent>;

export const EVERY_QUEUE: QueueLogOptions = { queues: null, pseudonym: () => null };

/** The whole log at once → every call as it stands at the end, in the order of their beginnings. */
export function callsOf(text: string, options = EVERY_QUEUE): CallEvent[] {
  return feed(new CallBook(), text, options);
}

/** The same through pieces, each taken up from the JSON that the one before left. */
export function callsInPieces(pieces: readonly string[], options = EVERY_QUEUE): CallEvent[] {
  const latest = new Map<string, CallEvent>();
  let state: CallBookState = { open: [], visits: [] };
  for (const piece of pieces) {
    const book = new CallBook(JSON.parse(JSON.stringify(state)));
    for (const event of feed(book, piece, options)) latest.set(event.id, event);
    state = book.state;
  }
  return [...latest.values()];
}

export function feed(book: CallBook, text: string, options = EVERY_QUEUE, calls = new QueueLogCalls(options, book)) {
  for (const line of text.split('\n')) {
    const parsed = parseQueueLogLine(line);
    if (parsed !== null) calls.take(parsed);
  }
  return book.takeChanged().map((call: Call) => callEvent(call, 'support-calls'));
}

/** How many calls there are of each outcome; those that are under way count as `open`, or `talking` once answered. */
export function countByOutcome(calls: readonly CallEvent[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { outcome, endedAtMs } of calls) {
    const name = endedAtMs !== null ? (outcome ?? 'none') : outcome === null ? 'open' : 'talking';
    counts[name] = (counts[name] ?? 0) + 1;
  }
  return counts;
}
