import type { AmiMessage } from './ami-message.ts';
import type { Call } from './call.ts';
import type { CallBook } from './call-book.ts';

/** Above those of a queue log, whose final word about a call counts before this one: it knows why a caller left. */
export const AMI_FIRST_REVISION = 1_000_000;

/** Who left the queue and was not connected within this time has left by a key, or by the dial plan. */
const CONNECTS_WITHIN_MS = 5_000;
/** Callers of whom the dial plan is heard before a queue is: more are never on their way at once. */
const MOST_ON_THE_WAY = 10_000;

/** `QUEUESTATUS` of those whom the queue did not take; the others entered it, and are known from its own events. */
const REFUSALS: ReadonlySet<string> = new Set(['FULL', 'JOINEMPTY', 'JOINUNAVAIL']);

type Reading = (event: Fields, nowMs: number) => void;
type Fields = AmiMessage['fields'];

/**
 * Events of the manager interface → calls in the book. Of a caller who gave up, timed out or was sent away it says only
 * that the caller is `lost`: all of these are `QueueCallerAbandon`.
 */
export class AmiCalls {
  readonly #book: CallBook;
  readonly #queues: ReadonlySet<string> | null;
  /** Calls that left their queue, and when: by a key unless somebody answers. */
  readonly #left = new Map<Call, number>();
  /** Which queue a channel is about to enter, as the dial plan says. */
  readonly #onTheWay = new Map<string, string>();

  constructor(queues: ReadonlySet<string> | null, book: CallBook) {
    this.#queues = queues;
    this.#book = book;
  }

  take({ name, fields }: AmiMessage, nowMs: number): void {
    this.#readings.get(name)?.(fields, nowMs);
  }

  /** Decides about those who left some time ago. */
  settle(nowMs: number): void {
    for (const [call, leftAtMs] of this.#left) {
      if (nowMs - leftAtMs < CONNECTS_WITHIN_MS) continue;
      this.#left.delete(call);
      if (call.endedAtMs === null && call.outcome === null) this.#book.close(call, leftAtMs, 'left-by-key');
    }
  }

