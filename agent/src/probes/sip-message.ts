import { ProbeFailure } from '../failure-reason.ts';

/** What is asked: everything that makes one OPTIONS request. */
export interface OptionsRequest {
  readonly host: string;
  readonly port: number;
  readonly user: string | null;
  readonly transport: 'udp' | 'tcp' | 'tls';
  /** Own end of the connection, where the answer comes to. */
  readonly local: { readonly address: string; readonly port: number };
  /** Random, and new for each request: they say which request an answer belongs to. */
  readonly branch: string;
  readonly tag: string;
  readonly callId: string;
}

/** RFC 3261 section 11.1 and 8.1.1. `rport` (RFC 3581) has the answer come back through a NAT. */
export function encodeOptions(request: OptionsRequest): string {
  const { host, port, user, transport, local, branch, tag, callId } = request;
  const own = bracketed(local.address);
  const target = `sip:${user === null ? '' : `${user}@`}${bracketed(host)}`;
  return [
    `OPTIONS ${target}:${port};transport=${transport} SIP/2.0`,
    `Via: SIP/2.0/${transport.toUpperCase()} ${own}:${local.port};branch=${branch};rport`,
    'Max-Forwards: 70',
    `From: <sip:nines@${own}>;tag=${tag}`,
    `To: <${target}>`,
    `Call-ID: ${callId}`,
    'CSeq: 1 OPTIONS',
    `Contact: <sip:nines@${own}:${local.port};transport=${transport}>`,
    'Accept: application/sdp',
    'User-Agent: Nines',
    'Content-Length: 0',
    '',
    '',
  ].join('\r\n');
}

function bracketed(address: string): string {
  return address.includes(':') ? `[${address}]` : address;
}

/** An answer, as far as it matters: its status, and which request it belongs to. */
export interface SipAnswer {
  readonly status: number;
  readonly reason: string;
  /** Of the topmost Via; `null` when there is none. */
  readonly branch: string | null;
  /** Such as `1 OPTIONS`. */
  readonly cseq: string | null;
}

/** A datagram, or one message of a stream → the answer; `null` for a request. Throws `ProbeFailure` for what is no SIP. */
export function decodeAnswer(text: string): SipAnswer | null {
  const head = headOf(text);
  // RFC 3261 section 7.3.1: a line that begins with white space goes on with the header before it.
  const [first = '', ...lines] = head.replace(/\r?\n[ \t]+/g, ' ').split(/\r?\n/);
  if (/^[A-Z]+ \S+ SIP\/2\.0$/.test(first)) return null;
  const match = /^SIP\/2\.0 ([1-6]\d\d)(?: (.*))?$/i.exec(first);
  if (match === null) throw notSip(first);
  const via = headerOf(lines, /^(?:via|v)$/i)?.split(',', 1)[0] ?? '';
  return {
    status: Number(match[1]),
    reason: match[2] ?? '',
    branch: /;\s*branch\s*=\s*([^\s;,]+)/i.exec(via)?.[1] ?? null,
    cseq: headerOf(lines, /^cseq$/i)?.replace(/\s+/g, ' ') ?? null,
  };
}

/** Messages of a TCP connection, in whatever pieces they come. */
export class SipStream {
  #text = '';

  /** The whole messages so far, as Latin-1 text. Throws `ProbeFailure` for one without end. */
  take(bytes: Buffer): string[] {
    this.#text += bytes.toString('latin1');
    const messages: string[] = [];
    for (let message = this.#next(); message !== null; message = this.#next()) messages.push(message);
    if (this.#text.length > MOST_BYTES) throw notSip(this.#text);
    return messages;
  }

  #next(): string | null {
    // RFC 3261 section 7.5: empty lines before a message mean nothing; some keep a connection alive by them.
    this.#text = this.#text.replace(/^[\r\n]+/, '');
    const head = headOf(this.#text);
    if (head === this.#text) return null;
    const length = /^(?:content-length|l)[ \t]*:[ \t]*(\d{1,7})[ \t]*\r?$/im.exec(head)?.[1] ?? '0';
    const separator = this.#text.startsWith('\r\n\r\n', head.length) ? 4 : 2;
    const end = head.length + separator + Number(length);
    if (this.#text.length < end) return null;
    const message = this.#text.slice(0, end);
    this.#text = this.#text.slice(end);
    return message;
  }
}

const MOST_BYTES = 64 * 1024;

/** Up to the empty line; the whole text when there is none. */
function headOf(text: string): string {
  const end = /\r\n\r\n|\n\n/.exec(text)?.index;
  return end === undefined ? text : text.slice(0, end);
}

function headerOf(lines: readonly string[], name: RegExp): string | undefined {
  for (const line of lines) {
    const colon = line.indexOf(':');
    if (colon > 0 && name.test(line.slice(0, colon).trim())) return line.slice(colon + 1).trim();
  }
  return undefined;
}

function notSip(text: string): ProbeFailure {
  return new ProbeFailure('invalid-response', `expected a SIP answer, got ${JSON.stringify(text.slice(0, 80))}`);
}
