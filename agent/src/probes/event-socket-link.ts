import type { Socket } from 'node:net';
import { EventSocketParser, encodeCommand, eventFields, type SocketMessage } from '@nines/shared/phone/event-socket.ts';
import { CannotTell } from '../failure-reason.ts';
import type { Kept } from '../keeper.ts';
import { closedEarly } from './connection.ts';
import { HeldConnection } from './held-connection.ts';

interface Asked {
  readonly done: (message: SocketMessage) => void;
  readonly fail: (error: Error) => void;
}

/** A connection to an event socket: answers come in the order of the questions, whatever events come in between. */
export class EventSocketLink implements Kept {
  readonly #onEvent: (fields: ReadonlyMap<string, string>) => void;
  #asked: Asked[] = [];
  readonly #connection = new HeldConnection<SocketMessage>({
    parser: () => new EventSocketParser(),
    take: (message) => this.#sort(message),
    lost: (error) => this.drop(error),
  });

  constructor(onEvent: (fields: ReadonlyMap<string, string>) => void) {
    this.#onEvent = onEvent;
  }

  get isOpen(): boolean {
    return this.#connection.isOpen;
  }

  /** Takes over a connection on which nothing was read yet, and logs in. Rejects as `order`. */
  async open(socket: Socket, password: string): Promise<void> {
    this.drop(closedEarly());
    this.#connection.hold(socket);
    // The server speaks first: what is sent before is taken for the answer to its greeting.
    await this.#next();
    await this.order('auth', password);
  }

  /**
   * Has something done. Rejects with `CannotTell` when it is refused, `ProbeFailure` when the server speaks something
   * else, and with the connection's error; the argument is in no message.
   */
  async order(verb: string, argument: string): Promise<void> {
    const { headers } = await this.#ask(`${verb} ${argument}`);
    const reply = headers.get('Reply-Text') ?? '';
    if (!reply.startsWith('+OK')) throw new CannotTell('login-refused', `${verb}: ${reply}`);
  }

  /** The body of the answer to an API command. Rejects as `order`, though with no refusal: that is an answer, too. */
  async api(command: string): Promise<string> {
    return (await this.#ask(`api ${command}`)).body;
  }

  /** Lets go of the connection: what is asked fails with this. */
  drop(error: Error): void {
    this.#connection.letGo();
    const asked = this.#asked;
    this.#asked = [];
    for (const { fail } of asked) fail(error);
  }

  close(): void {
    this.drop(closedEarly());
  }

  async #ask(command: string): Promise<SocketMessage> {
    const message = encodeCommand(command);
    const answer = this.#next();
    this.#connection.write(message);
    return answer;
  }

  #next(): Promise<SocketMessage> {
    if (!this.isOpen) return Promise.reject(closedEarly());
    return new Promise((done, fail) => this.#asked.push({ done, fail }));
  }

  #sort(message: SocketMessage): void {
    switch (message.contentType) {
      case 'auth/request':
      case 'command/reply':
      case 'api/response':
        this.#asked.shift()?.done(message);
        break;
      case 'text/event-plain':
        this.#onEvent(eventFields(message));
        break;
      case 'text/rude-rejection':
        this.drop(
          new CannotTell('login-refused', 'the event socket takes no connections from here (apply-inbound-acl)'),
        );
        break;
      case 'text/disconnect-notice':
        this.drop(closedEarly());
        break;
    }
  }
}
