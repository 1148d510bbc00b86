/**
 * THE closed table: error code of Node, OpenSSL or undici → why the target is down. A code is here only when
 * nothing but the target, or the way to it, can cause it; everything else is `unknown / agent-error`. Only of OpenSSL the
 * other side is listed: its codes for what a peer gets wrong are too many.
 */

/** Why a target is down, as it is stored; told apart by people and alert rules, so a name here is for ever. */
export type DownReason =
  | 'name-not-found'
  | 'host-unreachable'
  | 'connect-timeout'
  | 'connection-refused'
  | 'connection-reset'
  | 'connection-closed'
  | 'tls-timeout'
  | 'tls-failed'
  | 'tls-protocol-unexpected'
  | 'certificate-missing'
  | 'certificate-expired'
  | 'certificate-not-yet-valid'
  | 'certificate-name-mismatch'
  | 'certificate-untrusted'
  | 'certificate-revoked'
  | 'certificate-expires-soon'
  | 'response-timeout'
  | 'response-truncated'
  | 'invalid-response'
  | 'status-unexpected'
  | 'version-unexpected'
  | 'header-mismatch'
  | 'body-mismatch'
  | 'json-mismatch'
  | 'size-unexpected'
  | 'invalid-redirect'
  | 'too-many-redirects'
  | 'dialogue-mismatch'
  | 'rcode-unexpected'
  | 'answer-unexpected'
  | 'server-lame'
  | 'servers-disagree'
  | 'packet-loss'
  | 'round-trip-too-long'
  | 'repository-missing'
  | 'repository-damaged'
  | 'backup-missing'
  | 'backup-too-old'
  | 'backup-too-small'
  | 'backup-too-few'
  | 'backup-history-too-short'
  | 'backup-damaged'
  | 'domain-expired'
  | 'domain-expires-soon';

const CODES_OF: Partial<Record<DownReason, readonly string[]>> = {
  // EAI_ADDRFAMILY, ENODATA: the name exists, without an address of the family that was asked for.
  'name-not-found': ['ENOTFOUND', 'ENODATA', 'EAI_ADDRFAMILY'],
  'host-unreachable': ['EHOSTUNREACH', 'EHOSTDOWN'],
  'connect-timeout': ['ETIMEDOUT'],
  'connection-refused': ['ECONNREFUSED'],
  'connection-reset': ['ECONNRESET', 'ECONNABORTED', 'EPIPE'],
  'connection-closed': ['UND_ERR_SOCKET', 'ERR_HTTP2_GOAWAY_SESSION'],
  'response-truncated': ['UND_ERR_RES_CONTENT_LENGTH_MISMATCH'],
  'certificate-expired': ['CERT_HAS_EXPIRED'],
  'certificate-not-yet-valid': ['CERT_NOT_YET_VALID'],
  'certificate-name-mismatch': ['ERR_TLS_CERT_ALTNAME_INVALID', 'HOSTNAME_MISMATCH'],
  'certificate-revoked': ['CERT_REVOKED'],
  // X509_V_ERR_* by the names that node:tls gives them.
  'certificate-untrusted': [
    'CERT_CHAIN_TOO_LONG',
    'CERT_REJECTED',
    'CERT_SIGNATURE_FAILURE',
    'CERT_UNTRUSTED',
    'DEPTH_ZERO_SELF_SIGNED_CERT',
    'ERROR_IN_CERT_NOT_AFTER_FIELD',
    'ERROR_IN_CERT_NOT_BEFORE_FIELD',
    'INVALID_CA',
    'INVALID_PURPOSE',
    'PATH_LENGTH_EXCEEDED',
    'SELF_SIGNED_CERT_IN_CHAIN',
    'UNABLE_TO_DECODE_ISSUER_PUBLIC_KEY',
    'UNABLE_TO_DECRYPT_CERT_SIGNATURE',
    'UNABLE_TO_GET_ISSUER_CERT',
    'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
    'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  ],
  'tls-failed': ['EPROTO', 'ERR_TLS_DH_PARAM_SIZE'],
  'invalid-response': [
    'UND_ERR_HEADERS_OVERFLOW',
    // undici wraps what an HTTP/2 peer did wrong (RST_STREAM, bad frames) in this code, and nothing else of ours.
    'UND_ERR_INFO',
    'ERR_HTTP2_ERROR',
    'ERR_HTTP2_SESSION_ERROR',
    'ERR_HTTP2_STREAM_ERROR',
    'ERR_HTTP2_TOO_MANY_INVALID_FRAMES',
  ],
};

/**
 * OpenSSL has hundreds of reasons for what a peer gets wrong in TLS or in a certificate, and a peer may choose among
 * them: here the few are listed that are ours.
 */
const PEER_OPENSSL = /^ERR_(?:SSL|OSSL_(?:ASN1|EC|RSA|X509))_/;
const OWN_OPENSSL: ReadonlySet<string> = new Set([
  'ERR_SSL_INTERNAL_ERROR',
  'ERR_SSL_LIBRARY_BUG',
  'ERR_SSL_MALLOC_FAILURE',
  'ERR_SSL_NO_CIPHERS_AVAILABLE',
  'ERR_SSL_NO_CIPHERS_SPECIFIED',
  'ERR_SSL_NO_PROTOCOLS_AVAILABLE',
  'ERR_SSL_NO_SUITABLE_GROUPS',
  'ERR_SSL_PROTOCOL_IS_SHUTDOWN',
  'ERR_SSL_UNABLE_TO_FIND_PUBLIC_KEY_PARAMETERS',
  'ERR_SSL_UNINITIALIZED',
]);

const TABLE: ReadonlyMap<string, DownReason> = new Map(
  typedEntries(CODES_OF).flatMap(([reason, codes]) => codes.map((code) => [code, reason] as const)),
);

/** The reason that a code stands for; `null` when the code proves nothing about the target. */
export function downReasonOf(code: string): DownReason | null {
  const isPeerTls = PEER_OPENSSL.test(code) && !OWN_OPENSSL.has(code);
  return TABLE.get(code) ?? (isPeerTls ? 'tls-failed' : null);
}

/** Every code of the table, for the test that no code stands in it twice. */
export function listedCodes(): readonly string[] {
  return Object.values(CODES_OF).flat();
}

/** Safe: the literal above has no other keys than its type names, so `Object.entries` cannot meet one. */
function typedEntries(table: typeof CODES_OF): [DownReason, readonly string[]][] {
  return Object.entries(table) as [DownReason, readonly string[]][];
}
