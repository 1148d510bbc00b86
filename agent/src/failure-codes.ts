/**
 * THE closed table: error code of Node, OpenSSL or undici → why the target is down. A code is here only when
 * nothing but the target, or the way to it, can cause it; everything else is `unknown / agent-error`.
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
  | 'round-trip-too-long';

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
  'tls-failed': ['EPROTO', 'ERR_TLS_DH_PARAM_SIZE', ...opensslCodes()],
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

/** Alerts that a server may send, and what a server may get wrong in a handshake (openssl/sslerr.h). */
function opensslCodes(): string[] {
  const alerts = [
    'UNEXPECTED_MESSAGE',
    'BAD_RECORD_MAC',
    'HANDSHAKE_FAILURE',
    'BAD_CERTIFICATE',
    'UNSUPPORTED_CERTIFICATE',
    'CERTIFICATE_REVOKED',
    'CERTIFICATE_EXPIRED',
    'CERTIFICATE_UNKNOWN',
    'ILLEGAL_PARAMETER',
  ];
  const tlsAlerts = [
    'ALERT_ACCESS_DENIED',
    'ALERT_DECODE_ERROR',
    'ALERT_DECRYPT_ERROR',
    'ALERT_DECRYPTION_FAILED',
    'ALERT_INSUFFICIENT_SECURITY',
    'ALERT_INTERNAL_ERROR',
    'ALERT_NO_APPLICATION_PROTOCOL',
    'ALERT_PROTOCOL_VERSION',
    'ALERT_RECORD_OVERFLOW',
    'ALERT_UNKNOWN_CA',
    'ALERT_USER_CANCELLED',
    'UNRECOGNIZED_NAME',
    'UNSUPPORTED_EXTENSION',
  ];
  const broken = [
    'TLSV13_ALERT_CERTIFICATE_REQUIRED',
    'TLSV13_ALERT_MISSING_EXTENSION',
    'BAD_KEY_SHARE',
    'BAD_LENGTH',
    'BAD_RECORD_TYPE',
    'BAD_SIGNATURE',
    'CA_KEY_TOO_SMALL',
    'CA_MD_TOO_WEAK',
    'DECRYPTION_FAILED_OR_BAD_RECORD_MAC',
    'DH_KEY_TOO_SMALL',
    'DIGEST_CHECK_FAILED',
    'EE_KEY_TOO_SMALL',
    'HTTP_REQUEST',
    'LENGTH_MISMATCH',
    'PACKET_LENGTH_TOO_LONG',
    'RECORD_LAYER_FAILURE',
    'UNEXPECTED_EOF_WHILE_READING',
    'UNEXPECTED_MESSAGE',
    'UNEXPECTED_RECORD',
    'UNSAFE_LEGACY_RENEGOTIATION_DISABLED',
    'UNSUPPORTED_PROTOCOL',
    'WRONG_CIPHER_RETURNED',
    'WRONG_SIGNATURE_TYPE',
    'WRONG_SSL_VERSION',
    'WRONG_VERSION_NUMBER',
  ];
  return [
    // Since OpenSSL 3.2 the reason text begins with "ssl/tls alert", and Node makes its code of that text.
    ...alerts.flatMap((alert) => [`ERR_SSL_SSLV3_ALERT_${alert}`, `ERR_SSL_SSL/TLS_ALERT_${alert}`]),
    ...tlsAlerts.map((alert) => `ERR_SSL_TLSV1_${alert}`),
    ...broken.map((fault) => `ERR_SSL_${fault}`),
  ];
}

const TABLE: ReadonlyMap<string, DownReason> = new Map(
  typedEntries(CODES_OF).flatMap(([reason, codes]) => codes.map((code) => [code, reason] as const)),
);

/** The reason that a code stands for; `null` when the code proves nothing about the target. */
export function downReasonOf(code: string): DownReason | null {
  return TABLE.get(code) ?? null;
}

/** Every code of the table, for the test that no code stands in it twice. */
export function listedCodes(): readonly string[] {
  return Object.values(CODES_OF).flat();
}

/** Safe: the literal above has no other keys than its type names, so `Object.entries` cannot meet one. */
function typedEntries(table: typeof CODES_OF): [DownReason, readonly string[]][] {
  return Object.entries(table) as [DownReason, readonly string[]][];
}
