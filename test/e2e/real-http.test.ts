import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { CheckRun } from '../../agent/src/run-check.ts';
import { createTrust } from '../../agent/src/trust.ts';
import { type Authority, createAuthority } from '../support/probe-targets/certificates.ts';
import { probe, verdict } from '../support/probe-targets/probe.ts';
import { runCommand } from '../support/programs.ts';
import { askCurl } from '../support/real-servers/curl.ts';
import { type DaemonFolder, daemonFolder } from '../support/real-servers/daemon.ts';
import { type Nginx, SLOW_BYTES, startNginx } from '../support/real-servers/nginx.ts';
import { realSuite } from '../support/real-servers/suite.ts';
import { askOpenssl } from '../support/real-servers/tool.ts';

const DAY_SECONDS = 86_400;

realSuite(
  'nginx',
  'curl',
  'openssl',
)("the http and tls probes against Debian's nginx", () => {
  let folder: DaemonFolder;
  let authority: Authority;
  let stranger: Authority;
  let nginx: Nginx;
  let trust: ReturnType<typeof createTrust>;

  beforeAll(async () => {
    folder = daemonFolder();
    authority = createAuthority();
    stranger = createAuthority();
    const names = ['127.0.0.1', 'shop.nines.test'];
    nginx = await startNginx({
      folder: folder.path,
      certificates: {
        good: authority.issue({ names }),
        chain: authority.intermediate(20).issue({ names, days: 60 }),
        soon: authority.issue({ names, days: 3 }),
        expired: authority.issue({ names, days: -1 }),
        name: authority.issue({ names: ['other.nines.test'] }),
        unknown: stranger.issue({ names }),
      },
    });
    trust = createTrust({ caFile: authority.caFile });
  });

  afterAll(async () => {
    await nginx?.stop();
    for (const one of [authority, stranger, folder]) one?.remove();
  });

  const run = (options: Record<string, unknown>): Promise<CheckRun> => probe({ type: 'http', ...options }, { trust });
  const https = (name: string, path = '/') => `https://127.0.0.1:${nginx.httpsPort(name)}${path}`;

  it.each(['/', '/health', '/broken', '/none', '/private', '/moved'])(
    'sees the status and the size of %s that curl sees, and is up for 2xx only',
    async (path) => {
      const [seen, curl] = await Promise.all([
        run({ url: nginx.url + path, follow_redirects: false }),
        askCurl(nginx.url + path),
      ]);
      expect(seen.observation.values).toMatchObject({ status: curl.status, bytes: curl.bytes, redirects: 0 });
      const isGood = curl.status >= 200 && curl.status < 300;
      expect(verdict(seen)).toBe(isGood ? 'up' : 'down status-unexpected');
    },
  );

  it('takes a 404 for up when that is what is expected', async () => {
    expect(verdict(await run({ url: `${nginx.url}/none`, expect: { status: [404], body: '404 Not Found' } }))).toBe(
      'up',
    );
  });

  it('follows redirects as curl does, to another scheme too, and gives up on a circle', async () => {
    const moved = await run({ url: `${nginx.url}/moved`, expect: { status: [200], body: 'Add to cart' } });
    const curl = await askCurl(`${nginx.url}/moved`, '--location');
    expect(verdict(moved)).toBe('up');
    expect(moved.observation.values).toMatchObject({
      redirects: curl.redirects,
      status: curl.status,
      bytes: curl.bytes,
    });
    expect(curl.redirects).toBe(2);
    const secured = await run({ url: `${nginx.url}/secure` });
    expect(verdict(secured)).toBe('up');
    expect(secured.observation.values.tls).toBeGreaterThan(0);
    expect(verdict(await run({ url: `${nginx.url}/round` }))).toBe('down too-many-redirects');
    expect((await askCurl(`${nginx.url}/round`, '--location', '--max-redirs', '10')).exitCode).toBe(47);
  });

  it('asks for the content itself unless the check says otherwise: sizes are those that curl sees either way', async () => {
    const url = `${nginx.url}/packed.html`;
    const plain = await run({ url, expect: { body: 'Nines.' } });
    const packed = await run({
      url,
      headers: { 'accept-encoding': 'gzip' },
      expect: { headers: { 'content-encoding': '^gzip$' } },
    });
    const [curlPlain, curlPacked] = [await askCurl(url), await askCurl(url, '--header', 'accept-encoding: gzip')];
    expect([verdict(plain), verdict(packed)]).toEqual(['up', 'up']);
    expect(plain.observation.values.bytes).toBe(curlPlain.bytes);
    expect(packed.observation.values.bytes).toBe(curlPacked.bytes);
    expect(curlPacked.bytes).toBeLessThan(curlPlain.bytes / 10);
  });

  it('speaks HTTP/2 when it may and HTTP/1.1 when not, as curl does', async () => {
    const flags: Readonly<Record<string, string>> = { '1.1': '--http1.1', '2': '--http2' };
    for (const [version, flag] of Object.entries(flags)) {
      const seen = await run({ url: https('good'), version, expect: { version, body: 'Add to cart' } });
      const curl = await askCurl(https('good'), '--cacert', authority.caFile, flag);
      expect(verdict(seen)).toBe('up');
      expect(curl.version).toBe(version);
      expect(seen.observation.values).toMatchObject({ status: curl.status, bytes: curl.bytes });
    }
  });

  it('sends the headers of the check, and looks into a JSON body', async () => {
    expect(verdict(await run({ url: `${nginx.url}/private`, headers: { authorization: 'Bearer open' } }))).toBe('up');
    const health = `${nginx.url}/health`;
    expect(verdict(await run({ url: health, expect: { json: [{ path: 'status', equals: 'ok' }] } }))).toBe('up');
    const wrong = await run({ url: health, expect: { json: [{ path: 'status', equals: 'failing' }] } });
    expect(verdict(wrong)).toBe('down json-mismatch');
  });

  it('a slow body is whole within the timeout, and a failure beyond it, with curl of the same opinion', async () => {
    const url = `${nginx.url}/slow`;
    const [whole, cut] = await Promise.all([
      probe({ type: 'http', url }, { trust }),
      runCommand('agent', ['probe', 'http', `url=${url}`, '--timeout', '1s', '--json'], { cwd: folder.path }),
    ]);
    expect(verdict(whole)).toBe('up');
    const { transfer = 0, total = 0 } = whole.observation.values;
    // Nginx holds the rest back until the first second is over, so the time is in the transfer.
    expect(transfer).toBeGreaterThan(total / 2);
    expect(whole.observation.values.bytes).toBe(SLOW_BYTES);
    expect(cut.code).toBe(1);
    expect(JSON.parse(cut.out)).toMatchObject({ outcome: 'down', reason: 'response-timeout' });
    expect((await askCurl(url, '--max-time', '1')).exitCode).toBe(28);
  });

  it('a server that closes without an answer, and a port that nobody listens on, are down', async () => {
    expect(verdict(await run({ url: `${nginx.url}/silent` }))).toBe('down connection-closed');
    expect((await askCurl(`${nginx.url}/silent`)).exitCode).toBe(52);
    // Port 1 is reserved (tcpmux) and nothing of Debian listens there.
    expect(verdict(await run({ url: 'http://127.0.0.1:1/' }))).toBe('down connection-refused');
    expect((await askCurl('http://127.0.0.1:1/')).exitCode).toBe(7);
  });

  it.each(['good', 'chain', 'soon'])('the expiry of certificate "%s" is the one that openssl reads', async (name) => {
    const connect = `127.0.0.1:${nginx.httpsPort(name)}`;
    const openssl = await askOpenssl(connect, { caFile: authority.caFile, name: '127.0.0.1' });
    const seen = await run({ url: https(name) });
    const tls = await probe({ type: 'tls', host: '127.0.0.1', port: nginx.httpsPort(name) }, { trust });
    expect([verdict(seen), verdict(tls), openssl.verifyCode]).toEqual(['up', 'up', 0]);
    expect(seen.observation.values.certificate_expires_at).toBe(openssl.earliestExpiry);
    expect(tls.observation.values.certificate_expires_at).toBe(openssl.earliestExpiry);
  });

  it('the first certificate of a chain to expire decides, here the intermediate with 20 days', async () => {
    const { values, atMs } = (await run({ url: https('chain') })).observation;
    const days = ((values.certificate_expires_at ?? 0) - atMs / 1000) / DAY_SECONDS;
    expect(Math.round(days)).toBe(20);
    const early = await run({ url: https('chain'), expect: { certificate_valid_for: '30d' } });
    expect(verdict(early)).toBe('down certificate-expires-soon');
  });

  // Codes of X509_V_ERR_*: CERT_HAS_EXPIRED, UNABLE_TO_GET_ISSUER_CERT_LOCALLY and its neighbour, HOSTNAME_MISMATCH.
  it.each([
    ['expired', '127.0.0.1', 'down certificate-expired', [10]],
    ['unknown', '127.0.0.1', 'down certificate-untrusted', [20, 21]],
    ['name', 'shop.nines.test', 'down certificate-name-mismatch', [62]],
    ['name', '127.0.0.1', 'down certificate-name-mismatch', [64]],
  ] as const)(
    'certificate "%s" for %s is %s, and openssl and curl refuse it too',
    async (name, host, expected, codes) => {
      const port = nginx.httpsPort(name);
      const tlsOptions = host === '127.0.0.1' ? {} : { tls: { server_name: host } };
      const seen = await run({ url: https(name), ...tlsOptions });
      const tls = await probe({ type: 'tls', host: '127.0.0.1', port, ...tlsOptions }, { trust });
      const openssl = await askOpenssl(`127.0.0.1:${port}`, { caFile: authority.caFile, name: host });
      const resolve = ['--resolve', `${host}:${port}:127.0.0.1`, '--cacert', authority.caFile];
      expect([verdict(seen), verdict(tls)]).toEqual([expected, expected]);
      expect(codes).toContain(openssl.verifyCode);
      expect((await askCurl(`https://${host}:${port}/`, ...resolve)).exitCode).toBe(60);
      expect(seen.observation.values.certificate_expires_at).toBe(openssl.earliestExpiry);
      const unverified = await run({ url: https(name), tls: { verify: false } });
      expect(verdict(unverified)).toBe('up');
    },
  );

  it('the command prints the phases of one run, and its exit code says whether it is up', async () => {
    writeFileSync(join(folder.path, 'token'), 'unused');
    const config = join(folder.path, 'agent.yaml');
    writeFileSync(
      config,
      `collector: { url: "${nginx.url}", token: { file: token } }\ntrust: { ca_file: "${authority.caFile}" }\n`,
    );
    const args = ['probe', 'http', `url=${https('good')}`, 'version="2"', '--config', config];
    const { code, out, err } = await runCommand('agent', args, { cwd: folder.path });
    expect({ code, err }).toEqual({ code: 0, err: '' });
    for (const phase of ['connect', 'tls', 'processing', 'transfer', 'total']) {
      expect(out).toMatch(new RegExp(`^  ${phase} +\\d+\\.\\d{3} ms`, 'm'));
    }
    expect(out).toMatch(/^ {2}status +200$/m);
    expect(out).toMatch(/^up$/m);
    const refused = await runCommand('agent', ['probe', 'http', `url=${https('unknown')}`, '--config', config], {
      cwd: folder.path,
    });
    expect(refused.code).toBe(1);
    expect(refused.out).toMatch(/^down: certificate-untrusted/m);
  });
});
