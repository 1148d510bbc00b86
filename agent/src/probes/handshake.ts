import type { X509Certificate } from 'node:crypto';
import { type ConnectionOptions, connect, type TLSSocket } from 'node:tls';
import { ProbeFailure } from '../failure-reason.ts';
import { familyOf } from './target.ts';

/** Whose certificate is asked for and how it is judged. */
export interface Peer {
  /** The name for SNI and verification; an address is verified, too, but never sent. */
  readonly name: string;
  readonly verify: boolean;
}

/** What is known of a finished handshake before anybody is told. */
export interface Presented {
  /** Unix seconds at which the first of the presented certificates expires; `null` without any. */
  readonly expiry: number | null;
  /** Why the peer must not be trusted, with the code of OpenSSL or Node; `null` when it may be. */
  readonly error: Error | null;
}

/** Node's check of the name is left out: it first decodes the whole chain into objects, a tenth of a handshake's cost. */
const NOT_DECODED = { getPeerCertificate: () => ({}) };

/**
 * Begins a handshake over a connection that `options` brings (`socket`) or opens (`host`, `port`). The peer is judged
 * afterwards, by `inspectPeer`, so that the expiry of a bad certificate is known, too.
 */
export function startHandshake(peer: Peer, options: ConnectionOptions): TLSSocket {
  const socket = connect({
    ...options,
    rejectUnauthorized: false,
    servername: familyOf(peer.name) === 0 ? peer.name : '',
    checkServerIdentity: () => undefined,
  });
  return Object.assign(socket, NOT_DECODED);
}

/** Judges the peer of a finished handshake. */
export function inspectPeer(peer: Peer, socket: TLSSocket): Presented {
  const leaf = socket.getPeerX509Certificate();
  return { expiry: earliestExpiry(leaf), error: peer.verify ? distrust(peer.name, leaf, socket) : null };
}

function distrust(name: string, leaf: X509Certificate | undefined, socket: TLSSocket): Error | null {
  if (!socket.authorized) return coded(name, String(socket.authorizationError));
  const isValidFor = familyOf(name) === 0 ? leaf?.checkHost(name) : leaf?.checkIP(name);
  return isValidFor === undefined ? coded(name, 'ERR_TLS_CERT_ALTNAME_INVALID') : null;
}

function earliestExpiry(leaf: X509Certificate | undefined): number | null {
  let earliest: number | null = null;
  for (let certificate = leaf; certificate !== undefined; certificate = certificate.issuerCertificate) {
    const expiry = Math.floor(certificate.validToDate.getTime() / 1000);
    if (earliest === null || expiry < earliest) earliest = expiry;
  }
  return earliest;
}

function coded(name: string, code: string): Error {
  return Object.assign(new Error(`certificate of ${name}: ${code}`), { code });
}

/** Throws `ProbeFailure` when the certificate runs out within `leastMs`. `expiry` is in Unix seconds. */
export function expectValidFor(leastMs: number | undefined, expiry: number | null, nowMs: number): void {
  if (leastMs === undefined) return;
  if (expiry === null) throw new ProbeFailure('certificate-missing', 'no certificate was presented');
  if (expiry * 1000 - nowMs >= leastMs) return;
  const until = new Date(expiry * 1000).toISOString();
  throw new ProbeFailure('certificate-expires-soon', `the first certificate expires at ${until}`);
}
