import { ProtocolError } from './protocol-error.ts';

/** One message of FreeSWITCH's event socket. Names of headers are as they are sent. */
export interface SocketMessage {
  /** Such as `api/response` or `text/event-plain`. */
  readonly contentType: string;
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
}

/** No message is this long. */
const MOST_BYTES = 2 ** 23;
const NEWLINE = 0x0a;
const BEGINNING = 'Content-Type: ';

/** Bytes of a connection, in whatever pieces they come → messages. Lengths of bodies are counted in bytes. */
export class EventSocketParser {
  readonly #decoder = new TextDecoder();
  #bytes: Uint8Array = new Uint8Array();
  /** A message whose body is not whole. */
  #begun: { readonly headers: ReadonlyMap<string, string>; readonly bodyBytes: number } | null = null;
  #isChecked = false;

  /** The messages that are whole now. Throws `ProtocolError`. */
  take(bytes: Uint8Array): SocketMessage[] {
    this.#bytes = joined(this.#bytes, bytes);
    const messages: SocketMessage[] = [];
    let from = 0;
    for (;;) {
      if (this.#begun === null) {
        const end = emptyLine(this.#bytes, from);
        if (end === -1) break;
        this.#begun = this.#begin(this.#decoder.decode(this.#bytes.subarray(from, end)));
        from = end + 2;
      }
      const { headers, bodyBytes } = this.#begun;
      if (this.#bytes.length - from < bodyBytes) break;
      const body = this.#decoder.decode(this.#bytes.subarray(from, from + bodyBytes));
      from += bodyBytes;
      messages.push({ contentType: headers.get('Content-Type') ?? '', headers, body });
      this.#begun = null;
    }
    this.#bytes = this.#bytes.slice(from);
    this.#check();
    return messages;
  }

  #begin(text: string) {
    // Between two messages a line may be empty.
    const headers = parseHeaders(text.trimStart());
    const bodyBytes = Number(headers.get('Content-Length') ?? 0);
    if (!Number.isSafeInteger(bodyBytes) || bodyBytes < 0 || bodyBytes > MOST_BYTES) throw notEventSocket(text);
    if (!headers.has('Content-Type')) throw notEventSocket(text);
    this.#isChecked = true;
    return { headers, bodyBytes };
  }

  /** What never becomes a message is noticed at its first bytes. */
  #check(): void {
    if (this.#bytes.length > MOST_BYTES + 65_536) throw notEventSocket('');
    if (this.#isChecked) return;
    const text = this.#decoder.decode(this.#bytes.subarray(0, BEGINNING.length));
    if (!BEGINNING.startsWith(text)) throw notEventSocket(this.#decoder.decode(this.#bytes.subarray(0, 60)));
  }
}

/** The fields of an event in a `text/event-plain` message: their values are percent-encoded there. */
export function eventFields({ body }: SocketMessage): ReadonlyMap<string, string> {
  const fields = new Map<string, string>();
  const end = body.indexOf('\n\n');
  for (const [name, value] of parseHeaders(end === -1 ? body : body.slice(0, end))) fields.set(name, decoded(value));
  return fields;
}

/** A command as it is sent. One with a line's end in it would be two: it throws. */
export function encodeCommand(command: string): string {
  if (/[\r\n]/.test(command)) throw new ProtocolError('a command holds the end of a line');
  return `${command}\n\n`;
}

function parseHeaders(text: string): Map<string, string> {
  const headers = new Map<string, string>();
  for (const line of text.split('\n')) {
    const colon = line.indexOf(': ');
    if (colon > 0) headers.set(line.slice(0, colon), line.slice(colon + 2).trimEnd());
  }
  return headers;
}

function decoded(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}

function joined(before: Uint8Array, bytes: Uint8Array): Uint8Array {
  if (before.length === 0) return bytes;
  const all = new Uint8Array(before.length + bytes.length);
  all.set(before);
  all.set(bytes, before.length);
  return all;
}

/** Where the empty line that ends a block of headers begins; newlines before the block are skipped. */
function emptyLine(bytes: Uint8Array, from: number): number {
  let start = from;
  while (bytes[start] === NEWLINE) start++;
  for (let at = bytes.indexOf(NEWLINE, start); at !== -1; at = bytes.indexOf(NEWLINE, at + 1)) {
    if (bytes[at + 1] === NEWLINE) return at;
  }
  return -1;
}

function notEventSocket(text: string): ProtocolError {
  return new ProtocolError(`expected FreeSWITCH's event socket, got ${JSON.stringify(text.slice(0, 60))}`);
}
