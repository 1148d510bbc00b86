import { describe, expect, it } from 'vitest';
import { downReasonOf, listedCodes } from '../../agent/src/failure-codes.ts';
import {
  CannotTell,
  judgeDeadline,
  judgeFailure,
  NotAllowedError,
  ProbeFailure,
} from '../../agent/src/failure-reason.ts';

function withCode(code: string): Error {
  return Object.assign(new Error(`failed: ${code}`), { code });
}

function judged(error: unknown): string {
  const { outcome, reason, isOurs } = judgeFailure(error);
  return `${outcome} ${reason}${isOurs ? ' (ours)' : ''}`;
}

describe('judging a failure', () => {
  it.each([
    ['ECONNREFUSED', 'connection-refused'],
    ['ECONNRESET', 'connection-reset'],
    ['EPIPE', 'connection-reset'],
    ['ETIMEDOUT', 'connect-timeout'],
    ['EHOSTUNREACH', 'host-unreachable'],
    ['ENOTFOUND', 'name-not-found'],
    ['UND_ERR_SOCKET', 'connection-closed'],
    ['UND_ERR_HEADERS_OVERFLOW', 'invalid-response'],
    ['UND_ERR_RES_CONTENT_LENGTH_MISMATCH', 'response-truncated'],
    ['CERT_HAS_EXPIRED', 'certificate-expired'],
    ['CERT_NOT_YET_VALID', 'certificate-not-yet-valid'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'certificate-name-mismatch'],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'certificate-untrusted'],
    ['CERT_REVOKED', 'certificate-revoked'],
    ['ERR_SSL_WRONG_VERSION_NUMBER', 'tls-failed'],
    ['ERR_SSL_SSL/TLS_ALERT_HANDSHAKE_FAILURE', 'tls-failed'],
    ['ERR_SSL_BAD_CHANGE_CIPHER_SPEC', 'tls-failed'],
    ['ERR_OSSL_ASN1_WRONG_TAG', 'tls-failed'],
  ])('%s is the target failing: down, %s', (code, reason) => {
    expect(judged(withCode(code))).toBe(`down ${reason}`);
  });

  it.each([
    'EMFILE',
    'ENFILE',
    'ENOMEM',
    'ENOBUFS',
    'EADDRNOTAVAIL',
    'EADDRINUSE',
    'EACCES',
    'EPERM',
    'EINVAL',
    'ENETDOWN',
  ])('%s is trouble of this host and never the outage of the target', (code) =>
    expect(judged(withCode(code))).toBe('unknown agent-error (ours)'),
  );

  it.each([
    'UND_ERR_INVALID_ARG',
    'UND_ERR_ABORTED',
    'UND_ERR_DESTROYED',
    'ERR_ASSERTION',
    'ERR_SSL_NO_PROTOCOLS_AVAILABLE',
    'ERR_SSL_INTERNAL_ERROR',
    'ERR_OSSL_EVP_UNSUPPORTED',
  ])('%s is a mistake in our use of a library', (code) =>
    expect(judged(withCode(code))).toBe('unknown agent-error (ours)'),
  );

  it.each([new TypeError('x is not a function'), new Error('no code'), 'a string', undefined, null, { code: 42 }])(
    'a thrown thing without a code that we know is ours: %s',
    (thrown) => expect(judged(thrown)).toBe('unknown agent-error (ours)'),
  );

  it('a resolver that fails is not the target failing', () => {
    expect(judged(withCode('EAI_AGAIN'))).toBe('unknown resolver-unavailable');
    expect(judged(withCode('EAI_FAIL'))).toBe('unknown resolver-unavailable');
  });

  it('no route from this host proves nothing about the target', () => {
    expect(judged(withCode('ENETUNREACH'))).toBe('unknown network-unreachable');
  });

  it('an unmet expectation carries its own reason and sentence', () => {
    const judgement = judgeFailure(new ProbeFailure('status-unexpected', 'status 503,\n expected 2xx'));
    expect(judgement).toEqual({
      outcome: 'down',
      reason: 'status-unexpected',
      detail: 'status 503, expected 2xx',
      isOurs: false,
    });
  });

  it("leaves OpenSSL's thread out, so that the same failure has the same text", () => {
    const failed = (thread: string) =>
      Object.assign(new Error(`${thread}:error:0A00010B:SSL routines:tls_get_more_records:wrong version number:\n`), {
        code: 'ERR_SSL_WRONG_VERSION_NUMBER',
      });
    const { detail } = judgeFailure(failed('40B3F8E7F87F0000'));
    expect(detail).toBe('error:0A00010B:SSL routines:tls_get_more_records:wrong version number:');
    expect(judgeFailure(failed('0043A1C2137F0000')).detail).toBe(detail);
  });

  it('what the agent does not allow is unknown, not down and not a bug', () => {
    expect(judged(new NotAllowedError('no'))).toBe('unknown not-allowed');
    expect(judged(new CannotTell('pattern-too-slow', '/x/'))).toBe('unknown pattern-too-slow');
    expect(judged(new CannotTell('network-unreachable', 'no route'))).toBe('unknown network-unreachable');
  });

  it('of several failures a sure one outweighs one that we cannot tell', () => {
    const both = [withCode('ENETUNREACH'), withCode('ECONNREFUSED')];
    expect(judged(new AggregateError(both))).toBe('down connection-refused');
    expect(judged(new AggregateError(both.slice(0, 1)))).toBe('unknown network-unreachable');
    expect(judged(new AggregateError([]))).toBe('unknown agent-error (ours)');
  });

  it('a deadline is named after the phase it struck in, and a silent resolver is unknown', () => {
    const reasons = (['resolve', 'connect', 'tls', 'exchange'] as const).map((phase) => {
      const { outcome, reason, isOurs } = judgeDeadline(phase, 10_000);
      return [outcome, reason, isOurs];
    });
    expect(reasons).toEqual([
      ['unknown', 'resolve-timeout', false],
      ['down', 'connect-timeout', false],
      ['down', 'tls-timeout', false],
      ['down', 'response-timeout', false],
    ]);
  });
});

describe('the closed table', () => {
  it('holds no code twice', () => {
    expect(new Set(listedCodes()).size).toBe(listedCodes().length);
  });

  it('knows every code it lists and no other', () => {
    expect(listedCodes().filter((code) => downReasonOf(code) === null)).toEqual([]);
    expect(downReasonOf('ETOTALLYNEW')).toBeNull();
  });
});
