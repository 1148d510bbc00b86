import { createSocket } from 'node:dgram';
import type { AddressInfo } from 'node:net';

/** Datagrams to answer a request with; `asked` counts it and those before it. */
export type SipAnswering = (request: string, asked: number) => readonly string[];

export interface SipTarget {
  readonly port: number;
  readonly requests: readonly string[];
  /** Resolves once so many requests have come. */
  asked(count: number): Promise<void>;
  close(): void;
}

/** A SIP server on UDP that says what a test wants. */
export async function sipTarget(answering: SipAnswering): Promise<SipTarget> {
  const requests: string[] = [];
  let onRequest = () => {};
  const socket = createSocket('udp4');
  socket.on('message', (bytes, peer) => {
    requests.push(bytes.toString());
    for (const answer of answering(bytes.toString(), requests.length)) socket.send(answer, peer.port, peer.address);
    onRequest();
  });
  await new Promise<void>((done) => socket.bind(0, '127.0.0.1', done));
  const { port }: AddressInfo = socket.address();
  return {
    port,
    requests,
    asked: (count) =>
      new Promise((done) => {
        onRequest = () => requests.length >= count && done();
        onRequest();
      }),
    close: () => socket.close(),
  };
}

/** An answer to the request with this status line, as a server makes it. */
export function answerTo(request: string, status: string, { branch = true } = {}): string {
  const header = (name: string) => new RegExp(`^${name}: .*$`, 'm').exec(request)?.[0].trim() ?? '';
  const via = branch ? header('Via') : header('Via').replace(/branch=[^;]+/, 'branch=z9hG4bKother');
  const lines = [`SIP/2.0 ${status}`, via, header('From'), `${header('To')};tag=s`, header('Call-ID'), header('CSeq')];
  return [...lines, 'Content-Length: 0', '', ''].join('\r\n');
}
