import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createTrust } from '../../agent/src/trust.ts';
import { type Authority, createAuthority } from '../support/probe-targets/certificates.ts';
import { probe, verdict } from '../support/probe-targets/probe.ts';
import { freePort } from '../support/programs.ts';
import { type Daemon, type DaemonFolder, daemonFolder, startDaemon } from '../support/real-servers/daemon.ts';
import { type Kamailio, sippScenario, startKamailio } from '../support/real-servers/sip-servers.ts';
import { realSuite } from '../support/real-servers/suite.ts';

const NAME = 'pbx.nines.test';

realSuite('kamailio', 'openssl')("the sip_options probe against Debian's kamailio", () => {
  let folder: DaemonFolder;
  let authority: Authority;
  let server: Kamailio;

  beforeAll(async () => {
    folder = daemonFolder();
    authority = createAuthority();
    server = await startKamailio(folder.path, authority.issue({ names: [NAME] }));
  });
  afterAll(async () => {
    await server?.stop();
    for (const one of [authority, folder]) one?.remove();
  });

  const run = (written: Record<string, unknown>) => {
    const port = written.transport === 'tls' ? server.tlsPort : server.port;
    const trust = createTrust({ caFile: authority.caFile });
    return probe({ type: 'sip_options', host: '127.0.0.1', port, ...written }, { trust });
  };

  it.each(['udp', 'tcp', 'tls'])('over %s it is reachable, whatever it answers', async (transport) => {
    const tls = { server_name: NAME };
    for (const [user, status] of Object.entries({ ping: 200, trying: 200, secret: 401, nobody: 404, busy: 503 })) {
      const seen = await run({ transport, tls, user });
      expect([user, verdict(seen), seen.observation.values.status]).toEqual([user, 'up', status]);
    }
  });

  it('a status that is not expected is down', async () => {
    expect(verdict(await run({ user: 'busy', expect: { status: ['2xx'] } }))).toBe('down status-unexpected');
  });

  it('silence is down, after three requests more', async () => {
    const seen = await run({ user: 'silent' });
    expect(verdict(seen)).toBe('down response-timeout');
    expect(seen.observation.values.retransmissions).toBe(3);
  });

  it('a certificate for another name is down before anything is asked', async () => {
    expect(verdict(await run({ transport: 'tls' }))).toBe('down certificate-name-mismatch');
  });
});

realSuite('sipp')("the sip_options probe against Debian's sipp", () => {
  let folder: DaemonFolder;
  let server: Daemon;
  let port: number;

  beforeAll(async () => {
    folder = daemonFolder();
    port = await freePort();
    const scenario = join(folder.path, 'busy.xml');
    writeFileSync(scenario, sippScenario('486 Busy Here'));
    const args = ['-sf', scenario, '-i', '127.0.0.1', '-p', String(port), '-nostdin'];
    const isReady = async () => (await ask()).observation.outcome === 'up';
    server = await startDaemon({ program: 'sipp', args, cwd: folder.path, env: { TERM: 'dumb' }, isReady });
  });
  afterAll(async () => {
    await server?.stop();
    folder?.remove();
  });

  const ask = (written: Record<string, unknown> = {}) =>
    probe({ type: 'sip_options', host: '127.0.0.1', port, ...written });

  it('busy is reachable, and not what is expected of a free line', async () => {
    expect((await ask()).observation).toMatchObject({ outcome: 'up', values: { status: 486 } });
    expect(verdict(await ask({ expect: { status: [200] } }))).toBe('down status-unexpected');
  });
});
