import { afterAll, beforeAll, expect, it } from 'vitest';
import { createTrust } from '../../agent/src/trust.ts';
import { type Authority, createAuthority } from '../support/probe-targets/certificates.ts';
import { probe, verdict } from '../support/probe-targets/probe.ts';
import { type DaemonFolder, daemonFolder } from '../support/real-servers/daemon.ts';
import {
  describeWithPostfix,
  MAIL_NAME,
  type MailServer,
  STARTTLS_DIALOGUE,
  startPostfix,
} from '../support/real-servers/postfix.ts';
import { askOpenssl } from '../support/real-servers/tool.ts';

describeWithPostfix("the tcp probe against Debian's postfix", () => {
  let folder: DaemonFolder;
  let authority: Authority;
  let mail: MailServer;
  let trust: ReturnType<typeof createTrust>;

  beforeAll(async () => {
    folder = daemonFolder();
    authority = createAuthority();
    mail = await startPostfix(folder.path, authority.issue({ names: [MAIL_NAME] }));
    trust = createTrust({ caFile: authority.caFile });
  });

  afterAll(async () => {
    await mail?.stop();
    for (const one of [authority, folder]) one?.remove();
  });

  const run = (options: Record<string, unknown>) =>
    probe(
      { type: 'tcp', host: '127.0.0.1', port: mail.port, starttls: { server_name: MAIL_NAME }, ...options },
      { trust },
    );

  it('an accepted connection is enough when nothing is expected', async () => {
    expect(verdict(await run({}))).toBe('up');
  });

  it('goes through greeting, EHLO, STARTTLS and EHLO again, and sees the certificate that openssl sees', async () => {
    const seen = await run({ dialogue: STARTTLS_DIALOGUE });
    const openssl = await askOpenssl(`127.0.0.1:${mail.port}`, {
      caFile: authority.caFile,
      name: MAIL_NAME,
      starttls: 'smtp',
    });
    expect({ verdict: verdict(seen), detail: seen.detail }).toEqual({ verdict: 'up', detail: null });
    expect(openssl.verifyCode).toBe(0);
    expect(seen.observation.values.certificate_expires_at).toBe(openssl.earliestExpiry);
    for (const phase of ['connect', 'tls', 'dialogue']) expect(seen.observation.values[phase]).toBeGreaterThan(0);
  });

  it('a certificate for another name is down after STARTTLS, and openssl refuses it too', async () => {
    const seen = await run({ dialogue: STARTTLS_DIALOGUE, starttls: { server_name: 'imap.nines.test' } });
    const openssl = await askOpenssl(`127.0.0.1:${mail.port}`, {
      caFile: authority.caFile,
      name: 'imap.nines.test',
      starttls: 'smtp',
    });
    expect(verdict(seen)).toBe('down certificate-name-mismatch');
    // X509_V_ERR_HOSTNAME_MISMATCH
    expect(openssl.verifyCode).toBe(62);
    expect(seen.observation.values.certificate_expires_at).toBe(openssl.earliestExpiry);
  });

  it('another greeting than the expected one is down, and so is a refused command', async () => {
    expect(verdict(await run({ dialogue: [{ expect: '^\\* OK' }] }))).toBe('down response-timeout');
    const refused = await run({
      dialogue: [{ expect: '^220 ' }, { send: 'HELP ME\r\nQUIT\r\n' }, { expect: '^250 ' }],
    });
    expect(verdict(refused)).toBe('down dialogue-mismatch');
    expect(refused.detail).toContain('500 5.5.2 Error: command not recognized');
  });

  it('TLS from the first byte against a port that speaks SMTP is down', async () => {
    expect(verdict(await run({ tls: { server_name: MAIL_NAME } }))).toBe('down tls-failed');
  });
});
