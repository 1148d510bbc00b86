import { createHash } from 'node:crypto';
import type { Socket } from 'node:net';
import { type AmiMessage, AmiParser, encodeAction } from '@nines/shared/phone/ami-message.ts';
import { CannotTell } from '../failure-reason.ts';
import type { Kept } from '../keeper.ts';
import { closedEarly } from './connection.ts';
import { HeldConnection } from './held-connection.ts';

interface Asked {
  readonly messages: AmiMessage[];
  readonly done: (messages: readonly AmiMessage[]) => void;
  readonly fail: (error: Error) => void;
}

/** A connection to a manager interface: answers find their question by ActionID, whatever events come in between. */
export class AmiLink implements Kept {
  readonly #onEvent: (event: AmiMessage) => void;
  readonly #asked = new Map<string, Asked>();
  readonly #connection = new HeldConnection<AmiMessage>({
    parser: () => new AmiParser(),
    take: (message) => this.#sort(message),
    lost: (error) => this.drop(error),
  });
  #lastId = 0;

  constructor(onEvent: (event: AmiMessage) => void) {
    this.#onEvent = onEvent;
  }

  get isOpen(): boolean {
    return this.#connection.isOpen;
  }

  /** Takes over a connection on which nothing was read yet. */
  open(socket: Socket): void {
    this.drop(closedEarly());
    this.#connection.hold(socket);
  }

  /**
   * The messages that answer an action: one response, or a list without its frame. Rejects with `CannotTell` when it is
   * refused, `ProbeFailure` when the server speaks something else, and with the connection's error.
   */
  async ask(action: string, fields: Readonly<Record<string, string>> = {}): Promise<readonly AmiMessage[]> {
    if (!this.isOpen) throw closedEarly();
    const id = `nines-${++this.#lastId}`;
    const message = encodeAction(action, id, fields);
    const messages = await new Promise<readonly AmiMessage[]>((done, fail) => {
      this.#asked.set(id, { messages: [], done, fail });
      this.#connection.write(message);
    });
    const [first] = messages;
    if (first?.kind === 'response' && first.name === 'Error') {
      throw new CannotTell('login-refused', `${action}: ${first.fields.get('message') ?? 'refused'}`);
    }
    return messages;
  }

  /** RFC 1321's digest of challenge and secret, so that the secret itself is never sent. */
  async login(username: string, secret: string, events: string): Promise<void> {
    const [response] = await this.ask('Challenge', { AuthType: 'MD5' });
    const challenge = response?.fields.get('challenge') ?? '';
    const key = createHash('md5').update(`${challenge}${secret}`).digest('hex');
    await this.ask('Login', { AuthType: 'MD5', Username: username, Key: key, Events: events });
  }

  /** Lets go of the connection: what is asked fails with this. */
  drop(error: Error): void {
    this.#connection.letGo();
    for (const { fail } of this.#asked.values()) fail(error);
    this.#asked.clear();
  }

  close(): void {
    this.drop(closedEarly());
  }

  #sort(message: AmiMessage): void {
    const id = message.fields.get('actionid') ?? '';
    const asked = this.#asked.get(id);
    if (asked === undefined) {
      if (message.kind === 'event') this.#onEvent(message);
      return;
    }
    const list = message.fields.get('eventlist')?.toLowerCase();
    const isFrame = list !== undefined;
    if (!isFrame) asked.messages.push(message);
    const isWhole = message.kind === 'response' ? list !== 'start' : list === 'complete' || list === 'cancelled';
    if (!isWhole) return;
    this.#asked.delete(id);
    asked.done(asked.messages);
  }
}