  /**
   * Who waits now, after a time in which events may have been missed: who is not there any more has an end that nobody
   * saw, and who is new came as long ago as the queue says.
   */
  reconcile(waiting: readonly Fields[], nowMs: number): void {
    const there = new Set(waiting.map((entry) => `${entry.get('uniqueid')}|${entry.get('queue')}`));
    for (const call of this.#book.open()) {
      const isWaiting = call.outcome === null && !this.#left.has(call);
      if (isWaiting && !there.has(`${call.channel}|${call.queue}`)) this.#book.close(call, nowMs, 'unknown');
    }
    for (const entry of waiting) {
      const place = this.#placeOf(entry);
      if (place === null || this.#book.find(place) !== null) continue;
      const call = this.#book.begin(place, nowMs - (whole(entry, 'wait') ?? 0) * 1000);
      this.#copy(call, entry, { position: 'position' });
    }
  }

  /** THE table of events that say something of a call. */
  readonly #readings: ReadonlyMap<string, Reading> = new Map<string, Reading>([
    ['QueueCallerJoin', (event, nowMs) => this.#join(event, nowMs)],
    ['QueueCallerAbandon', (event, nowMs) => this.#lose(event, nowMs)],
    ['QueueCallerLeave', (event, nowMs) => this.#leave(event, nowMs)],
    ['AgentConnect', (event) => this.#connect(event)],
    ['AgentComplete', (event, nowMs) => this.#complete(event, nowMs)],
    ['AgentDump', (event, nowMs) => this.#dump(event, nowMs)],
    ['AgentRingNoAnswer', (event) => this.#ringUnanswered(event)],
    ['Newexten', (event) => this.#approach(event)],
    ['VarSet', (event, nowMs) => this.#refuse(event, nowMs)],
    ['Hangup', (event) => this.#onTheWay.delete(event.get('uniqueid') ?? '')],
  ]);

  #join(event: Fields, nowMs: number): void {
    const place = this.#placeOf(event);
    if (place === null) return;
    this.#copy(this.#book.begin(place, nowMs), event, { position: 'position' });
  }

  #lose(event: Fields, nowMs: number): void {
    const call = this.#callOf(event);
    if (call === null || call.outcome !== null) return;
    this.#copy(call, event, { holdtime: 'wait_s' });
    this.#book.close(call, nowMs, 'lost');
  }

  /** Comes after `QueueCallerAbandon` and before `AgentConnect`. */
  #leave(event: Fields, nowMs: number): void {
    const call = this.#callOf(event);
    if (call === null || call.outcome !== null) return;
    call.values.wait_s = Math.max(0, Math.round((nowMs - call.enteredAtMs) / 1000));
    this.#left.set(call, nowMs);
  }

  #connect(event: Fields): void {
    const call = this.#callOf(event);
    if (call === null) return;
    this.#left.delete(call);
    call.outcome = 'answered';
    this.#copy(call, event, { holdtime: 'wait_s', ringtime: 'ring_s' });
  }

  #complete(event: Fields, nowMs: number): void {
    const call = this.#callOf(event);
    if (call === null) return;
    this.#left.delete(call);
    if (event.get('reason') === 'transfer') call.values.transfers = 1;
    this.#copy(call, event, { holdtime: 'wait_s', talktime: 'talk_s' });
    this.#book.close(call, nowMs, 'answered');
  }

  #dump(event: Fields, nowMs: number): void {
    const call = this.#callOf(event);
    if (call !== null) this.#book.close(call, nowMs, call.outcome ?? 'dumped');
  }

  #ringUnanswered(event: Fields): void {
    const call = this.#callOf(event);
    if (call === null) return;
    call.values.rings_unanswered = (call.values.rings_unanswered ?? 0) + 1;
    this.#book.touch(call);
  }

  /** The dial plan runs `Queue(support,…)` for a channel. */
  #approach(event: Fields): void {
    const channel = event.get('uniqueid');
    if (channel === undefined || event.get('application')?.toLowerCase() !== 'queue') return;
    if (this.#onTheWay.size >= MOST_ON_THE_WAY) this.#onTheWay.clear();
    this.#onTheWay.set(channel, event.get('appdata')?.split(',', 1)[0] ?? '');
  }

  #refuse(event: Fields, nowMs: number): void {
    if (event.get('variable') !== 'QUEUESTATUS') return;
    const channel = event.get('uniqueid') ?? '';
    const queue = this.#onTheWay.get(channel);
    this.#onTheWay.delete(channel);
    if (queue === undefined || !REFUSALS.has(event.get('value') ?? '') || !this.#isWanted(queue)) return;
    if (this.#book.find({ channel, queue }) !== null) return;
    this.#book.close(this.#book.begin({ channel, queue }, nowMs), nowMs, 'refused');
  }

  /** The call that the event speaks of, which may be about the caller or, once the caller's channel is gone, the member's. */
  #callOf(event: Fields): Call | null {
    const queue = event.get('queue') ?? '';
    const channel = event.get('uniqueid') ?? event.get('destlinkedid') ?? '';
    return this.#book.find({ channel, queue });
  }

  #placeOf(event: Fields): { channel: string; queue: string } | null {
    const [channel = '', queue = ''] = [event.get('uniqueid'), event.get('queue')];
    return channel !== '' && queue !== '' && this.#isWanted(queue) ? { channel, queue } : null;
  }

  #isWanted(queue: string): boolean {
    return this.#queues?.has(queue) ?? true;
  }

  #copy(call: Call, event: Fields, names: Readonly<Record<string, string>>): void {
    for (const field in names) {
      const value = whole(event, field);
      if (value !== null) call.values[names[field] ?? field] = value;
    }
    this.#book.touch(call);
  }
}

/** A field that holds a whole number. */
export function whole(event: Fields, name: string): number | null {
  const text = event.get(name) ?? '';
  return /^\d{1,9}$/.test(text) ? Number(text) : null;
}
