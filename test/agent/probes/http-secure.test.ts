import { constants } from 'node:http2';
import { createServer } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createTrust } from '../../../agent/src/trust.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { type Authority, createAuthority } from '../../support/probe-targets/certificates.ts';
import { type HttpTarget, http2Target, httpsTarget, httpTarget } from '../../support/probe-targets/http-targets.ts';
import { listen } from '../../support/probe-targets/listening.ts';
import { probe, verdict } from '../../support/probe-targets/probe.ts';

const DAY_MS = 86_400_000;

let authority: Authority;
let trust: ReturnType<typeof createTrust>;
beforeAll(() => {
  authority = createAuthority();
  trust = createTrust({ caFile: authority.caFile });
});
afterAll(() => authority.remove());

const open: HttpTarget[] = [];
afterEach(async () => {
  for (const target of open.splice(0)) {
    await target.drained();
    await target.close();
  }
});

async function secure(names: readonly string[], days = 90): Promise<HttpTarget> {
  const target = await httpsTarget(authority.issue({ names, days }), (_request, response) => response.end('ok'));
  open.push(target);
  return target;
}

async function http2(answer: Parameters<typeof http2Target>[1]): Promise<HttpTarget> {
  const target = await http2Target(authority.issue({ names: ['localhost'] }), answer);
  open.push(target);
  return target;
}

describe('an https probe', () => {
  it('verifies the chain for the name and reports handshake and expiry', async () => {
    const target = await secure(['localhost'], 30);
    const { observation, detail } = await probe({ type: 'http', url: target.url }, { trust });
    expect({ outcome: observation.outcome, detail }).toEqual({ outcome: 'up', detail: null });
    expect(observation.values.tls).toBeGreaterThan(0);
    // 30 days from the signing a moment ago; the authority's own certificate lives longer.
    const leftMs = (observation.values.certificate_expires_at ?? 0) * 1000 - Date.now();
    expect(Math.abs(leftMs - 30 * DAY_MS)).toBeLessThan(60_000);
  });

  it('verifies an address', async () => {
    const target = await secure(['127.0.0.1']);
    const url = `https://127.0.0.1:${target.port}`;
    expect(verdict(await probe({ type: 'http', url }, { trust }))).toBe('up');
  });

  it('asks for server_name and verifies that one', async () => {
    const target = await secure(['shop.example']);
    const url = `https://127.0.0.1:${target.port}`;
    const named = { type: 'http', url, tls: { server_name: 'shop.example' } };
    expect(verdict(await probe(named, { trust }))).toBe('up');
    expect(verdict(await probe({ type: 'http', url }, { trust }))).toBe('down certificate-name-mismatch');
  });

  it('a certificate for another name is down, and its expiry is known', async () => {
    const target = await secure(['other.example']);
    const run = await probe({ type: 'http', url: target.url }, { trust });
    expect(verdict(run)).toBe('down certificate-name-mismatch');
    expect(run.observation.values.certificate_expires_at).toBeGreaterThan(0);
    expect(run.observation.values.status).toBeUndefined();
  });

  it('an authority that this agent does not trust is down', async () => {
    const target = await secure(['localhost']);
    expect(verdict(await probe({ type: 'http', url: target.url }))).toBe('down certificate-untrusted');
  });

  it('an expired certificate is down, and its expiry is known', async () => {
    const target = await secure(['localhost'], -1);
    const run = await probe({ type: 'http', url: target.url }, { trust });
    expect(verdict(run)).toBe('down certificate-expired');
    expect(run.observation.values.certificate_expires_at).toBeLessThan(Date.now() / 1000);
  });

  it.each([['expired', ['localhost'], -1] as const, ['of another name', ['other.example'], 90] as const])(
    'is up without verification although the certificate is %s, and reports its expiry',
    async (_name, names, days) => {
      const target = await secure(names, days);
      const { observation } = await probe({ type: 'http', url: target.url, tls: { verify: false } });
      expect(observation.outcome).toBe('up');
      expect(observation.values.certificate_expires_at).toBeGreaterThan(0);
    },
  );

  it('certificate_valid_for is judged by the wall clock of the agent', async () => {
    const target = await secure(['localhost'], 30);
    const expecting = (least: string) => ({ type: 'http', url: target.url, expect: { certificate_valid_for: least } });
    expect(verdict(await probe(expecting('29d'), { trust }))).toBe('up');
    expect(verdict(await probe(expecting('31d'), { trust }))).toBe('down certificate-expires-soon');
  });

  it('a target without TLS is tls-failed', async () => {
    const plain = await httpTarget((_request, response) => response.end());
    open.push(plain);
    const run = await probe({ type: 'http', url: `https://localhost:${plain.port}` }, { trust });
    expect(verdict(run)).toBe('down tls-failed');
  });

  it('a target that closes in the handshake is down', async () => {
    const rude = await listen(createServer((socket) => socket.once('data', () => socket.end())));
    const run = await probe({ type: 'http', url: `https://localhost:${rude.port}` }, { trust });
    expect(verdict(run)).toBe('down connection-reset');
    await rude.close();
  });

  it('a deadline in the handshake is tls-timeout, with the phases before it', async () => {
    const greeted = Promise.withResolvers<void>();
    const silent = await listen(createServer((socket) => socket.once('data', () => greeted.resolve())));
    const clock = new ManualClock();
    const running = probe({ type: 'http', url: `https://127.0.0.1:${silent.port}` }, { trust, clock });
    await greeted.promise;
    await clock.advance(5_000);
    const run = await running;
    expect(verdict(run)).toBe('down tls-timeout');
    expect(Object.keys(run.observation.values).sort()).toEqual(['connect', 'resolve', 'total']);
    await silent.drained();
    await silent.close();
  });

  it('a redirect from http to https adds the handshake to the same run', async () => {
    const target = await secure(['localhost']);
    const plain = await httpTarget((_request, response) => {
      response.writeHead(301, { location: target.url }).end();
    });
    open.push(plain);
    const { observation } = await probe({ type: 'http', url: plain.url }, { trust });
    expect(observation).toMatchObject({ outcome: 'up', values: { redirects: 1, status: 200 } });
    expect(observation.values.tls).toBeGreaterThan(0);
  });
});

