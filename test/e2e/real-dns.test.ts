import { afterAll, beforeAll, expect, it } from 'vitest';
import { probe, verdict } from '../support/probe-targets/probe.ts';
import { type DaemonFolder, daemonFolder } from '../support/real-servers/daemon.ts';
import { askDig } from '../support/real-servers/dig.ts';
import { MANY, type NameServers, SERIAL, startNameServers, ZONES } from '../support/real-servers/name-servers.ts';
import { realSuite } from '../support/real-servers/suite.ts';

realSuite(
  'named',
  'dnsmasq',
  'dig',
)("the dns probe against Debian's bind and dnsmasq", () => {
  let folder: DaemonFolder;
  let servers: NameServers;

  beforeAll(async () => {
    folder = daemonFolder();
    servers = await startNameServers(folder.path);
  });

  afterAll(async () => {
    await servers?.stop();
    folder?.remove();
  });

  const run = (options: Record<string, unknown>) => probe({ type: 'dns', resolver: servers.resolver, ...options });
  const bind = () => `127.0.0.1:${servers.port}`;

  it.each([
    ['nines.test', 'A'],
    ['nines.test', 'AAAA'],
    ['nines.test', 'MX'],
    ['nines.test', 'NS'],
    ['nines.test', 'TXT'],
    ['nines.test', 'CAA'],
    ['nines.test', 'SOA'],
    ['www.nines.test', 'CNAME'],
    ['www.nines.test', 'A'],
    ['_imaps._tcp.nines.test', 'SRV'],
  ])('%s %s has the answers that dig gets, over UDP and TCP, from bind and from the resolver', async (name, record) => {
    for (const server of [bind(), servers.resolver]) {
      const dig = await askDig(server, name, record);
      expect(dig.rcode).toBe('NOERROR');
      expect(dig.answers.length).toBeGreaterThan(0);
      for (const transport of ['udp', 'tcp']) {
        const seen = await run({ resolver: server, name, record, transport, expect: { answers: [...dig.answers] } });
        expect({ verdict: verdict(seen), detail: seen.detail }).toEqual({ verdict: 'up', detail: null });
        expect(seen.observation.values.answers).toBe(dig.answers.length);
        // Over UDP there is no connection.
        expect(seen.observation.values.connect === 0).toBe(transport === 'udp');
      }
    }
  });

  it('an answer that is not exactly the expected one is down', async () => {
    const mail = { name: ZONES.good, record: 'MX' };
    const complete = ['10 mail.nines.test', '20 mail2.nines.test'];
    expect(verdict(await run({ ...mail, expect: { answers: complete } }))).toBe('up');
    expect(verdict(await run({ ...mail, expect: { answers: complete.slice(1) } }))).toBe('down answer-unexpected');
    expect(verdict(await run({ ...mail, expect: { contains: complete.slice(1) } }))).toBe('up');
    expect(verdict(await run({ ...mail, expect: { contains: ['10 mail2.nines.test'] } }))).toBe(
      'down answer-unexpected',
    );
  });

  it('a name that does not exist is down, and up when that is what is expected', async () => {
    const name = 'none.nines.test';
    expect((await askDig(servers.resolver, name, 'A')).rcode).toBe('NXDOMAIN');
    expect(verdict(await run({ name }))).toBe('down rcode-unexpected');
    expect(verdict(await run({ name, expect: { rcode: 'NXDOMAIN' } }))).toBe('up');
    expect(verdict(await run({ name: ZONES.good, expect: { rcode: 'NXDOMAIN' } }))).toBe('down rcode-unexpected');
  });

  it('a zone that a server does not have is refused', async () => {
    expect((await askDig(bind(), 'elsewhere.test', 'A')).rcode).toBe('REFUSED');
    expect(verdict(await run({ resolver: bind(), name: 'elsewhere.test' }))).toBe('down rcode-unexpected');
  });

  it('answers that no datagram holds are fetched by TCP, as dig does', async () => {
    const name = 'many.nines.test';
    const dig = await askDig(bind(), name, 'A');
    expect(dig.answers).toEqual([...MANY].sort());
    const seen = await run({ resolver: bind(), name, transport: 'udp', expect: { answers: MANY } });
    expect(verdict(seen)).toBe('up');
    expect(seen.observation.values.answers).toBe(MANY.length);
    expect(seen.observation.values.connect).toBeGreaterThan(0);
  });

  it.each(['udp', 'tcp'])(
    'asks every server of the zone over %s and reports the serial that dig sees',
    async (transport) => {
      const name = ZONES.good;
      const seen = await run(authoritative({ name, record: 'SOA', transport }));
      expect({ verdict: verdict(seen), detail: seen.detail }).toEqual({ verdict: 'up', detail: null });
      expect(seen.observation.values).toMatchObject({ servers: 2, serial: SERIAL });
      for (const address of ['127.0.0.1', '127.0.0.2']) {
        const dig = await askDig(`${address}:${servers.port}`, name, 'SOA', '+norecurse');
        expect(dig.isAuthoritative).toBe(true);
        expect(dig.answers[0]?.split(' ')[2]).toBe(String(SERIAL));
      }
    },
  );

  it('servers with different serials, or of which one does not know the zone, are down', async () => {
    const drifting = await run(authoritative({ name: ZONES.drifting, record: 'SOA' }));
    expect(verdict(drifting)).toBe('down servers-disagree');
    const lame = await run(authoritative({ name: ZONES.lame, record: 'SOA' }));
    expect(verdict(lame)).toBe('down rcode-unexpected');
    expect(lame.detail).toContain('127.0.0.2');
  });

  it('a port where no server listens is down', async () => {
    expect(verdict(await run({ resolver: '127.0.0.1:1', name: ZONES.good }))).toBe('down connection-refused');
    expect((await askDig('127.0.0.1:1', ZONES.good, 'A')).rcode).toBe('no answer');
  });

  function authoritative(options: Record<string, unknown>): Record<string, unknown> {
    return { ...options, authoritative: true, authoritative_port: servers.port };
  }
});
