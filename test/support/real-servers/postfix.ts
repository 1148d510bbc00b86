import { chmodSync, chownSync, mkdirSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { describe, it } from 'vitest';
import type { Certificate } from '../probe-targets/certificates.ts';
import { freePort } from '../programs.ts';
import type { Suite } from '../system-program.ts';
import { startDaemon } from './daemon.ts';
import { realSuite } from './suite.ts';
import { runTool } from './tool.ts';

/** The name that it greets with and that its certificate has to be for. */
export const MAIL_NAME = 'mail.nines.test';

/** Postfix's master changes to several users and starts for nobody but root. */
export const canRunPostfix = process.getuid?.() === 0;

const NOT_ROOT = 'not root, for which alone postfix starts (apt-get install postfix)';

/** A suite that needs postfix and root: skipped or failing without either, as `systemProgram` does it. */
export const describeWithPostfix: Suite = canRunPostfix ? realSuite('postfix', 'openssl') : withoutRoot;

function withoutRoot(name: string, run: () => void): void {
  if (process.env.NINES_REQUIRE_SYSTEM !== '1') {
    describe.skip(`${name} [skipped: ${NOT_ROOT}]`, run);
    return;
  }
  describe(name, () => {
    it(NOT_ROOT, () => {
      throw new Error(`${NOT_ROOT}, and NINES_REQUIRE_SYSTEM=1 asks for it`);
    });
  });
}

/** What a client says that wants STARTTLS and then introduces itself again, as a check would have it. */
export const STARTTLS_DIALOGUE = [
  { expect: `^220 ${MAIL_NAME} ESMTP` },
  { send: 'EHLO monitor.nines.test\r\n' },
  { expect: '^250[ -]STARTTLS\\r$' },
  { expect: '^250 ' },
  { send: 'STARTTLS\r\n' },
  { expect: '^220 ' },
  { starttls: true },
  { send: 'EHLO monitor.nines.test\r\n' },
  { expect: '^250 ' },
  { send: 'QUIT\r\n' },
] as const;

export interface MailServer {
  readonly port: number;
  stop(): Promise<void>;
}

/** Debian's postfix as an SMTP server with STARTTLS, with a configuration and a queue of its own below `folder`. */
export async function startPostfix(folder: string, { key, cert }: Certificate): Promise<MailServer> {
  const port = await freePort();
  const [config, queue, state] = [join(folder, 'postfix'), join(folder, 'queue'), join(folder, 'state')];
  // Its processes run as another user and have to get at their queue.
  chmodSync(folder, 0o755);
  for (const path of [config, queue, state]) mkdirSync(path);
  chownSync(state, await userId('postfix'), 0);
  writeFileSync(join(config, 'certificate.pem'), key + cert, { mode: 0o600 });
  writeFileSync(join(config, 'main.cf'), mainConfiguration({ config, queue, state }));
  writeFileSync(join(config, 'master.cf'), masterConfiguration(port));
  const checked = await runTool('postfix', ['-c', config, 'check']);
  if (checked.code !== 0) throw new Error(`postfix check: ${checked.err}${checked.out}`);
  const { out } = await runTool('postconf', ['-c', config, '-h', 'daemon_directory']);
  // Not "postfix start-fg", which leaves its master behind when it is told to end.
  const daemon = await startDaemon({
    program: join(out.trim(), 'master'),
    args: ['-c', config, '-d'],
    env: { MAIL_CONFIG: config },
    isReady: () => greets(port),
  });
  return {
    port,
    async stop() {
      await daemon.stop();
    },
  };
}

async function userId(name: string): Promise<number> {
  const { out } = await runTool('id', ['-u', name]);
  return Number(out);
}

function greets(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('data', () => resolve(true));
    socket.once('close', () => resolve(false));
    socket.once('error', () => resolve(false));
    socket.once('data', () => socket.end('QUIT\r\n'));
  });
}

function mainConfiguration(paths: { readonly config: string; readonly queue: string; readonly state: string }): string {
  return `compatibility_level = 3.6
queue_directory = ${paths.queue}
data_directory = ${paths.state}
myhostname = ${MAIL_NAME}
mydestination =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
local_recipient_maps =
maillog_file = ${paths.state}/log
maillog_file_prefixes = ${paths.state}
smtpd_tls_security_level = may
smtpd_tls_chain_files = ${paths.config}/certificate.pem
smtpd_tls_session_cache_database =
`;
}

/** Only what answering the door takes; nothing is ever delivered. */
function masterConfiguration(port: number): string {
  return `127.0.0.1:${port} inet n - n - - smtpd
cleanup unix n - n - 0 cleanup
rewrite unix - - n - - trivial-rewrite
anvil unix - - n - 1 anvil
tlsmgr unix - - n 1000? 1 tlsmgr
postlog unix-dgram n - n - 1 postlogd
`;
}
