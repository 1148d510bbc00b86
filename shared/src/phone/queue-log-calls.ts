import { type Call, type CallOutcome, callId } from './call.ts';
import { type Meaning, meaningOf, type QueueLogLine } from './queue-log-line.ts';

/** Visits that ended are remembered this long, so that one more of the same caller gets its own number. */
const REMEMBERED_VISITS = 2_000;
/** A call without a line for so long has lost its end: with a file, or with the Asterisk that never came back. */
const FORGOTTEN_AFTER_MS = 24 * 3_600_000;

/** What has to survive between two pieces of a log, as JSON. */
export interface QueueLogState {
  readonly open: readonly Call[];
  /** Last visits that ended: channel and queue, number, instant of the end. */
  readonly visits: readonly (readonly [key: string, visit: number, endedAtMs: number])[];
}

export interface QueueLogCounts {
  readonly lines: number;
  /** Lines of events that Asterisk itself does not write. */
  readonly otherEvents: number;
  /** Ends of calls that have ended already, or that say too little for a call. */
  readonly strayEnds: number;
}

export interface QueueLogOptions {
  /** `null` for every queue. */
  readonly queues: ReadonlySet<string> | null;
  /** A pseudonym for a caller's number; `null` drops it. */
  readonly pseudonym: (number: string) => string | null;
}

/** Lines of a queue log, in order → calls. Holds only what is open, and the last visits. */
export class QueueLogCalls {
  readonly #options: QueueLogOptions;
  readonly #open: Map<string, Call>;
  readonly #visits: Map<string, { readonly visit: number; readonly endedAtMs: number }>;
  #changed = new Map<string, Call>();
  #lines = 0;
  #otherEvents = 0;
  #strayEnds = 0;

  constructor(options: QueueLogOptions, state: QueueLogState = { open: [], visits: [] }) {
    this.#options = options;
    this.#open = new Map(state.open.map((call) => [keyOf(call), { ...call, values: { ...call.values } }]));
    this.#visits = new Map(state.visits.map(([key, visit, endedAtMs]) => [key, { visit, endedAtMs }]));
  }

  get state(): QueueLogState {
    return {
      open: [...this.#open.values()],
      visits: Array.from(this.#visits, ([key, { visit, endedAtMs }]) => [key, visit, endedAtMs] as const),
    };
  }

  get counts(): QueueLogCounts {
    return { lines: this.#lines, otherEvents: this.#otherEvents, strayEnds: this.#strayEnds };
  }

  /** The calls of which something was learnt since this was last asked, as they stand now. */
  takeChanged(): Call[] {
    const changed = [...this.#changed.values()];
    this.#changed = new Map();
    return changed;
  }

  /** Callers that wait now, and the instant at which the first of them came; `null` when none waits. */
  waiting(): { readonly count: number; readonly sinceMs: number | null } {
    let count = 0;
    let sinceMs: number | null = null;
    for (const call of this.#open.values()) {
      if (call.outcome !== null) continue;
      count++;
      sinceMs = Math.min(sinceMs ?? call.enteredAtMs, call.enteredAtMs);
    }
    return { count, sinceMs };
  }

  take(line: QueueLogLine): void {
    this.#lines++;
    const meaning = meaningOf(line);
    if (meaning.kind === 'restart') this.#closeAll(line.atMs);
    else if (this.#options.queues?.has(line.queue) ?? true) this.#apply(line, meaning);
  }

  /** Gives up calls that nothing was heard of for a day. Only once the log is read to its end. */
  forgetBefore(nowMs: number): void {
    for (const call of this.#open.values()) {
      const lastMs = call.enteredAtMs + ((call.values.wait_s ?? 0) + (call.values.talk_s ?? 0)) * 1000;
      if (lastMs + FORGOTTEN_AFTER_MS < nowMs) this.#close(call, lastMs, call.outcome ?? 'unknown');
    }
  }

  #apply(line: QueueLogLine, meaning: Exclude<Meaning, { kind: 'restart' }>): void {
    switch (meaning.kind) {
      case 'enter':
        this.#enter(line, meaning);
        break;
      case 'connect':
        this.#connect(line, meaning);
        break;
      case 'complete':
        this.#complete(line, meaning);
        break;
      case 'leave':
        this.#leave(line, meaning);
        break;
      case 'refuse':
        this.#refuse(line);
        break;
      case 'ring-unanswered':
        this.#count(line, 'rings_unanswered');
        break;
      case 'other':
        this.#otherEvents++;
        this.#count(line, 'other_events');
        break;
      case 'aside':
        break;
    }
  }

  #enter(line: QueueLogLine, { caller, position }: Extract<Meaning, { kind: 'enter' }>): void {
    const before = this.#open.get(keyOf(line));
    // Its end was never written: what became of it nobody knows.
    if (before !== undefined) this.#close(before, line.atMs, before.outcome ?? 'unknown');
    const call = this.#begin(line, line.atMs);
    call.caller = caller === '' ? null : this.#options.pseudonym(caller);
    if (position !== undefined) call.values.position = position;
  }

  #connect(line: QueueLogLine, { waitS, ringS }: Extract<Meaning, { kind: 'connect' }>): void {
    const call = this.#openCall(line, waitS);
    if (call === null) return;
    call.outcome = 'answered';
    call.values.wait_s = waitS ?? since(call, line);
    if (ringS !== undefined) call.values.ring_s = ringS;
    this.#touch(call);
  }

  #complete(line: QueueLogLine, { waitS, talkS, isTransfer }: Extract<Meaning, { kind: 'complete' }>): void {
    const lastedS = waitS === undefined || talkS === undefined ? undefined : waitS + talkS;
    const call = this.#openCall(line, lastedS);
    if (call === null) return;
    const wait = waitS ?? call.values.wait_s;
    if (wait !== undefined) call.values.wait_s = wait;
    if (talkS !== undefined) call.values.talk_s = talkS;
    if (isTransfer) call.values.transfers = 1;
    this.#close(call, line.atMs, 'answered');
  }

  #leave(line: QueueLogLine, { outcome, waitS }: Extract<Meaning, { kind: 'leave' }>): void {
    const call = this.#openCall(line, waitS);
    if (call === null) return;
    // Who was answered does not become a lost caller by what is said later.
    if (call.outcome === null) call.values.wait_s = waitS ?? since(call, line);
    this.#close(call, line.atMs, call.outcome ?? outcome);
  }

