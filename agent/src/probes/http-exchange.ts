import { connect, type Socket } from 'node:net';
import type { ConnectionOptions, TLSSocket } from 'node:tls';
import { errorCode } from '@nines/shared/errors.ts';
import type { Dispatcher } from 'undici';
import Client from 'undici/lib/dispatcher/client.js';
import { ProbeFailure } from '../failure-reason.ts';
import { closedEarly, microseconds } from './connection.ts';
import { inspectPeer, type Peer, startHandshake } from './handshake.ts';
import { type Carrier, type Connected, giveBackCarrier, takeCarrier } from './http-carrier.ts';
import type { HttpAnswer } from './http-expectation.ts';
import { redirectOf } from './http-redirect.ts';
import type { HopRequest } from './http-request.ts';
import type { ProbeContext } from './probe-run.ts';
import { type Family, resolveTarget } from './target.ts';

export interface ExchangeOptions {
  readonly hop: HopRequest;
  /** Name, value, name, value … */
  readonly headers: string[];
  readonly family: Family;
  readonly offersHttp2: boolean;
  readonly stopsAtRedirect: boolean;
  readonly maxBody: number;
  readonly keepsBody: boolean;
}

const ALPN_2 = ['h2', 'http/1.1'];
const ALPN_1 = ['http/1.1'];
const NO_BODY = Buffer.alloc(0);

/**
 * One request over a connection of its own. Phases are added to the values as they end, so that they sum up over
 * redirects; what the answer brought is in the fields once `run` has resolved.
 */
export class HttpExchange implements Dispatcher.DispatchHandler, HttpAnswer {
  status = 0;
  headers: HttpAnswer['headers'] = {};
  bytes = 0;
  isCut = false;
  body: Buffer = NO_BODY;
  version: '1.1' | '2' = '1.1';
  /** Unix seconds; `null` without TLS. */
  certificateExpiry: number | null = null;

  readonly #options: ExchangeOptions;
  readonly #context: ProbeContext;
  #settle: ((error: Error | null) => void) | null = null;
  #client: Client | null = null;
  /** What goes back once the answer has ended and the connection has closed. */
  #carrier: Carrier | null = null;
  #socket: Socket | null = null;
  #hasConnected = false;
  #isRequestSent = false;
  /** The whole answer has come. */
  #hasEnded = false;
  #chunks: Buffer[] = [];
  #phaseBeganMs = 0;
  #firstByteMs = 0;
  /** When bytes last came, or their end; 0 with HTTP/2, whose session takes them from the socket unseen. */
  #arrivedMs = 0;

  constructor(options: ExchangeOptions, context: ProbeContext) {
    this.#options = options;
    this.#context = context;
  }

