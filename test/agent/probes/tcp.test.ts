import { createServer, type Server, type Socket } from 'node:net';
import { createSecureContext, TLSSocket } from 'node:tls';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createTrust } from '../../../agent/src/trust.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { type Authority, type Certificate, createAuthority } from '../../support/probe-targets/certificates.ts';
import { tlsTarget } from '../../support/probe-targets/http-targets.ts';
import { type Listening, listen } from '../../support/probe-targets/listening.ts';
import { options, probe, verdict } from '../../support/probe-targets/probe.ts';

let authority: Authority;
let trust: ReturnType<typeof createTrust>;
beforeAll(() => {
  authority = createAuthority();
  trust = createTrust({ caFile: authority.caFile });
});
afterAll(() => authority.remove());

let target: Listening | null = null;
afterEach(async () => {
  await target?.drained();
  await target?.close();
  target = null;
});

async function probing(server: Server, dialogue: unknown[], written: Record<string, unknown> = {}) {
  target = await listen(server);
  return probe({ type: 'tcp', host: 'localhost', ip: '4', port: target.port, dialogue, ...written }, { trust });
}

/** Answers each line of the peer with the script's next text. */
function talker(greeting: string | Buffer, ...answers: readonly string[]): Server {
  return createServer((socket) => {
    socket.write(greeting);
    let next = 0;
    socket.on('data', () => socket.write(answers[next++] ?? '500 no more\r\n'));
  });
}

/** A mail server that turns to TLS when asked, with EHLO before and after. */
function mailServer(certificate: Certificate): Server {
  return createServer((plain) => {
    plain.write('220 mail.example ESMTP\r\n');
    const answer = (socket: Socket, line: string): void => {
      if (/^EHLO/.test(line)) socket.write('250-mail.example\r\n250-STARTTLS\r\n250 HELP\r\n');
      else if (line.startsWith('QUIT')) socket.end('221 bye\r\n');
      else if (line.startsWith('STARTTLS')) {
        plain.removeAllListeners('data');
        plain.write('220 go ahead\r\n');
        const secure = new TLSSocket(plain, { isServer: true, secureContext: createSecureContext(certificate) });
        secure.on('error', () => {});
        secure.on('data', (data) => answer(secure, String(data)));
      }
    };
    plain.on('data', (data) => answer(plain, String(data)));
  });
}

const MAIL_DIALOGUE = [
  { expect: '^220 .*ESMTP' },
  { send: 'EHLO nines\r\n' },
  { expect: '^250 ' },
  { send: 'STARTTLS\r\n' },
  { expect: '^220 ' },
  { starttls: true },
  { send: 'EHLO nines\r\n' },
  { expect: '^250 ' },
  { send: 'QUIT\r\n' },
  { expect: '^221 ' },
];

