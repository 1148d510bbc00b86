import { getServers, setServers } from 'node:dns';
import type { Answer } from 'dns-packet';
import { afterEach, describe, expect, it } from 'vitest';
import { ManualClock } from '../../support/manual-clock.ts';
import {
  type Answering,
  type DnsReply,
  type DnsTarget,
  dnsTarget,
  encodeReply,
} from '../../support/probe-targets/dns-target.ts';
import { probe, verdict } from '../../support/probe-targets/probe.ts';

const open: DnsTarget[] = [];
afterEach(async () => {
  for (const target of open.splice(0)) await target.close();
});

async function serving(answering: Answering, at?: { address?: string; port?: number }): Promise<DnsTarget> {
  const target = await dnsTarget(answering, at);
  open.push(target);
  return target;
}

function a(name: string, ...addresses: readonly string[]): Answer[] {
  return addresses.map((data) => ({ type: 'A', name, ttl: 60, data }));
}

async function asking(target: DnsTarget, written: Record<string, unknown> = {}, clock?: ManualClock) {
  const resolver = target.address.includes(':')
    ? `[${target.address}]:${target.port}`
    : `${target.address}:${target.port}`;
  return probe({ type: 'dns', name: 'shop.example', resolver, ...written }, clock === undefined ? {} : { clock });
}

const SHOP: DnsReply = { answers: a('shop.example', '192.0.2.1', '192.0.2.2') };

describe('a dns probe', () => {
  it('asks once by UDP, with recursion, and reports answers and phases', async () => {
    const target = await serving(() => SHOP);
    const { observation } = await asking(target);
    expect(observation).toMatchObject({ outcome: 'up', values: { resolve: 0, connect: 0, answers: 2, servers: 1 } });
    expect(observation.values.request).toBeGreaterThan(0);
    expect(target.asked).toEqual([{ name: 'shop.example', type: 'A', class: 'IN', transport: 'udp', recursion: true }]);
  });

  it('asks by TCP when told so', async () => {
    const target = await serving(() => SHOP);
    const { observation } = await asking(target, { transport: 'tcp' });
    expect(observation.outcome).toBe('up');
    expect(observation.values.connect).toBeGreaterThan(0);
    expect(target.asked.map(({ transport }) => transport)).toEqual(['tcp']);
  });

  it('asks over IPv6', async () => {
    expect(verdict(await asking(await serving(() => SHOP, { address: '::1' })))).toBe('up');
  });

  it('fetches a truncated answer by TCP, within the same measurement', async () => {
    const target = await serving(({ transport }) => (transport === 'udp' ? { truncated: true } : SHOP));
    const { observation } = await asking(target, { expect: { answers: ['192.0.2.2', '192.0.2.1'] } });
    expect(observation).toMatchObject({ outcome: 'up', values: { answers: 2, servers: 1 } });
    expect(observation.values.connect).toBeGreaterThan(0);
    expect(target.asked.map(({ transport }) => transport)).toEqual(['udp', 'tcp']);
  });

  const records: readonly (readonly [string, Answer, string])[] = [
    ['AAAA', { type: 'AAAA', name: 'shop.example', data: '2001:db8::1' }, '2001:0DB8:0::1'],
    ['CNAME', { type: 'CNAME', name: 'shop.example', data: 'Web.Example' }, 'web.example.'],
    ['MX', { type: 'MX', name: 'shop.example', data: { preference: 10, exchange: 'mx.example' } }, '10 mx.example'],
    ['NS', { type: 'NS', name: 'shop.example', data: 'ns1.example' }, 'ns1.example'],
    ['PTR', { type: 'PTR', name: 'shop.example', data: 'host.example' }, 'host.example'],
    ['TXT', { type: 'TXT', name: 'shop.example', data: ['v=spf1 ', '-all'] }, 'v=spf1 -all'],
    [
      'CAA',
      { type: 'CAA', name: 'shop.example', data: { flags: 0, tag: 'issue', value: 'ca.example' } },
      '0 issue "ca.example"',
    ],
    [
      'SRV',
      { type: 'SRV', name: 'shop.example', data: { priority: 1, weight: 2, port: 5060, target: 'sip.example' } },
      '1 2 5060 sip.example',
    ],
    [
      'DS',
      {
        type: 'DS',
        name: 'shop.example',
        data: { keyTag: 1, algorithm: 13, digestType: 2, digest: Buffer.from('beef', 'hex') },
      },
      '1 13 2 beef',
    ],
  ];
  it.each(records)('reads %s as text', async (record, answer, expected) => {
    const target = await serving(() => ({ answers: [answer] }));
    const run = await asking(target, { record, expect: { answers: [expected] } });
    expect([verdict(run), run.detail]).toEqual(['up', null]);
    const wrong = await asking(target, { record, expect: { contains: ['9 wrong'] } });
    expect(verdict(wrong)).toBe('down answer-unexpected');
  });

  it('reports the serial of a zone', async () => {
    const soa = {
      mname: 'ns1.example',
      rname: 'root.example',
      serial: 2026112301,
      refresh: 1,
      retry: 2,
      expire: 3,
      minimum: 4,
    };
    const target = await serving(() => ({ answers: [{ type: 'SOA', name: 'shop.example', data: soa }] }));
    const { observation } = await asking(target, { record: 'SOA' });
    expect(observation).toMatchObject({ outcome: 'up', values: { serial: 2026112301 } });
  });

  it('does not count an alias on the way as an answer', async () => {
    const alias: Answer = { type: 'CNAME', name: 'shop.example', data: 'web.example' };
    const target = await serving(() => ({ answers: [alias, ...a('web.example', '192.0.2.1')] }));
    const run = await asking(target, { expect: { answers: ['192.0.2.1'] } });
    expect(run.observation).toMatchObject({ outcome: 'up', values: { answers: 1 } });
  });
});

