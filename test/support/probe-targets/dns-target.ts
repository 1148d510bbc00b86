import { createSocket, type Socket as UdpSocket } from 'node:dgram';
import { createServer } from 'node:net';
import { type Answer, AUTHORITATIVE_ANSWER, decode, encode, type Question, TRUNCATED_RESPONSE } from 'dns-packet';
import { type Listening, listen } from './listening.ts';

export interface DnsReply {
  readonly answers?: readonly Answer[];
  readonly authoritative?: boolean;
  readonly truncated?: boolean;
  /** 0 NOERROR, 2 SERVFAIL, 3 NXDOMAIN, 5 REFUSED. */
  readonly rcode?: number;
}

export interface Asked extends Question {
  readonly transport: 'udp' | 'tcp';
  /** Whether the question asked for recursion. */
  readonly recursion: boolean;
}

/** Answers a question, `null` to be silent, or raw bytes that are made from the question's. */
export type Answering = (asked: Asked) => DnsReply | null | ((query: Buffer) => readonly Buffer[]);

export interface DnsTarget {
  readonly address: string;
  readonly port: number;
  readonly asked: readonly Asked[];
  close(): Promise<void>;
}

/** A DNS server on UDP and TCP of one port. A port may be given, so that several addresses share it. */
export async function dnsTarget(
  answering: Answering,
  at: { address?: string; port?: number } = {},
): Promise<DnsTarget> {
  const { address = '127.0.0.1', port = 0 } = at;
  const asked: Asked[] = [];
  const reply = (query: Buffer, transport: 'udp' | 'tcp'): readonly Buffer[] => {
    const packet = decode(query);
    const [question] = packet.questions ?? [];
    if (question === undefined) return [];
    const whole = { ...question, transport, recursion: packet.flag_rd };
    asked.push(whole);
    const answer = answering(whole);
    if (answer === null) return [];
    return typeof answer === 'function' ? answer(query) : [encodeReply(packet.id ?? 0, question, answer)];
  };
  const { udp, tcp } = await open(address, port, reply);
  return {
    address,
    port: tcp.port,
    asked,
    async close() {
      udp.close();
      await tcp.close();
    },
  };
}

type Replying = (query: Buffer, transport: 'udp' | 'tcp') => readonly Buffer[];

async function open(address: string, port: number, reply: Replying): Promise<{ udp: UdpSocket; tcp: Listening }> {
  const server = createServer((socket) => {
    let received = Buffer.alloc(0);
    socket.on('data', (chunk: Buffer) => {
      received = Buffer.concat([received, chunk]);
      if (received.length < 2 || received.length < 2 + received.readUInt16BE(0)) return;
      for (const message of reply(received.subarray(2), 'tcp')) {
        const length = Buffer.alloc(2);
        length.writeUInt16BE(message.length);
        // In two pieces, as a stream may deliver it.
        socket.write(length);
        socket.write(message);
      }
    });
  });
  const tcp = await listen(server, address, port);
  const udp = createSocket(address.includes(':') ? 'udp6' : 'udp4');
  udp.on('message', (query, { port: from, address: peer }) => {
    for (const message of reply(query, 'udp')) udp.send(message, from, peer);
  });
  await new Promise<void>((done) => udp.bind(tcp.port, address, done));
  return { udp, tcp };
}

export function encodeReply(id: number, question: Question, reply: DnsReply): Buffer {
  const flags =
    (reply.authoritative ? AUTHORITATIVE_ANSWER : 0) | (reply.truncated ? TRUNCATED_RESPONSE : 0) | (reply.rcode ?? 0);
  return encode({ type: 'response', id, flags, questions: [question], answers: [...(reply.answers ?? [])] });
}