describe('a tcp probe', () => {
  it('without a dialogue is up once the connection is accepted', async () => {
    const { observation } = await probing(createServer(), []);
    expect(observation.outcome).toBe('up');
    expect(Object.keys(observation.values).sort()).toEqual(['connect', 'resolve', 'total']);
  });

  it('reaches an IPv6 address', async () => {
    target = await listen(createServer(), '::1');
    expect(verdict(await probe({ type: 'tcp', host: '::1', port: target.port }))).toBe('up');
  });

  it('nobody listens: connection-refused', async () => {
    const gone = await listen(createServer());
    await gone.close();
    expect(verdict(await probe({ type: 'tcp', host: '127.0.0.1', port: gone.port }))).toBe('down connection-refused');
  });

  it.each([
    ['SSH', 'SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n', '^SSH-2\\.0-'],
    ['FTP', '220-Welcome\r\n220 ProFTPD ready\r\n', '^220 '],
    ['IMAP', '* OK [CAPABILITY IMAP4rev1] Dovecot ready.\r\n', '^\\* OK'],
    ['POP3', '+OK Dovecot ready.\r\n', '^\\+OK'],
  ])('expects the greeting of %s', async (_name, greeting, pattern) => {
    expect(verdict(await probing(talker(greeting), [{ expect: pattern }]))).toBe('up');
  });

  it('expects the binary greeting of MySQL as bytes', async () => {
    // Protocol 10: three bytes of length, a number, version 10, the version's text and a zero.
    const greeting = Buffer.concat([
      Buffer.from([0x4a, 0, 0, 0, 10]),
      Buffer.from('8.0.36\0'),
      Buffer.from([0xff, 0x80]),
    ]);
    const run = await probing(talker(greeting), [{ expect: '^[\\s\\S]{3}\\x00\\x0a8\\.\\d+\\.\\d+\\x00\\xff\\x80' }]);
    expect(verdict(run)).toBe('up');
  });

  it('a greeting that comes byte by byte is put together', async () => {
    const server = createServer((socket) => {
      const rest = [...'220 slow\r\n'];
      const next = () => {
        const letter = rest.shift();
        if (letter !== undefined) socket.write(letter, () => setImmediate(next));
      };
      next();
    });
    expect(verdict(await probing(server, [{ expect: '^220 slow\\r\\n' }]))).toBe('up');
  });

  it('goes through question and answer; an answer given before the question does not count', async () => {
    const dialogue = [{ expect: '^220 ' }, { send: 'NOOP\r\n' }, { expect: '^250 ' }];
    expect(verdict(await probing(talker('220 hi\r\n', '250 ok\r\n'), dialogue))).toBe('up');
    await target?.close();
    const early = createServer((socket) => {
      socket.write('220 hi\r\n250 too early\r\n');
      socket.on('data', () => socket.end('502 no\r\n'));
    });
    expect(verdict(await probing(early, dialogue))).toBe('down dialogue-mismatch');
  });

  it('another greeting is dialogue-mismatch and says what was heard', async () => {
    const run = await probing(
      createServer((socket) => socket.end('554 go away\r\n')),
      [{ expect: '^220 ' }],
    );
    expect(verdict(run)).toBe('down dialogue-mismatch');
    expect(run.detail).toBe('expected /^220 /m, heard "554 go away\\r\\n"');
  });

  it('a peer that hangs up without a word is connection-closed', async () => {
    const run = await probing(
      createServer((socket) => socket.end()),
      [{ expect: '^220 ' }],
    );
    expect(verdict(run)).toBe('down connection-closed');
  });

  it('a peer that resets is connection-reset', async () => {
    const run = await probing(
      createServer((socket) => setImmediate(() => socket.resetAndDestroy())),
      [{ expect: '^220 ' }],
    );
    expect(verdict(run)).toBe('down connection-reset');
  });

  it('a peer that talks without end is cut off at 64 KiB', async () => {
    let said = 0;
    const server = createServer((socket) => {
      const more = () => {
        while (!socket.destroyed && socket.write(Buffer.alloc(16_384, 'x'))) said += 16_384;
      };
      socket.on('drain', more);
      more();
    });
    expect(verdict(await probing(server, [{ expect: '^220 ' }]))).toBe('down dialogue-mismatch');
    await target?.drained();
    // What two sockets' buffers hold, and no more.
    expect(said).toBeLessThan(64 * 1024 * 1024);
  });

  it('a silent peer is response-timeout', async () => {
    const accepted = Promise.withResolvers<void>();
    target = await listen(createServer(() => accepted.resolve()));
    const clock = new ManualClock();
    const written = { type: 'tcp', host: '127.0.0.1', port: target.port, dialogue: [{ expect: '^220 ' }] };
    const running = probe(written, { clock });
    await accepted.promise;
    await clock.advance(5_000);
    expect(verdict(await running)).toBe('down response-timeout');
  });
});

describe('a tcp probe with TLS', () => {
  it('from the first byte', async () => {
    target = await tlsTarget(authority.issue({ names: ['localhost'] }));
    const written = {
      type: 'tcp',
      host: 'localhost',
      ip: '4',
      port: target.port,
      tls: {},
      dialogue: [{ expect: '^hello' }],
    };
    const { observation } = await probe(written, { trust });
    expect(observation.outcome).toBe('up');
    expect(observation.values.tls).toBeGreaterThan(0);
    expect(observation.values.certificate_expires_at).toBeGreaterThan(0);
  });

  it('by STARTTLS in the middle of an SMTP dialogue', async () => {
    const run = await probing(mailServer(authority.issue({ names: ['localhost'] })), MAIL_DIALOGUE);
    expect([verdict(run), run.detail]).toEqual(['up', null]);
    expect(Object.keys(run.observation.values).sort()).toEqual(
      ['certificate_expires_at', 'connect', 'dialogue', 'resolve', 'tls', 'total'].sort(),
    );
  });

  it('by STARTTLS with a certificate for another name: down, unless verification is off', async () => {
    const certificate = authority.issue({ names: ['other.example'] });
    const run = await probing(mailServer(certificate), MAIL_DIALOGUE);
    expect(verdict(run)).toBe('down certificate-name-mismatch');
    expect(run.observation.values.certificate_expires_at).toBeGreaterThan(0);
    await target?.close();
    const lenient = await probing(mailServer(certificate), MAIL_DIALOGUE, { starttls: { verify: false } });
    expect(verdict(lenient)).toBe('up');
  });

  it('a server that promises STARTTLS and goes on in plain text is tls-failed', async () => {
    const dialogue = [{ expect: '^220 ' }, { send: 'STARTTLS\r\n' }, { expect: '^220 ' }, { starttls: true }];
    const server = createServer((socket) => {
      socket.write('220 hi\r\n');
      socket.once('data', () => {
        socket.write('220 go ahead\r\n');
        socket.once('data', () => socket.end('500 what?\r\n'));
      });
    });
    expect(verdict(await probing(server, dialogue))).toBe('down tls-failed');
  });
});

describe('the options of a tcp check', () => {
  it.each([
    [{ dialogue: [{ send: 'größer als €' }] }, 'single-byte'],
    [{ dialogue: [{ expect: '(' }] }, 'regular expression'],
    [{ dialogue: [{ expect: 'a', send: 'b' }] }, 'step'],
    [{ host: '127.0.0.1', ip: '6' }, 'IPv4 address'],
  ])('refuses %j', (wrong, message) => {
    expect(() => options({ type: 'tcp', host: 'mail.example', port: 25, ...wrong })).toThrow(new RegExp(message, 'i'));
  });
});