  /** Resolves when the answer has ended, reached the cap, or is a redirect that will be followed. */
  run(): Promise<void> {
    return new Promise((done, fail) => {
      this.#settle = (error) => (error === null ? done() : fail(error));
      const { hop, headers, offersHttp2 } = this.#options;
      this.#client = offersHttp2 ? this.#ownClient() : this.#carriersClient();
      this.#client.dispatch(
        { path: hop.destination.path, method: hop.method, headers, body: hop.body, reset: true },
        this,
      );
    });
  }

  /** The session of HTTP/2 lives in the client, so that one is for this exchange alone. */
  #ownClient(): Client {
    return new Client(this.#options.hop.destination.url, {
      connect: (_options: unknown, connected: Connected) => this.#connect(connected),
      allowH2: true,
      headersTimeout: 0,
      bodyTimeout: 0,
      pingInterval: 0,
    });
  }

  #carriersClient(): Client {
    this.#carrier = takeCarrier((connected) => this.#connect(connected));
    return this.#carrier.client;
  }

  /** Lets go of the connection at once, whatever it is doing. */
  abandon(): void {
    this.#finish(closedEarly());
  }

  #connect(connected: Connected): void {
    // undici may try again over a new connection (HTTP/2 GOAWAY); a probe measures once.
    if (this.#hasConnected) {
      this.#finish(closedEarly());
      return;
    }
    this.#hasConnected = true;
    const { clock, values } = this.#context;
    const { target } = this.#options.hop.destination;
    this.#context.enter('resolve');
    this.#phaseBeganMs = clock.elapsedMs();
    resolveTarget(target, this.#options.family, (error, address) => {
      if (error !== null) return connected(error, null);
      if (this.#settle === null) return;
      const nowMs = clock.elapsedMs();
      add(values, 'resolve', target.literal === 0 ? microseconds(this.#phaseBeganMs, nowMs) : 0);
      this.#phaseBeganMs = nowMs;
      this.#open(address, connected);
    });
  }

  #open(address: string, connected: Connected): void {
    const { peer, target } = this.#options.hop.destination;
    this.#context.enter('connect');
    // A plain request is one segment; behind a handshake it would wait for the acknowledgement of the last flight.
    const endpoint = { host: address, port: target.port, noDelay: peer !== null };
    const socket = peer === null ? connect(endpoint) : this.#secure(peer, endpoint, connected);
    this.#socket = socket;
    const fail = (error: Error) => connected(error, null);
    socket.on('error', fail);
    // Once undici has the connection, its errors are undici's to report.
    if (peer !== null) socket.on('secureConnect', () => socket.off('error', fail));
    socket.on('connect', () => {
      this.#phaseEnds('connect');
      this.#context.enter(peer === null ? 'exchange' : 'tls');
      if (peer !== null) return;
      socket.off('error', fail);
      this.#handOver(socket, connected);
    });
  }

  #secure(peer: Peer, endpoint: ConnectionOptions, connected: Connected): TLSSocket {
    const { secureContext } = this.#context.trust;
    const ALPNProtocols = this.#options.offersHttp2 ? ALPN_2 : ALPN_1;
    const socket = startHandshake(peer, { ...endpoint, secureContext, ALPNProtocols });
    return socket.on('secureConnect', () => {
      this.#phaseEnds('tls');
      const { expiry, error } = inspectPeer(peer, socket);
      this.certificateExpiry = expiry;
      if (expiry !== null) this.#context.values.certificate_expires_at = expiry;
      if (error !== null) {
        socket.destroy();
        this.#finish(error);
        return;
      }
      if (socket.alpnProtocol === 'h2') this.version = '2';
      this.#context.enter('exchange');
      this.#handOver(socket, connected);
    });
  }

  /** Gives undici the connection, with listeners that run before its own. */
  #handOver(socket: Socket, connected: Connected): void {
    // The clock is read before anything is parsed: what runs seldom takes long, and is no time of the server's.
    const arrive = () => {
      this.#arrivedMs = this.#context.clock.elapsedMs();
    };
    if (this.version === '1.1') socket.on('readable', arrive).on('end', arrive);
    // It makes an error of every close, too.
    socket.on('close', hideStacks);
    connected(null, socket);
    socket.on('close', showStacks);
    socket.on('close', () => {
      if (this.#carrier !== null && this.#hasEnded) giveBackCarrier(this.#carrier);
    });
  }

  /** Not before `leastMs`, and now when nobody saw it arrive. */
  #arrivedAfter(leastMs: number): number {
    return this.#arrivedMs === 0 ? this.#context.clock.elapsedMs() : Math.max(this.#arrivedMs, leastMs);
  }

  /** Asked for by undici; the phase begins when the request has been written. */
  onRequestStart(): void {}

  onRequestSent(): void {
    this.#isRequestSent = true;
    this.#phaseBeganMs = this.#context.clock.elapsedMs();
  }

  onResponseStarted(): void {
    if (this.#firstByteMs === 0) this.#firstByteMs = this.#arrivedAfter(this.#phaseBeganMs);
  }

  onResponseStart(controller: Dispatcher.DispatchController, status: number, headers: HttpAnswer['headers']): void {
    // An interim answer (1xx): the answer is still to come.
    if (status < 200) return;
    this.onResponseStarted();
    add(this.#context.values, 'processing', microseconds(this.#phaseBeganMs, this.#firstByteMs));
    this.status = status;
    this.headers = headers;
    if (this.#options.stopsAtRedirect && redirectOf(status, headers) !== null) this.#stop(controller);
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    const room = this.#options.maxBody - this.bytes;
    const part = chunk.length > room ? chunk.subarray(0, room) : chunk;
    this.bytes += part.length;
    if (this.#options.keepsBody) this.#chunks.push(part);
    if (chunk.length <= room) return;
    this.isCut = true;
    this.#stop(controller);
  }

  onResponseEnd(): void {
    this.#hasEnded = true;
    this.#end();
    // Closed here, without an error: undici would do it with one of its own, whose stack costs a tenth of a probe.
    leaveOutStacks();
    this.#socket?.destroy();
  }

  onResponseError(_controller: unknown, error: Error): void {
    this.#finish(this.#blame(error));
  }

  #blame(error: Error): Error {
    // HTTPParserError is to carry llhttp's code, but in undici 8.12 the code is undefined: its name is all there is.
    // Answers that llhttp takes and undici does not, such as status 000, fail assertions while they are read.
    const isUnread = this.#isRequestSent && errorCode(error) === 'ERR_ASSERTION';
    if (error.name === 'HTTPParserError' || isUnread) {
      return new ProbeFailure('invalid-response', error.message);
    }
    const isTruncated = this.status > 0 && errorCode(error) === 'UND_ERR_SOCKET';
    return isTruncated ? new ProbeFailure('response-truncated', `${this.bytes} bytes and then the end`) : error;
  }

  #phaseEnds(phase: 'connect' | 'tls'): void {
    const nowMs = this.#context.clock.elapsedMs();
    add(this.#context.values, phase, microseconds(this.#phaseBeganMs, nowMs));
    this.#phaseBeganMs = nowMs;
  }

  /** Ends the exchange here, although the server would go on. */
  #stop(controller: Dispatcher.DispatchController): void {
    this.#end();
    controller.abort(closedEarly());
  }

  #end(): void {
    add(this.#context.values, 'transfer', microseconds(this.#firstByteMs, this.#arrivedAfter(this.#firstByteMs)));
    if (this.#chunks.length > 0) this.body = Buffer.concat(this.#chunks);
    this.#finish(null);
  }

  #finish(error: Error | null): void {
    const settle = this.#settle;
    if (settle === null) return;
    this.#settle = null;
    // HTTP/1.1 ends with its answer; an HTTP/2 session would go on.
    if (error !== null || this.version === '2') this.#letGo(error ?? closedEarly());
    settle(error);
  }

  /** With an error: of a socket destroyed without one undici 8.12 takes the close for the end of an aborted answer. */
  #letGo(error: Error): void {
    this.#client?.destroy(error, () => {});
    this.#socket?.destroy(error);
  }
}

let hiddenLimit = 0;

function hideStacks(): void {
  hiddenLimit = Error.stackTraceLimit;
  Error.stackTraceLimit = 0;
}

function showStacks(): void {
  Error.stackTraceLimit = hiddenLimit;
}

function add(values: Record<string, number>, name: string, us: number): void {
  values[name] = (values[name] ?? 0) + us;
}

/**
 * Until the current callback returns, errors have no stack: undici makes two for every connection that is not kept
 * alive, nobody ever sees them, and their stacks cost a fourteenth of a probe. Code of ours runs only after that.
 */
function leaveOutStacks(): void {
  const limit = Error.stackTraceLimit;
  if (limit === 0) return;
  Error.stackTraceLimit = 0;
  queueMicrotask(() => {
    Error.stackTraceLimit = limit;
  });
}
