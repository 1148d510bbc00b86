import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Certificate } from '../probe-targets/certificates.ts';
import { freePort } from '../programs.ts';
import { type Daemon, startDaemon } from './daemon.ts';
import { runTool } from './tool.ts';

export interface Kamailio extends Daemon {
  readonly port: number;
  readonly tlsPort: number;
}

/** Statuses by the user part that is asked for; without one, 200. */
const ROUTES = [
  ['trying', 'sl_send_reply("100", "Trying"); sl_send_reply("200", "OK");'],
  ['secret', 'sl_send_reply("401", "Unauthorized");'],
  ['nobody', 'sl_send_reply("404", "Not Found");'],
  ['busy', 'append_to_reply("Retry-After: 30\\r\\n"); sl_send_reply("503", "Service Unavailable");'],
  ['silent', 'drop;'],
] as const;

/** Debian's kamailio on UDP, TCP and TLS, as a stateless server that answers OPTIONS. */
export async function startKamailio(folder: string, { key, cert }: Certificate): Promise<Kamailio> {
  const [port, tlsPort] = [await freePort(), await freePort()];
  writeFileSync(join(folder, 'key.pem'), key, { mode: 0o600 });
  writeFileSync(join(folder, 'cert.pem'), cert);
  const config = join(folder, 'kamailio.cfg');
  writeFileSync(
    config,
    [
      '#!KAMAILIO',
      'log_stderror=yes',
      'fork=yes',
      'children=1',
      'tcp_children=1',
      'enable_tls=yes',
      `listen=udp:127.0.0.1:${port}`,
      `listen=tcp:127.0.0.1:${port}`,
      `listen=tls:127.0.0.1:${tlsPort}`,
      'loadmodule "sl.so"',
      'loadmodule "pv.so"',
      'loadmodule "textops.so"',
      'loadmodule "tls.so"',
      `modparam("tls", "private_key", "${folder}/key.pem")`,
      `modparam("tls", "certificate", "${folder}/cert.pem")`,
      'modparam("tls", "tls_method", "TLSv1.2+")',
      'request_route {',
      ...ROUTES.map(([user, reply]) => `  if ($rU == "${user}") { ${reply} exit; }`),
      '  sl_send_reply("200", "OK");',
      '}',
    ].join('\n'),
  );
  const isReady = async () => {
    const { code } = await runTool('openssl', ['s_client', '-connect', `127.0.0.1:${tlsPort}`], 'Q\n');
    return code === 0;
  };
  // -DD: in the foreground, as our child, with its processes below it.
  const args = ['-DD', '-E', '-m', '64', '-M', '4', '-f', config, '-Y', folder, '-P', join(folder, 'pid')];
  return { ...(await startDaemon({ program: 'kamailio', args, isReady })), port, tlsPort };
}

/** A scenario in which sipp, as a server, answers every OPTIONS with one reply. */
export function sippScenario(status: string): string {
  const headers = ['[last_Via:]', '[last_From:]', '[last_To:];tag=[call_number]', '[last_Call-ID:]', '[last_CSeq:]'];
  const reply = [`SIP/2.0 ${status}`, ...headers, 'Content-Length: 0', '', ''].join('\n');
  return [
    '<?xml version="1.0" encoding="ISO-8859-1" ?>',
    '<scenario name="options">',
    '<recv request="OPTIONS"/>',
    `<send><![CDATA[\n${reply}]]></send>`,
    '</scenario>',
  ].join('\n');
}
