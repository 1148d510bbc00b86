import { once } from 'node:events';
import { createServer } from 'node:net';
import { connect as connectTls, createServer as createTlsServer } from 'node:tls';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createTrust } from '../../../agent/src/trust.ts';
import { ConfigError } from '../../../shared/src/errors.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { type Authority, createAuthority } from '../../support/probe-targets/certificates.ts';
import { tlsTarget } from '../../support/probe-targets/http-targets.ts';
import { type Listening, listen } from '../../support/probe-targets/listening.ts';
import { probe, verdict } from '../../support/probe-targets/probe.ts';

let authority: Authority;
let trust: ReturnType<typeof createTrust>;
beforeAll(() => {
  authority = createAuthority();
  trust = createTrust({ caFile: authority.caFile });
});
afterAll(() => authority.remove());

let target: Listening;
afterEach(async () => {
  await target.drained();
  await target.close();
});

async function probing(written: Record<string, unknown> = {}, deps: Parameters<typeof probe>[1] = { trust }) {
  return probe({ type: 'tls', host: 'localhost', port: target.port, ...written }, deps);
}

describe('a tls probe', () => {
  it('is up for a chain that is valid for the name, and reports phases and expiry', async () => {
    target = await tlsTarget(authority.issue({ names: ['localhost'], days: 10 }));
    const { observation } = await probing();
    expect(observation.outcome).toBe('up');
    expect(Object.keys(observation.values).sort()).toEqual(
      ['certificate_expires_at', 'connect', 'resolve', 'tls', 'total'].sort(),
    );
    const leftDays = ((observation.values.certificate_expires_at ?? 0) - Date.now() / 1000) / 86_400;
    expect(leftDays).toBeCloseTo(10, 1);
  });

  it.each([
    ['certificate-name-mismatch', { names: ['other.example'] }, {}],
    ['certificate-expired', { names: ['localhost'], days: -1 }, {}],
    ['certificate-expires-soon', { names: ['localhost'], days: 6 }, { expect: { valid_for: '7d' } }],
  ])('%s', async (reason, request, written) => {
    target = await tlsTarget(authority.issue(request));
    const run = await probing(written);
    expect(verdict(run)).toBe(`down ${reason}`);
    expect(run.observation.values.certificate_expires_at).toBeGreaterThan(0);
  });

  it('the expiry is that of the first presented certificate to expire, not of the leaf', async () => {
    target = await tlsTarget(authority.intermediate(5).issue({ names: ['localhost'], days: 90 }));
    const run = await probing({ expect: { valid_for: '6d' } });
    expect(verdict(run)).toBe('down certificate-expires-soon');
    const leftDays = ((run.observation.values.certificate_expires_at ?? 0) - Date.now() / 1000) / 86_400;
    expect(leftDays).toBeCloseTo(5, 1);
  });

  it('an authority of nobody is certificate-untrusted; without verification it is up', async () => {
    target = await tlsTarget(authority.issue({ names: ['localhost'] }));
    expect(verdict(await probing({}, {}))).toBe('down certificate-untrusted');
    expect(verdict(await probing({ tls: { verify: false } }, {}))).toBe('up');
  });

  it('the name of the certificate may be another than that of the host', async () => {
    target = await tlsTarget(authority.issue({ names: ['mail.example'] }));
    expect(verdict(await probing({ host: '127.0.0.1', tls: { server_name: 'mail.example' } }))).toBe('up');
  });

  it.each([
    ['TLSv1.2', ['TLSv1.2'], 'up'],
    ['TLSv1.2', ['TLSv1.3'], 'down tls-protocol-unexpected'],
    ['TLSv1.3', ['TLSv1.3'], 'up'],
    ['TLSv1.3', ['TLSv1.2'], 'down tls-protocol-unexpected'],
  ] as const)('a server of %s where %j is expected: %s', async (protocol, protocols, outcome) => {
    target = await tlsTarget(authority.issue({ names: ['localhost'] }), protocol);
    expect(verdict(await probing({ expect: { protocols } }))).toBe(outcome);
  });

  it('a peer that speaks something else is tls-failed', async () => {
    target = await listen(createServer((socket) => socket.resume().end('220 mail.example ESMTP\r\n')));
    expect(verdict(await probing())).toBe('down tls-failed');
  });

  it('a peer that resets is connection-reset', async () => {
    target = await listen(createServer((socket) => socket.once('data', () => socket.resetAndDestroy())));
    expect(verdict(await probing())).toBe('down connection-reset');
  });

  it('a peer that is silent is tls-timeout', async () => {
    const greeted = Promise.withResolvers<void>();
    target = await listen(createServer((socket) => socket.once('data', () => greeted.resolve())));
    const clock = new ManualClock();
    const running = probing({}, { trust, clock });
    await greeted.promise;
    await clock.advance(5_000);
    expect(verdict(await running)).toBe('down tls-timeout');
  });
});

/** A server with one group for the key exchange; who does not offer it cannot come in. */
function serverOf(group: string): Promise<Listening> {
  const certificate = authority.issue({ names: ['localhost'] });
  return listen(createTlsServer({ ...certificate, ecdhCurve: group, minVersion: 'TLSv1.3' }, (socket) => socket.end()));
}

describe('the key exchange of an agent', () => {
  it.each(['X25519', 'P-256', 'X448', 'P-384', 'P-521'])('a server of %s alone is up', async (group) => {
    target = await serverOf(group);
    expect(verdict(await probing())).toBe('up');
  });

  it('a server that accepts ML-KEM alone is up when the operator offers it, and only then', async () => {
    target = await serverOf('X25519MLKEM768');
    expect(verdict(await probing())).toMatch(/^down tls-/);
    const postQuantum = createTrust({ caFile: authority.caFile, postQuantum: true });
    expect(verdict(await probing({}, { trust: postQuantum }))).toBe('up');
  });
});

describe('the cipher of an agent', () => {
  it.each([
    ['a server that follows its client', {}, 'TLS_AES_128_GCM_SHA256'],
    ['a server that knows AES-256 alone', { ciphers: 'TLS_AES_256_GCM_SHA384' }, 'TLS_AES_256_GCM_SHA384'],
  ])('with %s', async (_, only, cipher) => {
    const certificate = authority.issue({ names: ['localhost'] });
    target = await listen(createTlsServer({ ...certificate, ...only, honorCipherOrder: false }));
    const { secureContext } = trust;
    const socket = connectTls({ host: '127.0.0.1', port: target.port, servername: 'localhost', secureContext });
    await once(socket, 'secureConnect');
    expect(socket.getCipher().name).toBe(cipher);
    socket.destroy();
  });
});

describe('the trust of an agent', () => {
  it('a file that is not there, or holds no certificate, is a mistake of the operator', async () => {
    target = await listen(createServer());
    expect(() => createTrust({ caFile: '/nowhere/ca.pem' })).toThrow(ConfigError);
    expect(() => createTrust({ caFile: import.meta.filename })).toThrow(/no PEM certificate/);
  });
});
