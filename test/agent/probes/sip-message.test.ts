import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ProbeFailure } from '../../../agent/src/failure-reason.ts';
import { decodeAnswer, encodeOptions, SipStream } from '../../../agent/src/probes/sip-message.ts';
import { captureBytes } from '../../support/capture-text.ts';

const FOLDER = join(import.meta.dirname, '../../captures/sip');
const NAMES = ['kamailio', 'sipp'].flatMap((server) =>
  readdirSync(join(FOLDER, server))
    .filter((name) => name.includes('.response-'))
    .map((name) => `sip/${server}/${name}`),
);
/** What the file's name says that it holds, and the second request of two in one segment. */
const STATUS_IN_NAME = /(?:udp|tcp)-(\d{3})(?:-then-(\d{3}))?.*\.response-(\d)/;

describe('what kamailio and sipp answer', () => {
  it.each(NAMES)('%s', (name) => {
    const bytes = captureBytes(name);
    const request = captureBytes(name.replace(/response-\d/, 'request')).toString();
    const branch = /branch=([^;\r]+)/.exec(request)?.[1];
    const [, first, second, number] = STATUS_IN_NAME.exec(name) ?? [];
    const messages = name.includes('/tcp-') ? new SipStream().take(bytes) : [bytes.toString('latin1')];
    expect(messages).toHaveLength(name.includes('two-pipelined') ? 2 : 1);
    const answer = decodeAnswer(messages[0] ?? '');
    expect(answer).toMatchObject({ branch, cseq: '1 OPTIONS' });
    if (first !== undefined) expect(answer?.status).toBe(Number(number === '2' ? (second ?? first) : first));
  });

  it('is the same in whatever pieces a stream brings it', () => {
    const all = NAMES.filter((name) => name.includes('/tcp-')).map(captureBytes);
    const bytes = Buffer.concat([Buffer.from('\r\n\r\n'), ...all]);
    const whole = new SipStream().take(bytes);
    expect(whole).toHaveLength(all.length + 1);
    for (let cut = 0; cut <= bytes.length; cut++) {
      const stream = new SipStream();
      const pieces = [...stream.take(bytes.subarray(0, cut)), ...stream.take(bytes.subarray(cut))];
      if (pieces.length !== whole.length || pieces.join('') !== whole.join('')) expect.fail(`cut at ${cut}`);
    }
  });

  it('is an answer, or is said to be none: nothing else comes of any bytes', () => {
    const mutated = fc
      .tuple(fc.constantFrom(...NAMES), fc.nat(500), fc.uint8Array({ maxLength: 8 }))
      .map(([name, at, bytes]) => {
        const text = captureBytes(name).toString('latin1');
        return text.slice(0, at) + Buffer.from(bytes).toString('latin1') + text.slice(at + bytes.length);
      });
    fc.assert(
      fc.property(fc.oneof(mutated, fc.string({ unit: 'binary' })), (text) => {
        try {
          const stream = new SipStream();
          for (const message of [text, ...stream.take(Buffer.from(text, 'latin1'))]) decodeAnswer(message);
        } catch (error) {
          expect(error).toBeInstanceOf(ProbeFailure);
        }
      }),
    );
  });
});

describe('an answer', () => {
  it('may have short names of headers, several hops in one header, and lines that go on', () => {
    const text =
      'SIP/2.0 200 OK\r\nv: SIP/2.0/UDP a;rport\r\n ;branch=z9hG4bK1, SIP/2.0/UDP b;branch=z9hG4bK2\r\nCSeq:  1   OPTIONS\r\n\r\n';
    expect(decodeAnswer(text)).toEqual({ status: 200, reason: 'OK', branch: 'z9hG4bK1', cseq: '1 OPTIONS' });
  });

  it('is not a request that the server sends itself', () => {
    expect(decodeAnswer('OPTIONS sip:nines@127.0.0.1 SIP/2.0\r\n\r\n')).toBeNull();
  });
});

describe('a request', () => {
  it('has all that RFC 3261 asks of one, with an address of IPv6 in brackets', () => {
    const local = { address: '::1', port: 40_000 };
    const ids = { branch: 'z9hG4bK7', tag: 't', callId: 'c' };
    const text = encodeOptions({ host: '2001:db8::1', port: 5060, user: '100', transport: 'udp', local, ...ids });
    expect(text).toBe(
      [
        'OPTIONS sip:100@[2001:db8::1]:5060;transport=udp SIP/2.0',
        'Via: SIP/2.0/UDP [::1]:40000;branch=z9hG4bK7;rport',
        'Max-Forwards: 70',
        'From: <sip:nines@[::1]>;tag=t',
        'To: <sip:100@[2001:db8::1]>',
        'Call-ID: c',
        'CSeq: 1 OPTIONS',
        'Contact: <sip:nines@[::1]:40000;transport=udp>',
        'Accept: application/sdp',
        'User-Agent: Nines',
        'Content-Length: 0',
        '',
        '',
      ].join('\r\n'),
    );
  });
});
