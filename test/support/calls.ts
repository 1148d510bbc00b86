import { type Call, callEvent } from '../../shared/src/phone/call.ts';
import { QueueLogCalls, type QueueLogOptions, type QueueLogState } from '../../shared/src/phone/queue-log-calls.ts';
import { parseQueueLogLine } from '../../shared/src/phone/queue-log-line.ts';

/** A call as it is sent. */
export type CallEvent = ReturnType<typeof callEvent>;

export const EVERY_QUEUE: QueueLogOptions = { queues: null, pseudonym: () => null };

/** The whole log at once → every call as it stands at the end, in the order of their beginnings. */
export function callsOf(text: string, options = EVERY_QUEUE): CallEvent[] {
  const calls = new QueueLogCalls(options);
  return feed(calls, text);
}

/** The same through pieces, each taken up from the JSON that the one before left. */
export function callsInPieces(pieces: readonly string[], options = EVERY_QUEUE): CallEvent[] {
  const latest = new Map<string, CallEvent>();
  let state: QueueLogState = { open: [], visits: [] };
  for (const piece of pieces) {
    const calls = new QueueLogCalls(options, JSON.parse(JSON.stringify(state)));
    for (const event of feed(calls, piece)) latest.set(event.id, event);
    state = calls.state;
  }
  return [...latest.values()];
}

export function feed(calls: QueueLogCalls, text: string): CallEvent[] {
  for (const line of text.split('\n')) {
    const parsed = parseQueueLogLine(line);
    if (parsed !== null) calls.take(parsed);
  }
  return calls.takeChanged().map((call: Call) => callEvent(call));
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