  #refuse(line: QueueLogLine): void {
    if (this.#open.has(keyOf(line))) this.#count(line, 'other_events');
    else this.#close(this.#begin(line, line.atMs), line.atMs, 'refused');
  }

  #count(line: QueueLogLine, name: string): void {
    const call = this.#open.get(keyOf(line));
    if (call === undefined) return;
    call.values[name] = (call.values[name] ?? 0) + 1;
    this.#touch(call);
  }

  /** The call that the line is about; one whose beginning was not seen begins `lastedS` earlier. */
  #openCall(line: QueueLogLine, lastedS: number | undefined): Call | null {
    const open = this.#open.get(keyOf(line));
    if (open !== undefined) return open;
    const enteredAtMs = line.atMs - (lastedS ?? 0) * 1000;
    const last = this.#visits.get(keyOf(line));
    const isStray = lastedS === undefined || (last !== undefined && enteredAtMs < last.endedAtMs);
    if (!isStray && enteredAtMs >= 1e12) return this.#begin(line, enteredAtMs);
    this.#strayEnds++;
    return null;
  }

  #begin({ channel, queue }: QueueLogLine, enteredAtMs: number): Call {
    const visit = (this.#visits.get(keyOf({ channel, queue }))?.visit ?? 0) + 1;
    const values = {};
    const call = {
      channel,
      queue,
      visit,
      enteredAtMs,
      revision: 0,
      outcome: null,
      endedAtMs: null,
      caller: null,
      values,
    };
    this.#open.set(keyOf(call), call);
    this.#touch(call);
    return call;
  }

  #touch(call: Call): void {
    call.revision++;
    this.#changed.set(callId(call), call);
  }

  #close(call: Call, atMs: number, outcome: CallOutcome): void {
    const key = keyOf(call);
    call.endedAtMs = Math.max(atMs, call.enteredAtMs);
    call.outcome = outcome;
    this.#touch(call);
    this.#open.delete(key);
    // Set anew, so that the map stays in the order of ends.
    this.#visits.delete(key);
    this.#visits.set(key, { visit: call.visit, endedAtMs: call.endedAtMs });
    if (this.#visits.size <= REMEMBERED_VISITS) return;
    for (const oldest of this.#visits.keys()) {
      this.#visits.delete(oldest);
      return;
    }
  }

  /** Somebody who was answered stays answered; of those who waited nobody knows. */
  #closeAll(atMs: number): void {
    for (const call of this.#open.values()) this.#close(call, atMs, call.outcome ?? 'unknown');
  }
}

function keyOf({ channel, queue }: Pick<Call, 'channel' | 'queue'>): string {
  return `${channel}|${queue}`;
}

function since(call: Call, line: QueueLogLine): number {
  return Math.max(0, Math.round((line.atMs - call.enteredAtMs) / 1000));
}
