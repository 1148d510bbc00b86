import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { systemClock } from '@nines/shared/time/clock.ts';
import { type ParsedMail, simpleParser } from 'mailparser';
import { SMTPServer } from 'smtp-server';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { MailReceiver, Smtp } from '../../../collector/src/alerts/receiver.ts';
import { openMail } from '../../../collector/src/alerts/receivers/mail.ts';
import { aNotice } from '../../support/alert-contract.ts';
import { createAuthority } from '../../support/probe-targets/certificates.ts';
import { someTerms } from './snapshots.ts';

interface Server {
  readonly port: number;
  /** Who signed its certificate. */
  readonly ca: string;
  readonly received: { readonly mail: ParsedMail; readonly secure: boolean; readonly user: string | undefined }[];
}

/** A mail server that asks for a login and offers STARTTLS, unless it hides that. */
async function aServer({ hidesTls = false } = {}): Promise<Server> {
  const authority = createAuthority();
  onTestFinished(() => authority.remove());
  const { key, cert } = authority.issue({ names: ['localhost'] });
  const ca = readFileSync(authority.caFile, 'utf8');
  const received: Server['received'] = [];
  const server = new SMTPServer({
    key,
    cert,
    hideSTARTTLS: hidesTls,
    disabledCommands: hidesTls ? ['STARTTLS'] : [],
    onAuth: ({ username, password }, _, done) =>
      password === 'geheim' ? done(null, { user: username ?? '' }) : done(new Error('wrong password')),
    onData(stream, { secure, user }, done) {
      simpleParser(stream).then((mail) => {
        received.push({ mail, secure, user: user === undefined ? undefined : String(user) });
        done();
      }, done);
    },
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => new Promise<void>((resolve) => server.close(() => resolve())));
  // Safe: it listens on TCP.
  return { port: (server.server.address() as AddressInfo).port, ca, received };
}

function send(port: number, smtp: Partial<Smtp>): Promise<void> {
  const receiver: MailReceiver = {
    kind: 'mail',
    name: 'ops',
    terms: someTerms(),
    from: 'Nines <nines@example.net>',
    to: ['ops@example.net', 'anna@example.net'],
    smtp: {
      host: 'localhost',
      port,
      tls: 'starttls',
      ca: null,
      login: { username: 'nines', password: 'geheim' },
      timeoutMs: 5_000,
      ...smtp,
    },
  };
  const notice = aNotice('n1', { leftOff: 3, firing: 4 });
  return openMail(receiver).tell(notice, { nowMs: 0, publicUrl: 'https://sla.example.net' }, { clock: systemClock });
}

describe('mail', () => {
  it('goes out over STARTTLS with a login, and says what is wrong, why, since when and where to look', async () => {
    const { port, ca, received } = await aServer();
    await send(port, { ca });
    expect(received).toMatchObject([{ secure: true, user: 'nines' }]);
    const mail = received[0]?.mail;
    expect(mail?.subject).toBe('[firing, page] shop is down and 3 more');
    expect(mail?.text?.trim()).toBe(`FIRING (page): shop is down
  down (timeout); fra: down (timeout)
  since 1970-01-01T00:00:01.000Z, fired 1970-01-01T00:01:01.000Z

and 3 more

4 of this group fire now. All alerts: https://sla.example.net/alerts`);
    expect(mail?.messageId).toBe('<n1@example.net>');
    expect(mail?.headers.get('auto-submitted')).toBe('auto-generated');
    expect([mail?.to].flat().flatMap((to) => to?.value.map(({ address }) => address))).toEqual([
      'ops@example.net',
      'anna@example.net',
    ]);
  });

  it('nothing is sent to a server whose certificate is not trusted, that offers no STARTTLS, or that refuses the login', async () => {
    const there = await aServer();
    await expect(send(there.port, {})).rejects.toThrow(/certificate/);
    await expect(send(there.port, { ca: there.ca, login: { username: 'nines', password: 'falsch' } })).rejects.toThrow(
      /wrong password/,
    );
    const plain = await aServer({ hidesTls: true });
    await expect(send(plain.port, { ca: plain.ca })).rejects.toThrow(/STARTTLS/);
    expect([...there.received, ...plain.received]).toEqual([]);
  });
});