describe('what a dns check expects', () => {
  it.each([
    [SHOP, { answers: ['192.0.2.1', '192.0.2.2'] }, 'up'],
    [SHOP, { answers: ['192.0.2.1'] }, 'down answer-unexpected'],
    [SHOP, { answers: ['192.0.2.1', '192.0.2.2', '192.0.2.3'] }, 'down answer-unexpected'],
    [SHOP, { contains: ['192.0.2.2'] }, 'up'],
    [SHOP, { contains: ['192.0.2.3'] }, 'down answer-unexpected'],
    [{}, {}, 'down answer-unexpected'],
    [{ rcode: 3 }, {}, 'down rcode-unexpected'],
    [{ rcode: 3 }, { rcode: 'NXDOMAIN' }, 'up'],
    [{ rcode: 2 }, {}, 'down rcode-unexpected'],
    [SHOP, { rcode: 'NXDOMAIN' }, 'down rcode-unexpected'],
  ])('%j with %j: %s', async (reply, expectation, outcome) => {
    expect(verdict(await asking(await serving(() => reply), { expect: expectation }))).toBe(outcome);
  });
});

describe('a dns server that fails', () => {
  it('nobody listens: connection-refused', async () => {
    const target = await dnsTarget(() => SHOP);
    await target.close();
    expect(verdict(await asking(target))).toBe('down connection-refused');
    expect(verdict(await asking(target, { transport: 'tcp' }))).toBe('down connection-refused');
  });

  it.each(['udp', 'tcp'])('silence by %s is response-timeout', async (transport) => {
    const asked = Promise.withResolvers<void>();
    const target = await serving(() => {
      asked.resolve();
      return null;
    });
    const clock = new ManualClock();
    const running = asking(target, { transport }, clock);
    await asked.promise;
    await clock.advance(5_000);
    expect(verdict(await running)).toBe('down response-timeout');
  });

  it('bytes that are no message are invalid-response', async () => {
    const target = await serving(() => (query) => [Buffer.concat([query.subarray(0, 2), Buffer.alloc(60, 0xff)])]);
    expect(verdict(await asking(target))).toBe('down invalid-response');
  });

  it('datagrams with another id or question are ignored until the right one comes', async () => {
    const question = { name: 'shop.example', type: 'A' } as const;
    const forged = { answers: a('shop.example', '203.0.113.66') };
    const target = await serving(() => (query) => {
      const id = query.readUInt16BE(0);
      return [
        encodeReply((id + 1) % 65_536, question, forged),
        encodeReply(id, { ...question, name: 'bank.example' }, forged),
        encodeReply(id, { ...question, type: 'AAAA' }, forged),
        query,
        Buffer.from('short'),
        encodeReply(id, { ...question, name: 'SHOP.example' }, SHOP),
      ];
    });
    expect(verdict(await asking(target, { expect: { contains: ['192.0.2.1'] } }))).toBe('up');
  });

  it('an answer to something else over TCP is invalid-response', async () => {
    const target = await serving(() => (query) => [
      encodeReply(query.readUInt16BE(0), { name: 'x.example', type: 'A' }, SHOP),
    ]);
    expect(verdict(await asking(target, { transport: 'tcp' }))).toBe('down invalid-response');
  });
});

