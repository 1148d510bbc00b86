import { Resolver } from 'node:dns/promises';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isPortTaken } from '../../../.toolchain/port.ts';
import { freePort } from '../programs.ts';
import { type Daemon, startDaemon } from './daemon.ts';

/** Zones of the name server; `ns1` is bind on 127.0.0.1, `ns2` is dnsmasq on 127.0.0.2. */
export const ZONES = {
  /** Both servers have it, with the same serial. */
  good: 'nines.test',
  /** Both have it, with different serials. */
  drifting: 'drift.test',
  /** Both are named as its servers, only bind has it. */
  lame: 'lame.test',
} as const;

export const SERIAL = 2_026_110_101;
const OTHER_SERIAL = SERIAL - 1;

/** So many A records as no UDP answer of 1,232 bytes can hold (16 each), and bind still loads (100).  */
export const MANY = Array.from({ length: 90 }, (_, index) => `192.0.2.${index + 1}`);

export interface NameServers {
  /** Port of both authoritative servers. */
  readonly port: number;
  /** `127.0.0.1:PORT` of dnsmasq as a resolver in front of bind. */
  readonly resolver: string;
  stop(): Promise<void>;
}

/** Debian's bind as an authoritative server, and dnsmasq twice: as a second one, and as the resolver in front. */
export async function startNameServers(folder: string): Promise<NameServers> {
  const port = await portOfBoth();
  const resolverPort = await freePort();
  const daemons: Daemon[] = [];
  const stop = async () => {
    await Promise.all(daemons.map((daemon) => daemon.stop()));
  };
  try {
    daemons.push(await startNamed(folder, port));
    daemons.push(await startSecond(port));
    daemons.push(await startResolver(resolverPort, port));
  } catch (error) {
    await stop();
    throw error;
  }
  return { port, resolver: `127.0.0.1:${resolverPort}`, stop };
}

async function portOfBoth(): Promise<number> {
  for (;;) {
    const port = await freePort('127.0.0.1');
    if (!(await isPortTaken('127.0.0.2', port))) return port;
  }
}

function startNamed(folder: string, port: number): Promise<Daemon> {
  const directory = join(folder, 'named');
  mkdirSync(directory);
  const zones = {
    [ZONES.good]: `${zone(SERIAL)}${GOOD_RECORDS}`,
    [ZONES.drifting]: zone(OTHER_SERIAL),
    [ZONES.lame]: zone(SERIAL),
  };
  for (const [name, text] of Object.entries(zones)) writeFileSync(join(directory, name), text);
  const path = join(directory, 'named.conf');
  writeFileSync(path, namedConfiguration({ directory, port, zones: Object.keys(zones) }));
  return startDaemon({
    program: 'named',
    args: ['-g', '-n', '1', '-c', path],
    isReady: () => answersSoa('127.0.0.1', port),
  });
}

function namedConfiguration(options: {
  readonly directory: string;
  readonly port: number;
  readonly zones: readonly string[];
}): string {
  const { directory, port, zones } = options;
  return `options {
  directory "${directory}"; managed-keys-directory "${directory}"; session-keyfile "${directory}/session.key";
  pid-file none; listen-on port ${port} { 127.0.0.1; }; listen-on-v6 { none; };
  recursion no; dnssec-validation no; notify no; allow-transfer { none; }; minimal-responses yes;
};
controls { };
${zones.map((name) => `zone "${name}" { type primary; file "${name}"; };`).join('\n')}
`;
}

/** The SOA that dnsmasq writes of itself names it as the primary, so bind's does, too. */
function zone(serial: number): string {
  const soa = `@ SOA ns2.${ZONES.good}. hostmaster.${ZONES.good}. ${serial} 3600 600 604800 60`;
  return `$TTL 60\n${soa}\n@ NS ns1.${ZONES.good}.\n@ NS ns2.${ZONES.good}.\n`;
}

const GOOD_RECORDS = `ns1 A 127.0.0.1
ns2 A 127.0.0.2
@ A 192.0.2.80
@ AAAA 2001:db8::80
@ MX 10 mail
@ MX 20 Mail2
@ TXT "v=spf1 mx -all" " second part"
@ CAA 0 issue "ca.example"
mail A 192.0.2.25
www CNAME @
_imaps._tcp SRV 0 1 993 mail
${MANY.map((address) => `many A ${address}\n`).join('')}`;

const DNSMASQ = [
  '--keep-in-foreground',
  '--conf-file=/dev/null',
  '--no-resolv',
  '--no-hosts',
  '--pid-file=',
  '--log-facility=-',
  '--bind-interfaces',
  // It would become another user when root starts it.
  ...(process.getuid?.() === 0 ? ['--user=root', '--group=root'] : []),
];

function startSecond(port: number): Promise<Daemon> {
  return startDaemon({
    program: 'dnsmasq',
    args: [
      ...DNSMASQ,
      '--listen-address=127.0.0.2',
      `--port=${port}`,
      `--auth-server=ns2.${ZONES.good},127.0.0.2`,
      `--auth-zone=${ZONES.good}`,
      `--auth-zone=${ZONES.drifting}`,
      `--auth-soa=${SERIAL},hostmaster.${ZONES.good},3600,600,604800`,
      '--auth-ttl=60',
    ],
    isReady: () => answersSoa('127.0.0.2', port),
  });
}

function startResolver(port: number, upstream: number): Promise<Daemon> {
  return startDaemon({
    program: 'dnsmasq',
    args: [...DNSMASQ, '--listen-address=127.0.0.1', `--port=${port}`, `--server=127.0.0.1#${upstream}`],
    isReady: () => answersSoa('127.0.0.1', port),
  });
}

async function answersSoa(address: string, port: number): Promise<boolean> {
  const resolver = new Resolver({ timeout: 500, tries: 1 });
  resolver.setServers([`${address}:${port}`]);
  return resolver.resolveSoa(ZONES.good).then(
    () => true,
    () => false,
  );
}
