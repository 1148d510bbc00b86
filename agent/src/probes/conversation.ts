import type { Socket } from 'node:net';
import { ProbeFailure } from '../failure-reason.ts';
import { closedEarly } from './connection.ts';
import type { PatternBudget } from './pattern-budget.ts';

/** Enough for any greeting; a peer that talks on without end is cut off here. */
const MOST_BYTES = 64 * 1024;

interface Waiting {
  readonly pattern: RegExp;
  readonly done: () => void;
  readonly fail: (error: unknown) => void;
}

/** What is heard and said over one connection. Bytes are Latin-1 text, so each byte is a character to the pattern. */
export class Conversation {
  readonly #socket: Socket;
  readonly #patterns: PatternBudget;
  #heard = '';
  #waiting: Waiting | null = null;
  #ended: Error | null = null;

  constructor(socket: Socket, patterns: PatternBudget) {
    this.#socket = socket;
    this.#patterns = patterns;
    socket.on('data', this.#onData);
    socket.on('error', this.#onEnd);
    socket.on('close', this.#onClose);
    socket.on('end', this.#onClose);
  }

  /**
   * Resolves when what was heard since the last match does; what stands before and in the match is then done with.
   * Rejects with `ProbeFailure` when the peer has said too much, or ended, without it, and with `CannotTell` when
   * the pattern takes too long.
   */
  expect(pattern: RegExp): Promise<void> {
    return new Promise((done, fail) => {
      this.#waiting = { pattern, done, fail };
      this.#look();
    });
  }

  /** Says something; what was heard before is forgotten, so that the next `expect` sees only what answers it. */
  send(text: string): Promise<void> {
    return new Promise((done, fail) => {
      this.#heard = '';
      if (this.#ended !== null) return fail(this.#ended);
      this.#socket.write(text, 'latin1', (error) => (error ? fail(error) : done()));
    });
  }

  /** Stops listening and leaves the connection to someone else (TLS). */
  end(): void {
    this.#socket.off('data', this.#onData);
    this.#socket.off('error', this.#onEnd);
    this.#socket.off('close', this.#onClose);
    this.#socket.off('end', this.#onClose);
    this.#socket.pause();
  }

  readonly #onData = (chunk: Buffer): void => {
    this.#heard += chunk.toString('latin1', 0, Math.max(0, MOST_BYTES - this.#heard.length));
    this.#look();
  };

  readonly #onEnd = (error: Error): void => {
    this.#ended ??= error;
    this.#look();
  };

  readonly #onClose = (): void => this.#onEnd(closedEarly());

  #look(): void {
    const waiting = this.#waiting;
    if (waiting === null) return;
    let match: RegExpExecArray | null;
    try {
      match = this.#patterns.match(waiting.pattern, this.#heard);
    } catch (error) {
      this.#waiting = null;
      waiting.fail(error);
      return;
    }
    if (match !== null) {
      this.#waiting = null;
      this.#heard = this.#heard.slice(match.index + match[0].length);
      waiting.done();
    } else if (this.#ended !== null || this.#heard.length >= MOST_BYTES) {
      this.#waiting = null;
      waiting.fail(this.#ended !== null && this.#heard === '' ? this.#ended : this.#mismatch(waiting.pattern));
    }
  }

  #mismatch(pattern: RegExp): ProbeFailure {
    const heard = JSON.stringify(this.#heard.slice(0, 120));
    return new ProbeFailure('dialogue-mismatch', `expected ${pattern}, heard ${heard}`);
  }
}
