import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { requireProgram } from './needs.ts';
import { freePort, type Running, startProcess } from './process.ts';

export interface Target {
  readonly running: Running;
  /** Without a slash at the end. */
  readonly httpUrl: string;
  /** TLS 1.3 alone. ECDSA P-256, self-signed for `localhost`; every handshake is a full one. */
  readonly httpsUrl: string;
  /** The same with TLS 1.2, which is nginx's own default. */
  readonly https12Url: string;
  readonly caFile: string;
}

/** Debian's nginx, answering six bytes; one process. */
export async function startNginx(folder: string, core?: number): Promise<Target> {
  const [http, https, https12] = [await freePort(), await freePort(), await freePort()];
  const caFile = join(folder, 'cert.pem');
  execFileSync(
    requireProgram('openssl'),
    [
      ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '30'],
      ...['-keyout', join(folder, 'key.pem'), '-out', caFile, '-subj', '/CN=localhost'],
      ...['-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'],
    ],
    { stdio: 'ignore' },
  );
  const config = join(folder, 'nginx.conf');
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (name) => `${name}_temp_path ${folder}/${name};`,
  );
  writeFileSync(
    config,
    `daemon off; master_process off; pid ${folder}/nginx.pid; error_log stderr emerg;
events { worker_connections 4096; }
http { access_log off; ${temporary.join(' ')}
  ssl_certificate ${caFile}; ssl_certificate_key ${folder}/key.pem; ssl_session_cache off; ssl_session_tickets off;
${[
  `listen 127.0.0.1:${http} backlog=4096;`,
  `listen 127.0.0.1:${https} ssl backlog=4096; ssl_protocols TLSv1.3;`,
  `listen 127.0.0.1:${https12} ssl backlog=4096; ssl_protocols TLSv1.2;`,
]
  .map((listens) => `  server { ${listens} location / { return 200 "hello\\n"; } }`)
  .join('\n')}
}
`,
  );
  const httpUrl = `http://127.0.0.1:${http}`;
  const urlOf = (port: number) => `https://127.0.0.1:${port}`;
  const running = await startProcess({
    command: [requireProgram('nginx'), '-e', 'stderr', '-c', config],
    ...(core === undefined ? {} : { core }),
    readyUrl: `${httpUrl}/`,
  });
  return { running, httpUrl, httpsUrl: urlOf(https), https12Url: urlOf(https12), caFile };
}