describe('an HTTP/2 probe', () => {
  it('speaks the version the server chooses, and closes the session afterwards', async () => {
    const target = await http2(({ httpVersion }, response) => {
      response.writeHead(200);
      response.end(httpVersion);
    });
    const two = await probe(
      { type: 'http', url: target.url, version: '2', expect: { version: '2', body: '2.0' } },
      { trust },
    );
    expect([verdict(two), two.detail]).toEqual(['up', null]);
    const { processing = 0, transfer = 0, bytes } = two.observation.values;
    expect(processing).toBeGreaterThan(0);
    expect(transfer).toBeGreaterThanOrEqual(0);
    expect(bytes).toBe(3);
    const one = await probe({ type: 'http', url: target.url, expect: { version: '1.1', body: '1.1' } }, { trust });
    expect(verdict(one)).toBe('up');
    const not = await probe({ type: 'http', url: target.url, expect: { version: '2' } }, { trust });
    expect(verdict(not)).toBe('down version-unexpected');
  });

  it('falls back to HTTP/1.1 when that is all the server knows', async () => {
    const target = await secure(['localhost']);
    expect(verdict(await probe({ type: 'http', url: target.url, version: '2' }, { trust }))).toBe('up');
  });

  it('follows redirects and stops at max_body', async () => {
    const target = await http2((request, response) => {
      const path = 'url' in request ? request.url : '';
      if (path === '/big') response.writeHead(200);
      else response.writeHead(302, { location: '/big' });
      response.end('x'.repeat(100_000));
    });
    const run = await probe({ type: 'http', url: target.url, version: '2', max_body: '10kB' }, { trust });
    expect(run.observation).toMatchObject({ outcome: 'up', values: { redirects: 1, bytes: 10_000 } });
  });

  it('a stream that the server resets is down', async () => {
    const target = await http2((_request, response) => response.stream?.close(constants.NGHTTP2_INTERNAL_ERROR));
    const run = await probe({ type: 'http', url: target.url, version: '2' }, { trust });
    expect(verdict(run)).toMatch(/^down (invalid-response|connection-closed)$/);
  });

  it('a server that refuses with GOAWAY is asked once and not again', async () => {
    // RFC 9113: an empty SETTINGS frame; GOAWAY whose last stream 0 says that none was worked on, error 0.
    const settings = Buffer.from('000000' + '04' + '00' + '00000000', 'hex');
    const goAway = Buffer.from('000008' + '07' + '00' + '00000000' + '00000000' + '00000000', 'hex');
    let connections = 0;
    const server = createTlsServer(
      { ...authority.issue({ names: ['localhost'] }), ALPNProtocols: ['h2'] },
      (socket) => {
        connections++;
        socket.on('error', () => {});
        socket.write(settings);
        // Twice: the preface with the settings, and the request.
        socket.on('data', () => socket.write(goAway));
      },
    );
    const target = await listen(server);
    const run = await probe({ type: 'http', url: `https://localhost:${target.port}`, version: '2' }, { trust });
    expect(verdict(run)).toBe('down connection-closed');
    expect(connections).toBe(1);
    await target.drained();
    await target.close();
  });

  it('a deadline closes the session', async () => {
    const asked = Promise.withResolvers<void>();
    const target = await http2(() => asked.resolve());
    const clock = new ManualClock();
    const running = probe({ type: 'http', url: target.url, version: '2' }, { trust, clock });
    await asked.promise;
    await clock.advance(5_000);
    expect(verdict(await running)).toBe('down response-timeout');
    await target.drained();
  });
});
