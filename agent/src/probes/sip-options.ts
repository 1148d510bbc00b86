import { randomBytes } from 'node:crypto';
import { createSocket } from 'node:dgram';
import type { Socket } from 'node:net';
import type { SipOptionsOptions } from '@nines/shared/probes/sip-options.ts';
import { ProbeFailure } from '../failure-reason.ts';
import { closedEarly, microseconds, openConnection, resolve, secureConnection } from './connection.ts';
import type { ProbeContext } from './probe-run.ts';
import { decodeAnswer, encodeOptions, type OptionsRequest, type SipAnswer, SipStream } from './sip-message.ts';
import { FAMILIES, familyOf, targetOf } from './target.ts';

/** RFC 3261 section 17.1.2.2: a request over UDP is sent again after T1, then doubled up to T2; T2 once it was noticed. */
const T1_MS = 500;
const T2_MS = 4_000;

/** One OPTIONS request, and its final answer. */
export async function runSipOptions(options: SipOptionsOptions, context: ProbeContext): Promise<void> {
  const target = targetOf(options.host, options.port ?? (options.transport === 'tls' ? 5061 : 5060));
  const address = await resolve(target, FAMILIES[options.ip], context);
  const answer =
    options.transport === 'udp'
      ? await askByUdp(options, { address, port: target.port }, context)
      : await askByStream(options, { address, port: target.port }, context);
  context.values.status = answer.status;
  expectStatus(options, answer);
}

function expectStatus({ expect }: SipOptionsOptions, { status, reason }: SipAnswer): void {
  const isExpected = expect.status?.some((rule) => rule === status || rule === `${Math.floor(status / 100)}xx`) ?? true;
  if (!isExpected) throw new ProbeFailure('status-unexpected', `${status} ${reason}`.trim());
}

interface Server {
  readonly address: string;
  readonly port: number;
}

/** `z9hG4bK` marks a branch of RFC 3261. */
function requestOf({ host, user, transport }: SipOptionsOptions, port: number, local: Server): OptionsRequest {
  const random = () => randomBytes(8).toString('hex');
  const own = { address: local.address, port: local.port };
  return {
    host,
    port,
    user: user ?? null,
    transport,
    local: own,
    branch: `z9hG4bK${random()}`,
    tag: random(),
    callId: random(),
  };
}

/** RFC 3261 section 17.1.3: an answer belongs to the request with its branch and method. */
function isAnswerTo(request: OptionsRequest, answer: SipAnswer | null): answer is SipAnswer {
  return answer !== null && answer.branch === request.branch && answer.cseq === '1 OPTIONS';
}

async function askByUdp(options: SipOptionsOptions, server: Server, context: ProbeContext): Promise<SipAnswer> {
  const { clock, signal, values } = context;
  context.enter('exchange');
  signal.throwIfAborted();
  const socket = createSocket(familyOf(server.address) === 6 ? 'udp6' : 'udp4');
  let cancelTimer = () => {};
  const { promise, resolve: done, reject: fail } = Promise.withResolvers<SipAnswer>();
  signal.addEventListener('abort', () => fail(signal.reason));
  socket.on('error', fail);
  // Connected: only the server's own datagrams arrive, and its "port unreachable" becomes ECONNREFUSED.
  socket.connect(server.port, server.address, () => {
    const startedMs = clock.elapsedMs();
    const request = requestOf(options, server.port, socket.address());
    const message = encodeOptions(request);
    let waitMs = T1_MS;
    const send = () => socket.send(message, (error) => error && fail(error));
    const repeat = () => {
      values.retransmissions = (values.retransmissions ?? 0) + 1;
      waitMs = Math.min(2 * waitMs, T2_MS);
      cancelTimer = clock.after(waitMs, repeat);
      send();
    };
    socket.on('message', (bytes) => {
      try {
        const answer = decodeAnswer(bytes.toString('latin1'));
        if (!isAnswerTo(request, answer)) return;
        waitMs = T2_MS;
        if (answer.status < 200) return;
        values.request = microseconds(startedMs, clock.elapsedMs());
        done(answer);
      } catch (error) {
        fail(error);
      }
    });
    values.retransmissions = 0;
    cancelTimer = clock.after(waitMs, repeat);
    send();
  });
  return promise.finally(() => {
    cancelTimer();
    socket.close();
  });
}

async function askByStream(options: SipOptionsOptions, server: Server, context: ProbeContext): Promise<SipAnswer> {
  const opened = await openConnection(server.address, server.port, context);
  try {
    const { verify, server_name } = options.tls;
    const peer = { name: server_name ?? options.host, verify };
    const socket = options.transport === 'tls' ? await secureConnection(opened, peer, context) : opened;
    const local = { address: opened.localAddress ?? '', port: opened.localPort ?? 0 };
    return await converse(socket, requestOf(options, server.port, local), context);
  } finally {
    opened.destroy();
  }
}

function converse(socket: Socket, request: OptionsRequest, context: ProbeContext): Promise<SipAnswer> {
  const { clock, values } = context;
  context.enter('exchange');
  const startedMs = clock.elapsedMs();
  const stream = new SipStream();
  return new Promise((done, fail) => {
    socket.on('error', fail);
    socket.on('close', () => fail(closedEarly()));
    socket.on('data', (bytes: Buffer) => {
      try {
        const answer = stream
          .take(bytes)
          .map(decodeAnswer)
          .find((found) => isAnswerTo(request, found) && found.status >= 200);
        if (answer === undefined || answer === null) return;
        values.request = microseconds(startedMs, clock.elapsedMs());
        done(answer);
      } catch (error) {
        fail(error);
      }
    });
    socket.write(encodeOptions(request));
  });
}
