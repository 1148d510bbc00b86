import { connect, type Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { inspectPeer, type Peer, startHandshake } from './handshake.ts';
import type { ProbeContext } from './probe-run.ts';
import { type Family, resolveTarget, type Target } from './target.ts';

/** Milliseconds of the monotonic clock → the microseconds that are reported. */
export function microseconds(fromMs: number, toMs: number): number {
  return Math.round((toMs - fromMs) * 1000);
}

/** Finds the address; reports `resolve`, 0 for a literal. */
export async function resolve(target: Target, family: Family, context: ProbeContext): Promise<string> {
  context.enter('resolve');
  const startedMs = context.clock.elapsedMs();
  const address = await new Promise<string>((done, fail) =>
    resolveTarget(target, family, (error, found) => (error === null ? done(found) : fail(error))),
  );
  context.values.resolve = target.literal === 0 ? microseconds(startedMs, context.clock.elapsedMs()) : 0;
  return address;
}

/** Opens a TCP connection that the deadline destroys; reports `connect`. */
export function openConnection(address: string, port: number, context: ProbeContext): Promise<Socket> {
  context.enter('connect');
  context.signal.throwIfAborted();
  const startedMs = context.clock.elapsedMs();
  const socket = connect({ host: address, port, noDelay: true });
  return new Promise((done, fail) => {
    letGo(socket, context.signal);
    socket.once('error', fail);
    socket.once('connect', () => {
      context.values.connect = microseconds(startedMs, context.clock.elapsedMs());
      done(socket);
    });
  });
}

/**
 * Turns a connection into TLS; reports `tls` and `certificate_expires_at`, also for a certificate that is then judged
 * to be bad: an error with OpenSSL's code.
 */
export function secureConnection(socket: Socket, peer: Peer, context: ProbeContext): Promise<TLSSocket> {
  context.enter('tls');
  const startedMs = context.clock.elapsedMs();
  const secure = startHandshake(peer, { socket, secureContext: context.trust.secureContext });
  return new Promise((done, fail) => {
    letGo(secure, context.signal);
    secure.once('error', fail);
    socket.once('error', fail);
    secure.once('close', () => fail(closedEarly()));
    secure.once('secureConnect', () => {
      context.values.tls = microseconds(startedMs, context.clock.elapsedMs());
      const { expiry, error } = inspectPeer(peer, secure);
      if (expiry !== null) context.values.certificate_expires_at = expiry;
      if (error === null) return done(secure);
      secure.destroy();
      fail(error);
    });
  });
}

/** The connection was closed while an answer was still owed. */
export function closedEarly(): Error {
  return Object.assign(new Error('the connection was closed by the other side'), { code: 'UND_ERR_SOCKET' });
}

/** The socket dies with the deadline; an error that comes after its probe is done with it is nobody's concern. */
function letGo(socket: Socket, signal: AbortSignal): void {
  signal.addEventListener('abort', () => socket.destroy());
  socket.on('error', () => {});
}
