import { readFileSync } from 'node:fs';
import { createSecureContext, getCACertificates } from 'node:tls';
import { configErrorAt, errorMessage } from '@nines/shared/errors.ts';
import type { Trust } from './probes/probe-run.ts';

/**
 * The one secure context of this agent: the system's roots and the certificates of `caFile` (PEM). Throws
 * `ConfigError` when the file cannot be read or holds no certificate.
 *
 * The key exchange groups are OpenSSL's own, X25519MLKEM768 with X25519 beside it, as browsers offer them. Offering
 * X25519 alone first would be cheaper here, but a server that prefers ML-KEM then asks again (HelloRetryRequest), and
 * the TLS phase would show a round trip that visitors do not have.
 */
export function createTrust(settings: { readonly caFile: string | null }): Trust {
  const system = getCACertificates('system');
  // A container image without ca-certificates has no system store: then the roots that Node brings.
  const roots = system.length > 0 ? system : getCACertificates('bundled');
  const extra = settings.caFile === null ? [] : readCertificates(settings.caFile);
  return { secureContext: createSecureContext({ ca: [...roots, ...extra] }) };
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
