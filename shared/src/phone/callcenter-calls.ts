import type { Call, CallOutcome } from './call.ts';
import type { CallBook, Place } from './call-book.ts';

type Fields = ReadonlyMap<string, string>;

/** `CC-Cancel-Reason` of mod_callcenter. A caller who hangs up breaks out of the music, which is its word for that. */
const CANCELLED: Readonly<Record<string, CallOutcome>> = {
  NONE: 'abandoned',
  BREAK_OUT: 'abandoned',
  TIMEOUT: 'timed-out',
  NO_AGENT_TIMEOUT: 'empty',
  EXIT_WITH_KEY: 'left-by-key',
};

/** The events of mod_callcenter (`callcenter::info`) → calls in the book. */
export class CallcenterCalls {
  readonly #book: CallBook;
  readonly #queues: ReadonlySet<string> | null;
  /** Callers who gave up, until when they may come back to their old place, and when they left. */
  readonly #gone = new Map<Call, { readonly leftAtMs: number; readonly untilMs: number }>();
  #resumableMs: ReadonlyMap<string, number> = new Map();

  constructor(queues: ReadonlySet<string> | null, book: CallBook) {
    this.#queues = queues;
    this.#book = book;
  }

  /** For how long who gave up may come back, by queue; those that are not named let nobody. */
  allowResuming(resumableMs: ReadonlyMap<string, number>): void {
    this.#resumableMs = resumableMs;
  }

  take(fields: Fields, nowMs: number): void {
    const [channel = '', queue = ''] = [fields.get('CC-Member-UUID'), fields.get('CC-Queue')];
    if (channel === '' || queue === '' || !(this.#queues?.has(queue) ?? true)) return;
    this.#readings.get(fields.get('CC-Action') ?? '')?.({ channel, queue }, fields, nowMs);
  }

  /** Decides about those who did not come back. */
  settle(nowMs: number): void {
    for (const [call, { leftAtMs, untilMs }] of this.#gone) {
      if (untilMs > nowMs) continue;
      this.#gone.delete(call);
      if (call.endedAtMs === null) this.#book.close(call, leftAtMs, 'abandoned');
    }
  }

  /**
   * Who is in the queues now, after a time in which events may have been missed: who is not there any more has an end
   * that nobody saw, and who is new came when the queue says.
   */
  reconcile(
    members: readonly (Place & { readonly joinedMs: number; readonly isWaiting: boolean })[],
    nowMs: number,
  ): void {
    const there = new Set(members.map(({ channel, queue }) => `${channel}|${queue}`));
    for (const call of this.#book.open()) {
      const isThere = there.has(`${call.channel}|${call.queue}`) || this.#gone.has(call);
      if (!isThere) this.#book.close(call, nowMs, call.outcome ?? 'unknown');
    }
    for (const { isWaiting, joinedMs, ...place } of members) {
      const isWanted = this.#queues?.has(place.queue) ?? true;
      if (isWanted && isWaiting && this.#book.find(place) === null) this.#book.begin(place, joinedMs);
    }
  }

  /** THE table of actions that say something of a call. */
  readonly #readings: ReadonlyMap<string, (place: Place, fields: Fields, nowMs: number) => void> = new Map([
    ['member-queue-start', (place, fields, nowMs) => void this.#begin(place, fields, nowMs)],
    ['member-queue-resume', (place, fields, nowMs) => this.#resume(place, fields, nowMs)],
    ['bridge-agent-start', (place, fields, nowMs) => this.#answer(place, fields, nowMs)],
    ['bridge-agent-fail', (place) => this.#ringUnanswered(place)],
    ['member-queue-end', (place, fields, nowMs) => this.#end(place, fields, nowMs)],
  ]);

  #begin(place: Place, fields: Fields, nowMs: number): Call {
    return this.#book.begin(place, epochMs(fields, 'CC-Member-Joined-Time') ?? happenedMs(fields) ?? nowMs);
  }

  /** Back at the old place, of which the caller never lost the time. */
  #resume(place: Place, fields: Fields, nowMs: number): void {
    const call = this.#book.find(place);
    if (call === null) this.#begin(place, fields, nowMs);
    else this.#gone.delete(call);
  }

  #answer(place: Place, fields: Fields, nowMs: number): void {
    const call = this.#callOf(place, fields, nowMs);
    if (call === null) return;
    call.outcome = 'answered';
    const answeredMs = epochMs(fields, 'CC-Agent-Answered-Time') ?? happenedMs(fields) ?? nowMs;
    call.values.wait_s = secondsBetween(epochMs(fields, 'CC-Member-Joined-Time') ?? call.enteredAtMs, answeredMs);
    this.#book.touch(call);
  }

  #ringUnanswered(place: Place): void {
    const call = this.#book.find(place);
    if (call === null) return;
    call.values.rings_unanswered = (call.values.rings_unanswered ?? 0) + 1;
    this.#book.touch(call);
  }

  #end(place: Place, fields: Fields, nowMs: number): void {
    const call = this.#callOf(place, fields, nowMs);
    if (call === null) return;
    const leftAtMs = epochMs(fields, 'CC-Member-Leaving-Time') ?? happenedMs(fields) ?? nowMs;
    const joinedMs = epochMs(fields, 'CC-Member-Joined-Time') ?? call.enteredAtMs;
    if (fields.get('CC-Cause') === 'Terminated') {
      const answeredMs = epochMs(fields, 'CC-Agent-Answered-Time');
      if (answeredMs !== null) {
        call.values.wait_s = secondsBetween(joinedMs, answeredMs);
        call.values.talk_s = secondsBetween(answeredMs, leftAtMs);
      }
      this.#book.close(call, leftAtMs, 'answered');
      return;
    }
    const outcome = call.outcome ?? CANCELLED[fields.get('CC-Cancel-Reason') ?? ''] ?? 'lost';
    if (call.outcome === null) call.values.wait_s = secondsBetween(joinedMs, leftAtMs);
    const resumableMs = this.#resumableMs.get(place.queue) ?? 0;
    if (outcome === 'abandoned' && resumableMs > 0) this.#gone.set(call, { leftAtMs, untilMs: leftAtMs + resumableMs });
    else this.#book.close(call, leftAtMs, outcome);
  }

  /** The call that is spoken of, also when its beginning was not heard; `null` when it is known to be over. */
  #callOf(place: Place, fields: Fields, nowMs: number): Call | null {
    const open = this.#book.find(place);
    if (open !== null) return open;
    const joinedMs = epochMs(fields, 'CC-Member-Joined-Time');
    const lastEndMs = this.#book.lastEndMs(place);
    if (lastEndMs !== null && (joinedMs === null || joinedMs < lastEndMs)) return null;
    return this.#begin(place, fields, nowMs);
  }
}

/** A field with an instant in whole seconds; 0 is none. */
function epochMs(fields: Fields, name: string): number | null {
  const text = fields.get(name) ?? '';
  return /^[1-9]\d{9}$/.test(text) ? Number(text) * 1_000 : null;
}

/** When the event happened: FreeSWITCH writes microseconds into every one. */
function happenedMs(fields: Fields): number | null {
  const text = fields.get('Event-Date-Timestamp') ?? '';
  return /^[1-9]\d{15}$/.test(text) ? Math.floor(Number(text) / 1_000) : null;
}

function secondsBetween(fromMs: number, toMs: number): number {
  return Math.max(0, Math.round((toMs - fromMs) / 1_000));
}
