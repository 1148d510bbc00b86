import type { Call } from './call.ts';
import type { CallBook } from './call-book.ts';
import { type Meaning, meaningOf, type QueueLogLine } from './queue-log-line.ts';

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

/** Lines of a queue log, in order → calls in the book. */
export class QueueLogCalls {
  readonly #options: QueueLogOptions;
  readonly #book: CallBook;
  #lines = 0;
  #otherEvents = 0;
  #strayEnds = 0;

  constructor(options: QueueLogOptions, book: CallBook) {
    this.#options = options;
    this.#book = book;
  }

  get counts(): QueueLogCounts {
    return { lines: this.#lines, otherEvents: this.#otherEvents, strayEnds: this.#strayEnds };
  }

  take(line: QueueLogLine): void {
    this.#lines++;
    const meaning = meaningOf(line);
    if (meaning.kind === 'restart') this.#book.closeAll(line.atMs);
    else if (this.#options.queues?.has(line.queue) ?? true) this.#apply(line, meaning);
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
    const call = this.#book.begin(line, line.atMs);
    call.caller = caller === '' ? null : this.#options.pseudonym(caller);
    if (position !== undefined) call.values.position = position;
  }

  #connect(line: QueueLogLine, { waitS, ringS }: Extract<Meaning, { kind: 'connect' }>): void {
    const call = this.#openCall(line, waitS);
    if (call === null) return;
    call.outcome = 'answered';
    call.values.wait_s = waitS ?? since(call, line);
    if (ringS !== undefined) call.values.ring_s = ringS;
    this.#book.touch(call);
  }

  #complete(line: QueueLogLine, { waitS, talkS, isTransfer }: Extract<Meaning, { kind: 'complete' }>): void {
    const lastedS = waitS === undefined || talkS === undefined ? undefined : waitS + talkS;
    const call = this.#openCall(line, lastedS);
    if (call === null) return;
    const wait = waitS ?? call.values.wait_s;
    if (wait !== undefined) call.values.wait_s = wait;
    if (talkS !== undefined) call.values.talk_s = talkS;
    if (isTransfer) call.values.transfers = 1;
    this.#book.close(call, line.atMs, 'answered');
  }

  #leave(line: QueueLogLine, { outcome, waitS }: Extract<Meaning, { kind: 'leave' }>): void {
    const call = this.#openCall(line, waitS);
    if (call === null) return;
    // Who was answered does not become a lost caller by what is said later.
    if (call.outcome === null) call.values.wait_s = waitS ?? since(call, line);
    this.#book.close(call, line.atMs, call.outcome ?? outcome);
  }

  #refuse(line: QueueLogLine): void {
    if (this.#book.find(line) !== null) this.#count(line, 'other_events');
    else this.#book.close(this.#book.begin(line, line.atMs), line.atMs, 'refused');
  }

  #count(line: QueueLogLine, name: string): void {
    const call = this.#book.find(line);
    if (call === null) return;
    call.values[name] = (call.values[name] ?? 0) + 1;
    this.#book.touch(call);
  }

  /** The call that the line is about; one whose beginning was not seen begins `lastedS` earlier. */
  #openCall(line: QueueLogLine, lastedS: number | undefined): Call | null {
    const open = this.#book.find(line);
    if (open !== null) return open;
    const enteredAtMs = line.atMs - (lastedS ?? 0) * 1000;
    const lastEndMs = this.#book.lastEndMs(line);
    const isStray = lastedS === undefined || (lastEndMs !== null && enteredAtMs < lastEndMs);
    if (!isStray && enteredAtMs >= 1e12) return this.#book.begin(line, enteredAtMs);
    this.#strayEnds++;
    return null;
  }
}

function since(call: Call, line: QueueLogLine): number {
  return Math.max(0, Math.round((line.atMs - call.enteredAtMs) / 1000));
}
