import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Certificate } from '../probe-targets/certificates.ts';
import { freePort } from '../programs.ts';
import { answersHttp, type Daemon, startDaemon } from './daemon.ts';

/** Bytes of `/slow`, which come at `SLOW_RATE` a second. */
export const SLOW_BYTES = 60_000;
const SLOW_RATE = 20_000;

/** What `/` answers. */
export const HOME = '<!doctype html><title>Shop</title><button>Add to cart</button>\n';

export interface NginxOptions {
  readonly folder: string;
  /** One HTTPS server for each, by a name of the test's own. */
  readonly certificates: Readonly<Record<string, Certificate>>;
}

/** Debian's nginx on ports of loopback, which stay the same when it is started again. */
export interface Nginx {
  /** `http://127.0.0.1:PORT`. */
  readonly url: string;
  /** Port of the HTTPS server with that certificate. */
  httpsPort(name: string): number;
  start(): Promise<void>;
  stop(): Promise<void>;
}

/** Writes the configuration and starts it. */
export async function startNginx({ folder, certificates }: NginxOptions): Promise<Nginx> {
  const root = join(folder, 'root');
  mkdirSync(root);
  writeFileSync(join(root, 'index.html'), HOME);
  writeFileSync(join(root, 'slow.bin'), Buffer.alloc(SLOW_BYTES, 'slow '));
  // Text that packs well, so that packed and unpacked sizes cannot be taken for each other.
  writeFileSync(join(root, 'long.html'), `<p>${'Nines. '.repeat(2_000)}</p>\n`);
  const port = await freePort();
  const httpsPorts = new Map<string, number>();
  for (const [name, { key, cert }] of Object.entries(certificates)) {
    writeFileSync(join(folder, `${name}.key`), key);
    writeFileSync(join(folder, `${name}.pem`), cert);
    httpsPorts.set(name, await freePort());
  }
  const first = [...httpsPorts.values()][0] ?? 0;
  const servers = [...httpsPorts].map(([name, https]) => tlsServer(name, https, folder));
  writeFileSync(join(folder, 'nginx.conf'), configuration([plainServer(port, first), ...servers], folder));
  let daemon: Daemon | null = null;
  const start = async () => {
    daemon = await startDaemon({
      program: 'nginx',
      args: ['-p', folder, '-c', join(folder, 'nginx.conf'), '-e', 'stderr', '-g', 'daemon off;'],
      isReady: () => answersHttp(`http://127.0.0.1:${port}/`),
    });
  };
  await start();
  return {
    url: `http://127.0.0.1:${port}`,
    httpsPort(name) {
      const found = httpsPorts.get(name);
      if (found === undefined) throw new Error(`no certificate ${name}`);
      return found;
    },
    start,
    async stop() {
      await daemon?.stop();
      daemon = null;
    },
  };
}

/** Started by root nginx would become www-data, which may not read the test's folder. */
const USER = process.getuid?.() === 0 ? 'user root;' : '';

function configuration(servers: readonly string[], folder: string): string {
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
  return `${USER}
worker_processes 1;
pid ${folder}/nginx.pid;
events { worker_connections 256; }
http {
  access_log off;
  types { text/html html; application/json json; application/octet-stream bin; }
  ${temporary.map((name) => `${name}_temp_path ${folder}/${name};`).join('\n  ')}
${servers.join('\n')}
}
`;
}

function plainServer(port: number, httpsPort: number): string {
  return `  server {
    listen 127.0.0.1:${port};
${locations(port)}
    location = /secure { return 301 https://127.0.0.1:${httpsPort}/; }
  }`;
}

function tlsServer(name: string, port: number, folder: string): string {
  return `  server {
    listen 127.0.0.1:${port} ssl http2;
    ssl_certificate ${folder}/${name}.pem;
    ssl_certificate_key ${folder}/${name}.key;
${locations(port)}
  }`;
}

function locations(port: number): string {
  return `    root root;
    location = /packed.html { alias root/long.html; gzip on; gzip_min_length 1; }
    location = /slow { alias root/slow.bin; limit_rate ${SLOW_RATE}; }
    location = /moved { return 301 /moved-again; }
    location = /moved-again { return 302 /; }
    location = /round { return 302 /round; }
    location = /health { default_type application/json; return 200 '{"status":"ok","port":${port}}'; }
    location = /broken { return 503; }
    location = /silent { return 444; }
    location = /private { if ($http_authorization != "Bearer open") { return 401; } return 204; }`;
}
