import type { Socket } from 'node:net';
import { ProtocolError } from '@nines/shared/phone/protocol-error.ts';
import { ProbeFailure } from '../failure-reason.ts';
import { closedEarly } from './connection.ts';

/** What is made of a connection. */
export interface Hearing<Message> {
  /** For each connection a new one: bytes in whatever pieces they come → messages. Throws `ProtocolError`. */
  readonly parser: () => { take(bytes: Uint8Array): readonly Message[] };
  readonly take: (message: Message) => void;
  /** The connection has ended, or the other side speaks something else. */
  readonly lost: (error: Error) => void;
}

/** The connection under a link, one at a time: how an earlier one ends, or what it still says, is not heard any more. */
export class HeldConnection<Message> {
  readonly #hearing: Hearing<Message>;
  #socket: Socket | null = null;

  constructor(hearing: Hearing<Message>) {
    this.#hearing = hearing;
  }

  get isOpen(): boolean {
    return this.#socket !== null;
  }

  /** Takes over a connection on which nothing was read yet. */
  hold(socket: Socket): void {
    this.letGo();
    this.#socket = socket;
    const { take, lost } = this.#hearing;
    const parser = this.#hearing.parser();
    const end = (error: Error) => {
      if (this.#socket === socket) lost(error);
    };
    socket.on('data', (bytes: Buffer) => {
      if (this.#socket !== socket) return;
      try {
        for (const message of parser.take(bytes)) take(message);
      } catch (error) {
        if (!(error instanceof ProtocolError)) throw error;
        end(new ProbeFailure('invalid-response', error.message));
      }
    });
    socket.on('error', end);
    socket.on('close', () => end(closedEarly()));
  }

  write(text: string): void {
    this.#socket?.write(text);
  }

  letGo(): void {
    const socket = this.#socket;
    this.#socket = null;
    socket?.destroy();
  }
}

/** How a run asks over a link. */
interface Asking<Answer> {
  readonly ask: () => Promise<Answer>;
  /** Connects the link anew. */
  readonly open: () => Promise<void>;
}

/**
 * The answer over the connection that an earlier run opened, or over a new one. That the earlier one proves to be gone says
 * nothing of the server as it is now.
 */
export async function askHeld<Answer>(
  link: { readonly isOpen: boolean },
  { ask, open }: Asking<Answer>,
): Promise<{ readonly answer: Answer; readonly isNew: boolean }> {
  if (link.isOpen) {
    try {
      return { answer: await ask(), isNew: false };
    } catch (error) {
      if (link.isOpen) throw error;
    }
  }
  await open();
  return { answer: await ask(), isNew: true };
}