describe('a dns probe without a named resolver', () => {
  const system = getServers();
  afterEach(() => setServers(system));

  /** The system's resolvers are these for the test. */
  function probing(resolvers: readonly DnsTarget[], clock?: ManualClock) {
    setServers(resolvers.map(({ address, port }) => `${address}:${port}`));
    return probe({ type: 'dns', name: 'shop.example' }, clock === undefined ? {} : { clock });
  }

  it('asks the first of the system', async () => {
    const [first, second] = [await serving(() => SHOP), await serving(() => SHOP)];
    expect(verdict(await probing([first, second]))).toBe('up');
    expect([first.asked.length, second.asked.length]).toEqual([1, 0]);
  });

  it('an unexpected answer is down: it is about the name', async () => {
    expect(verdict(await probing([await serving(() => ({ rcode: 3 }))]))).toBe('down rcode-unexpected');
  });

  it('a resolver of ours that is gone or silent proves nothing about the name', async () => {
    const gone = await dnsTarget(() => SHOP);
    await gone.close();
    expect(verdict(await probing([gone]))).toBe('unknown resolver-unavailable');
    const asked = Promise.withResolvers<void>();
    const silent = await serving(() => {
      asked.resolve();
      return null;
    });
    const clock = new ManualClock();
    const running = probing([silent], clock);
    await asked.promise;
    await clock.advance(5_000);
    expect(verdict(await running)).toBe('unknown resolve-timeout');
  });
});

