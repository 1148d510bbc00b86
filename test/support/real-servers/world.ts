import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { createAuthority } from '../probe-targets/certificates.ts';
import { type NameServers, startNameServers, ZONES } from './name-servers.ts';
import { type Nginx, startNginx } from './nginx.ts';
import { canRunPostfix, MAIL_NAME, STARTTLS_DIALOGUE, startPostfix } from './postfix.ts';

/** A check of the real servers, and how blackbox_exporter would look at the same. */
export interface WorldCheck {
  readonly id: string;
  readonly every: string;
  readonly probe: Readonly<Record<string, unknown>>;
  readonly blackboxModule: string | null;
  readonly target: string;
  /** Down while nginx is. */
  readonly isInOutage: boolean;
}

/** Debian's servers, all at once. */
export interface World {
  readonly caFile: string;
  readonly nginx: Nginx;
  readonly checks: readonly WorldCheck[];
  stop(): Promise<void>;
}

/** Starts nginx, bind, dnsmasq and, for root, postfix. */
export async function startWorld(folder: string): Promise<World> {
  const authority = createAuthority();
  const stops: (() => unknown)[] = [() => authority.remove()];
  const stop = async () => {
    for (const one of stops.reverse()) await one();
  };
  const below = (name: string) => {
    mkdirSync(join(folder, name));
    return join(folder, name);
  };
  try {
    const names = ['127.0.0.1'];
    const certificates = { good: authority.issue({ names }), expired: authority.issue({ names, days: -1 }) };
    const nginx = await startNginx({ folder: below('nginx'), certificates });
    stops.push(() => nginx.stop());
    const servers = await startNameServers(below('names'));
    stops.push(() => servers.stop());
    const checks = [...webChecks(nginx), ...nameChecks(servers), HOST];
    if (canRunPostfix) {
      const mail = await startPostfix(folder, authority.issue({ names: [MAIL_NAME] }));
      stops.push(() => mail.stop());
      checks.push(mailCheck(mail.port));
    }
    return { caFile: authority.caFile, nginx, checks, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function webChecks(nginx: Nginx): WorldCheck[] {
  const [plain, secure] = [`${nginx.url}/`, `https://127.0.0.1:${nginx.httpsPort('good')}/`];
  const expired = `https://127.0.0.1:${nginx.httpsPort('expired')}/`;
  const body = 'Add to cart';
  return [
    {
      id: 'site',
      every: '1s',
      probe: { type: 'http', url: plain, expect: { body } },
      blackboxModule: 'http',
      target: plain,
      isInOutage: true,
    },
    {
      id: 'site-tls',
      every: '1s',
      probe: { type: 'http', url: secure, version: '2', expect: { body, certificate_valid_for: '30d' } },
      blackboxModule: 'https',
      target: secure,
      isInOutage: true,
    },
    {
      id: 'expired',
      every: '5s',
      probe: { type: 'http', url: expired },
      blackboxModule: null,
      target: expired,
      isInOutage: false,
    },
  ];
}

function nameChecks(servers: NameServers): WorldCheck[] {
  const name = ZONES.good;
  return [
    {
      id: 'zone',
      every: '2s',
      probe: {
        type: 'dns',
        name,
        record: 'SOA',
        resolver: servers.resolver,
        authoritative: true,
        authoritative_port: servers.port,
      },
      blackboxModule: 'dns',
      target: `127.0.0.1:${servers.port}`,
      isInOutage: false,
    },
    {
      id: 'resolver',
      every: '2s',
      probe: {
        type: 'dns',
        name,
        record: 'MX',
        transport: 'tcp',
        resolver: servers.resolver,
        expect: { answers: [`10 mail.${name}`, `20 mail2.${name}`] },
      },
      blackboxModule: null,
      target: servers.resolver,
      isInOutage: false,
    },
  ];
}

const HOST: WorldCheck = {
  id: 'host',
  every: '2s',
  probe: { type: 'ping', host: '127.0.0.1', count: 2 },
  blackboxModule: 'icmp',
  target: '127.0.0.1',
  isInOutage: false,
};

function mailCheck(port: number): WorldCheck {
  return {
    id: 'mail',
    every: '2s',
    probe: {
      type: 'tcp',
      host: '127.0.0.1',
      port,
      starttls: { server_name: MAIL_NAME },
      dialogue: STARTTLS_DIALOGUE,
    },
    blackboxModule: 'smtp',
    target: `127.0.0.1:${port}`,
    isInOutage: false,
  };
}
