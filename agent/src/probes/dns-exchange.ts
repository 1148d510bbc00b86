import { randomInt } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { connect } from 'node:net';
import { closedEarly, microseconds } from './connection.ts';
import { type DnsAnswer, decodeAnswer, encodeQuestion, type Question } from './dns-message.ts';
import type { ProbeContext } from './probe-run.ts';
import { familyOf } from './target.ts';

export interface DnsServer {
  readonly address: string;
  readonly port: number;
}

/** An answer and how long it took, in microseconds: `connectUs` is 0 when it came over UDP. */
export interface TimedAnswer {
  readonly answer: DnsAnswer;
  readonly connectUs: number;
  readonly requestUs: number;
}

type Context = Pick<ProbeContext, 'clock' | 'signal' | 'enter'>;

/**
 * Asks one server once. An answer that does not fit a datagram is fetched by TCP, as a resolver does: that is part of
 * the same measurement. Rejects with the system's error, or `ProbeFailure` for an answer that cannot be read.
 */
export async function askServer(
  server: DnsServer,
  question: Question,
  transport: 'udp' | 'tcp',
  context: Context,
): Promise<TimedAnswer> {
  if (transport === 'tcp') return askByTcp(server, question, context);
  const startedMs = context.clock.elapsedMs();
  const answer = await askByUdp(server, question, context.signal);
  const udpUs = microseconds(startedMs, context.clock.elapsedMs());
  if (!answer.isTruncated) return { answer, connectUs: 0, requestUs: udpUs };
  const whole = await askByTcp(server, question, context);
  return { ...whole, requestUs: udpUs + whole.requestUs };
}

/** A new socket has a random port, which with the random id makes a forged answer improbable (RFC 5452). */
function askByUdp(server: DnsServer, question: Question, signal: AbortSignal): Promise<DnsAnswer> {
  signal.throwIfAborted();
  const id = randomInt(65_536);
  // Here and not in a callback: a name that a zone names may be none that can be asked for.
  const message = encodeQuestion(question, id);
  const socket = createSocket(familyOf(server.address) === 6 ? 'udp6' : 'udp4');
  let isOpen = true;
  const close = () => {
    if (isOpen) socket.close();
    isOpen = false;
  };
  return new Promise<DnsAnswer>((done, fail) => {
    signal.addEventListener('abort', () => fail(signal.reason));
    socket.on('error', fail);
    socket.on('message', (bytes) => {
      try {
        const answer = decodeAnswer(bytes, question, id);
        if (answer !== null) done(answer);
      } catch (error) {
        fail(error);
      }
    });
    // Connected: only the server's own datagrams arrive, and its "port unreachable" becomes ECONNREFUSED.
    socket.connect(server.port, server.address, () => {
      if (isOpen) socket.send(message, (error) => error && fail(error));
    });
  }).finally(close);
}

function askByTcp(server: DnsServer, question: Question, context: Context): Promise<TimedAnswer> {
  const { clock, signal } = context;
  signal.throwIfAborted();
  context.enter('connect');
  const id = randomInt(65_536);
  const message = encodeQuestion(question, id);
  const startedMs = clock.elapsedMs();
  let connectedMs = startedMs;
  const socket = connect({ host: server.address, port: server.port, noDelay: true });
  signal.addEventListener('abort', () => socket.destroy());
  let received: Buffer = Buffer.alloc(0);
  return new Promise<TimedAnswer>((done, fail) => {
    socket.on('error', fail);
    socket.on('close', () => fail(closedEarly()));
    socket.once('connect', () => {
      connectedMs = clock.elapsedMs();
      context.enter('exchange');
      const length = Buffer.alloc(2);
      length.writeUInt16BE(message.length);
      socket.write(Buffer.concat([length, message]));
    });
    socket.on('data', (chunk: Buffer) => {
      received = Buffer.concat([received, chunk]);
      // RFC 1035 section 4.2.2: two bytes of length before the message.
      if (received.length < 2 || received.length < 2 + received.readUInt16BE(0)) return;
      try {
        const answer = decodeAnswer(received.subarray(2, 2 + received.readUInt16BE(0)), question, id);
        if (answer === null)
          return fail(Object.assign(new Error('an answer to something else'), { code: 'UND_ERR_INFO' }));
        const [connectUs, requestUs] = [
          microseconds(startedMs, connectedMs),
          microseconds(connectedMs, clock.elapsedMs()),
        ];
        done({ answer, connectUs, requestUs });
      } catch (error) {
        fail(error);
      }
    });
  }).finally(() => socket.destroy());
}
