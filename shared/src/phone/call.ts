import { asIdPart, asLabel, type ReportedEvent } from '../event.ts';

/** The stream of calls, whatever the telephone system. */
export const CALLS = 'calls';

/**
 * How a call ended, as far as its source can tell. `lost` is a caller who left unanswered for a reason that the source
 * does not give; `refused` one whom the queue did not take; `unknown` one whose end nobody saw.
 */
export const CALL_OUTCOMES = [
  'answered',
  'abandoned',
  'timed-out',
  'left-by-key',
  'empty',
  'withdrawn',
  'dumped',
  'lost',
  'refused',
  'unknown',
] as const;

export type CallOutcome = (typeof CALL_OUTCOMES)[number];

/** One visit of a caller to a queue. */
export interface Call {
  /** The telephone system's own name of the caller's channel. */
  readonly channel: string;
  readonly queue: string;
  /** Counts the visits of this channel to this queue from 1. */
  readonly visit: number;
  readonly enteredAtMs: number;
  /** Grows with everything that is learnt of the call. */
  revision: number;
  /** `answered` from the moment that somebody answers; otherwise `null` while the caller waits. */
  outcome: CallOutcome | null;
  endedAtMs: number | null;
  /** A pseudonym of the caller's number, made where the number was seen; `null` when it is dropped. */
  caller: string | null;
  /** Integers by name: `wait_s`, `talk_s`, `ring_s`, `position`, `transfers`, `rings_unanswered`, `other_events`. */
  readonly values: Record<string, number>;
}

/** A call as the event that is sent of it, by the check that follows its source. */
export function callEvent(call: Call, check: string): ReportedEvent {
  const { queue, revision, enteredAtMs, endedAtMs, outcome, caller } = call;
  return {
    stream: CALLS,
    id: callId(call),
    revision,
    atMs: enteredAtMs,
    endedAtMs: endedAtMs === null ? null : Math.max(enteredAtMs, endedAtMs),
    outcome,
    labels: { check, queue: asLabel(queue), ...(caller === null ? {} : { caller }) },
    values: { ...call.values },
  };
}

/** `1795422513.0/support/1`: one caller who comes through several queues, or twice to one, is several calls. */
export function callId({ channel, queue, visit }: Pick<Call, 'channel' | 'queue' | 'visit'>): string {
  return `${plain(channel, 60)}/${plain(queue, 56)}/${visit}`;
}

/** What is longer keeps its end, where channel names differ. */
function plain(text: string, most: number): string {
  const encoded = asIdPart(text);
  return encoded.length <= most ? encoded : encoded.slice(-most);
}