describe('a dns probe of every authoritative server', () => {
  /** A resolver that knows one zone, whose servers are at these addresses. */
  function resolverOf(servers: Readonly<Record<string, string>>, zone = 'example'): Answering {
    return ({ name, type }) => {
      if (type === 'NS' && name === zone) {
        return { answers: Object.keys(servers).map((data): Answer => ({ type: 'NS', name: zone, data })) };
      }
      const address = servers[name];
      if (type === 'A' && address !== undefined && !address.includes(':')) return { answers: a(name, address) };
      if (type === 'AAAA' && address?.includes(':')) return { answers: [{ type: 'AAAA', name, data: address }] };
      return type === 'NS' ? { rcode: name.includes('.') ? 3 : 0 } : {};
    };
  }

  /** Servers at 127.0.0.2, 127.0.0.3 … on one port, and a resolver that names them. */
  async function zone(...answering: readonly Answering[]) {
    const servers: Record<string, string> = {};
    let port = 0;
    const targets: DnsTarget[] = [];
    for (const [index, answer] of answering.entries()) {
      const target = await serving(answer, { address: `127.0.0.${index + 2}`, port });
      port = target.port;
      targets.push(target);
      servers[`ns${index + 1}.example`] = target.address;
    }
    const resolver = await serving(resolverOf(servers));
    return { resolver, targets, written: { authoritative: true, authoritative_port: port } };
  }

  const good: Answering = () => ({ ...SHOP, authoritative: true });

  it('is up when all answer alike and with authority; the servers are asked without recursion', async () => {
    const reordered: Answering = () => ({ answers: [...(SHOP.answers ?? [])].reverse(), authoritative: true });
    const { resolver, targets, written } = await zone(good, reordered);
    const run = await asking(resolver, { ...written, expect: { contains: ['192.0.2.1'] } });
    expect([verdict(run), run.detail]).toEqual(['up', null]);
    expect(run.observation.values).toMatchObject({ servers: 2, answers: 2 });
    expect(targets.map(({ asked }) => asked.map(({ recursion }) => recursion))).toEqual([[false], [false]]);
    // The zone is found upwards: shop.example has no NS of its own.
    expect(resolver.asked.filter(({ type }) => type === 'NS').map(({ name }) => name)).toEqual([
      'shop.example',
      'example',
    ]);
  });

  it.each([
    ['answers without authority', () => SHOP, 'server-lame'],
    ['refuses', () => ({ rcode: 5 }), 'rcode-unexpected'],
    [
      'has another answer',
      () => ({ answers: a('shop.example', '192.0.2.9'), authoritative: true }),
      'servers-disagree',
    ],
    ['has none', () => ({ authoritative: true }), 'answer-unexpected'],
  ] as const)('is down when one server %s', async (_name, bad, reason) => {
    const { resolver, written } = await zone(good, bad);
    const run = await asking(resolver, written);
    expect(verdict(run)).toBe(`down ${reason}`);
    expect(run.detail).toContain('127.0.0.3');
    expect(run.observation.values.servers).toBe(2);
  });

  it('is down when one server is gone, and counts those that answered', async () => {
    const { resolver, targets, written } = await zone(good, good);
    await targets[1]?.close();
    open.splice(1, 1);
    const run = await asking(resolver, written);
    expect(verdict(run)).toBe('down connection-refused');
    expect(run.observation.values.servers).toBe(1);
  });

  it('asks a server that has only an IPv6 address there', async () => {
    const server = await serving(good, { address: '::1' });
    const resolver = await serving(resolverOf({ 'ns1.example': '::1' }));
    const run = await asking(resolver, { authoritative: true, authoritative_port: server.port });
    expect(verdict(run)).toBe('up');
  });

  it('a server without an address is lame', async () => {
    const resolver = await serving(({ name, type }) =>
      type === 'NS' && name === 'example' ? { answers: [{ type: 'NS', name, data: 'ns1.example' }] } : {},
    );
    expect(verdict(await asking(resolver, { authoritative: true }))).toBe('down server-lame');
  });

  it('a zone that is not there is name-not-found', async () => {
    const resolver = await serving(() => ({ rcode: 3 }));
    expect(verdict(await asking(resolver, { authoritative: true }))).toBe('down name-not-found');
  });

  it('a resolver that fails for this zone alone means the zone is down', async () => {
    const resolver = await serving(({ name }) =>
      name === 'example' ? { answers: [{ type: 'NS', name, data: 'ns.tld' }] } : { rcode: 2 },
    );
    expect(verdict(await asking(resolver, { authoritative: true }))).toBe('down rcode-unexpected');
  });

  it('a resolver that fails for everything says nothing about the zone', async () => {
    const resolver = await serving(() => ({ rcode: 2 }));
    expect(verdict(await asking(resolver, { authoritative: true }))).toBe('unknown resolver-unavailable');
  });

  it('a resolver that is gone, or silent, says nothing about the zone', async () => {
    const silent = await serving(() => null);
    const clock = new ManualClock();
    const running = asking(silent, { authoritative: true }, clock);
    while (silent.asked.length === 0) await new Promise((resolve) => setImmediate(resolve));
    await clock.advance(5_000);
    expect(verdict(await running)).toBe('unknown resolve-timeout');
    const gone = await dnsTarget(() => null);
    await gone.close();
    expect(verdict(await asking(gone, { authoritative: true }))).toBe('unknown resolver-unavailable');
  });
});
