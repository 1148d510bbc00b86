import { constants } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createSecureContext, DEFAULT_CIPHERS, getCACertificates } from 'node:tls';
import { configErrorAt, errorMessage } from '@nines/shared/errors.ts';
import type { Trust } from './probes/probe-run.ts';

/**
 * What is offered for the key exchange: OpenSSL's own list without X25519MLKEM768. ML-KEM would cost a tenth of every
 * https run, for secrets that a probe does not have; and because it is not offered at all, no server can ask for it in
 * a second round trip (HelloRetryRequest) that the TLS phase would then show.
 */
const CLASSICAL_GROUPS = 'X25519:P-256:X448:P-384:P-521:ffdhe2048:ffdhe3072';

/**
 * What Node offers, AES-128 first: a server that follows its client then hashes with SHA-256 and not SHA-384, which costs
 * both a twenty-fifth less of a handshake. Go asks in this order, too.
 */
const CIPHERS = [
  'TLS_AES_128_GCM_SHA256',
  ...DEFAULT_CIPHERS.split(':').filter((cipher) => cipher !== 'TLS_AES_128_GCM_SHA256'),
].join(':');

export interface TrustSettings {
  readonly caFile: string | null;
  /** Offers X25519MLKEM768 with X25519 beside it, as browsers do; for servers that accept nothing else. */
  readonly postQuantum?: boolean;
}

/**
 * The one secure context of this agent: the system's roots and the certificates of `caFile` (PEM). Throws
 * `ConfigError` when the file cannot be read or holds no certificate.
 */
export function createTrust(settings: TrustSettings): Trust {
  const system = getCACertificates('system');
  // A container image without ca-certificates has no system store: then the roots that Node brings.
  const roots = system.length > 0 ? system : getCACertificates('bundled');
  const extra = settings.caFile === null ? [] : readCertificates(settings.caFile);
  const ecdhCurve = settings.postQuantum === true ? 'auto' : CLASSICAL_GROUPS;
  // Every handshake is a whole one, so a ticket for a shorter one would only be sent, read and thrown away.
  const secureOptions = constants.SSL_OP_NO_TICKET;
  const ca = [...roots, ...extra];
  return { secureContext: createSecureContext({ ca, ecdhCurve, ciphers: CIPHERS, secureOptions }) };
}

function readCertificates(path: string): string[] {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw configErrorAt(path, errorMessage(error));
  }
  const certificates = text.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g);
  if (certificates === null) throw configErrorAt(path, 'holds no PEM certificate');
  return certificates;
}
