import { ProtocolError } from './protocol-error.ts';

/** One message of Asterisk's manager interface. Names of fields are lower-case; of one that repeats, the last counts. */
export interface AmiMessage {
  readonly kind: 'response' | 'event';
  /** Such as `Success`, or `QueueCallerJoin`. */
  readonly name: string;
  readonly fields: ReadonlyMap<string, string>;
}

/** No message is this long: what goes on without an empty line is no manager interface. */
const MOST_CHARACTERS = 2 ** 20;

/** Bytes of a connection, in whatever pieces they come → messages. The greeting is checked and left out. */
export class AmiParser {
  readonly #decoder = new TextDecoder();
  #text = '';
  #isGreeted = false;

  /** The messages that are whole now. Throws `ProtocolError`. */
  take(bytes: Uint8Array): AmiMessage[] {
    this.#text += this.#decoder.decode(bytes, { stream: true });
    if (!this.#isGreeted && !this.#takeGreeting()) return [];
    const messages: AmiMessage[] = [];
    let from = 0;
    for (let end = this.#text.indexOf('\r\n\r\n'); end >= 0; end = this.#text.indexOf('\r\n\r\n', from)) {
      const message = parseMessage(this.#text.slice(from, end));
      if (message !== null) messages.push(message);
      from = end + 4;
    }
    this.#text = this.#text.slice(from);
    if (this.#text.length > MOST_CHARACTERS) throw notAmi(this.#text);
    return messages;
  }

  #takeGreeting(): boolean {
    const end = this.#text.indexOf('\r\n');
    const isPossible = GREETING.startsWith(this.#text.slice(0, GREETING.length));
    if (end < 0 && isPossible) return false;
    if (!this.#text.startsWith(GREETING) || end < 0) throw notAmi(this.#text);
    this.#text = this.#text.slice(end + 2);
    this.#isGreeted = true;
    return true;
  }
}

const GREETING = 'Asterisk Call Manager/';

/** `null` for what is neither a response nor an event. */
function parseMessage(text: string): AmiMessage | null {
  const fields = new Map<string, string>();
  for (const line of text.split('\r\n')) {
    const colon = line.indexOf(':');
    if (colon > 0) fields.set(line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trimStart());
  }
  const event = fields.get('event');
  if (event !== undefined) return { kind: 'event', name: event, fields };
  const response = fields.get('response');
  return response === undefined ? null : { kind: 'response', name: response, fields };
}

/**
 * An action as it is sent. A line's end inside a value would begin another field: values are the operator's own, and
 * one with a line's end throws.
 */
export function encodeAction(name: string, id: string, fields: Readonly<Record<string, string>>): string {
  const lines = [`Action: ${name}`, `ActionID: ${id}`];
  for (const field in fields) lines.push(`${field}: ${fields[field]}`);
  if (lines.some((line) => /[\r\n]/.test(line))) throw new ProtocolError('a value holds the end of a line');
  return `${lines.join('\r\n')}\r\n\r\n`;
}

function notAmi(text: string): ProtocolError {
  return new ProtocolError(`expected Asterisk's manager interface, got ${JSON.stringify(text.slice(0, 60))}`);
}
